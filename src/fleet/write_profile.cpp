#include "fleet/write_profile.hpp"

#include "core/hash.hpp"
#include "fleet/profile.hpp"
#include "fleet/store.hpp"
#include "fleet/wire.hpp"

namespace tq::fleet {
namespace {

std::vector<std::byte> from_hex(std::string_view digits) {
  std::vector<std::byte> out;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<std::byte>(value(digits[i]) * 16 + value(digits[i + 1])));
  return out;
}

Value or_null(std::int64_t n, std::int64_t none) { return n == none ? Value{} : Value{n}; }

/// A row that is made once and then only found: sets of CVEs, reasons. Whoever really made it is told so, however many try at once.
Result<std::pair<std::int64_t, bool>> interned(Db& db, const std::string& find, const std::string& make, std::initializer_list<Value> key,
                                               std::initializer_list<Value> values) {
  TQ_TRY(const auto there, number_of(db, find, key, -1));
  if (there >= 0) return std::pair{there, false};
  TQ_TRY(const auto made, number_of(db, make + " ON CONFLICT DO NOTHING RETURNING id", values, -1));
  if (made >= 0) return std::pair{made, true};
  TQ_TRY(const auto id, number_of(db, find, key, -1));
  return std::pair{id, false};
}

/// The row of something that its content names: (row, whether it was made just now).
Result<std::pair<std::int64_t, bool>> row_by_content(Db& db, const char* table, const std::string& content) {
  const auto sha = from_hex(sha256_hex(bytes_of(content)));
  const Value key = bytes_of(sha);
  const std::string find = std::string("SELECT id FROM ") + table + " WHERE sha = $1";
  const std::string make = std::string("INSERT INTO ") + table + "(sha) VALUES($1)";
  return interned(db, find, make, {key}, {key});
}

std::string content_of(std::span<const std::uint32_t> numbers) {
  WireWriter w;
  for (const auto n : numbers) w.put(n);
  return w.take();
}

/// Atoms whose numbers lie near each other come from the same time, and most sets hold all of them or none.
constexpr std::uint32_t kAtomsInPart = 32;

Result<std::int64_t> part_row(Db& db, std::span<const std::uint32_t> atoms) {
  TQ_TRY(const auto row, row_by_content(db, "parts", content_of(atoms)));
  if (!row.second) return row.first;
  std::vector<Value> rows;
  for (const auto a : atoms) {
    rows.emplace_back(std::int64_t{a});
    rows.emplace_back(row.first);
  }
  TQ_TRY([[maybe_unused]] const auto filled, db.fill("part_atoms", {"atom", "part"}, rows));
  return row.first;
}

Result<std::int64_t> set_row(Db& db, const Atoms& atoms, const std::vector<model::CveId>& cves) {
  const auto list = atoms.of(cves);
  TQ_TRY(const auto row, row_by_content(db, "sets", content_of(list)));
  if (!row.second) return row.first;
  std::vector<Value> rows;
  for (std::size_t at = 0; at < list.size();) {
    std::size_t end = at;
    while (end < list.size() && list[end] / kAtomsInPart == list[at] / kAtomsInPart) ++end;
    TQ_TRY(const auto part, part_row(db, std::span(list).subspan(at, end - at)));
    rows.emplace_back(part);
    rows.emplace_back(row.first);
    at = end;
  }
  TQ_TRY([[maybe_unused]] const auto filled, db.fill("set_parts", {"part", "cve_set"}, rows));
  return row.first;
}

/// The list of what is to be installed, shared by all profiles that have the same.
Result<std::int64_t> list_row(Db& db, const catalog::Catalog& catalog, const Judged& j) {
  WireWriter content;
  for (auto l : j.lacking) content.put(l);
  TQ_TRY(const auto row, row_by_content(db, "lists", content.bytes()));
  if (!row.second) return row.first;
  std::vector<Value> rows;
  for (const auto& l : j.lacking) {
    rows.emplace_back(std::int64_t{l.kb});
    rows.emplace_back(row.first);
    rows.emplace_back(std::int64_t{l.to_install ? 1 : 0});
    rows.emplace_back(std::int64_t{l.closes});
  }
  TQ_TRY([[maybe_unused]] const auto filled, db.fill("lacking", {"kb", "list", "to_install", "closes"}, rows));
  for (const auto& l : j.lacking) {
    const auto u = catalog.find_kb(l.kb);
    const std::string released = u ? u->released.text() : "";
    const std::string title = u ? storable(u->title) : "";
    const std::string_view kind = u ? to_string(u->kind) : "";
    TQ_TRY([[maybe_unused]] const auto made,
           db.run("INSERT INTO updates(kb, title, kind, released) VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                  {std::int64_t{l.kb}, std::string_view(title), kind, std::string_view(released)}));
  }
  return row.first;
}

Status write_lists(Db& db, std::int64_t profile, const Judged& j) {
  std::vector<Value> findings, gates, undecided;
  std::vector<std::string> texts;
  texts.reserve(j.gates.size() * 2);
  for (const auto& f : j.findings) findings.insert(findings.end(), {profile, std::string_view(f.rule), std::string_view(f.severity)});
  for (const auto& g : j.gates) {
    const std::string_view path = texts.emplace_back(storable(g.path)), detail = texts.emplace_back(storable(g.detail));
    gates.insert(gates.end(), {profile, path, std::string_view(g.sha256), std::string_view(g.gate), std::string_view(g.builds), detail});
  }
  for (const auto& u : j.undecided) {
    const std::string why = storable(u.why);
    const std::int64_t hash = short_hash(why + '\0' + u.resolve);
    TQ_TRY(const auto reason,
           interned(db, "SELECT id FROM reasons WHERE hash = $1", "INSERT INTO reasons(hash, why, resolve) VALUES($1, $2, $3)", {hash},
                    {hash, std::string_view(why), std::string_view(u.resolve)}));
    undecided.insert(undecided.end(), {profile, std::string_view(u.subject), reason.first, std::int64_t{u.items}});
  }
  TQ_TRY([[maybe_unused]] const auto one, db.fill("findings", {"profile", "rule", "severity"}, findings));
  TQ_TRY([[maybe_unused]] const auto two, db.fill("gates", {"profile", "path", "sha256", "gate", "builds", "detail"}, gates));
  return db.fill("undecided", {"profile", "subject", "reason", "items"}, undecided);
}

std::int64_t to_install(const Judged& j) {
  std::int64_t n = 0;
  for (const auto& l : j.lacking) n += l.to_install ? 1 : 0;
  return n;
}

}  // namespace

Status write_catalog(Db& db, const Judge& judge, const Atoms& atoms) {
  std::vector<std::string> names;
  std::vector<Value> rows;
  names.reserve(atoms.members().size());
  for (const auto& m : atoms.members()) {
    names.push_back(model::cve_text(m.cve));
    rows.insert(rows.end(), {std::int64_t{m.cve}, std::string_view(names.back()), std::int64_t{m.exploited ? 1 : 0}, std::int64_t{m.atom},
                             std::int64_t{m.lone}});
  }
  TQ_TRY([[maybe_unused]] const auto filled, db.fill("cves", {"cve", "name", "exploited", "atom", "lone"}, rows));
  const auto& j = judge.judgement();
  const std::string as_of = j.as_of.text();
  const std::pair<const char*, const std::string*> meta[] = {
      {"catalog", &j.catalog_id}, {"data_as_of", &j.data_as_of}, {"goal", &j.goal}, {"line", &j.line}, {"as_of", &as_of}};
  for (const auto& [key, value] : meta) {
    TQ_TRY([[maybe_unused]] const auto set,
           db.run("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                  {std::string_view(key), std::string_view(*value)}));
  }
  return ok();
}

Result<std::int64_t> profile_row(Db& db, const std::string& sha, Bytes packed) {
  const auto bytes = from_hex(sha);
  const Value key = bytes_of(bytes);
  TQ_TRY(const auto row,
         interned(db, "SELECT id FROM profiles WHERE sha = $1", "INSERT INTO profiles(sha, facts) VALUES($1, $2)", {key}, {key, packed}));
  return row.first;
}

Result<std::int64_t> known_profile(Db& db, const std::string& sha) {
  const auto bytes = from_hex(sha);
  TQ_TRY(const auto row, number_of(db, "SELECT id FROM profiles WHERE sha = $1", {bytes_of(bytes)}, -1));
  if (row < 0) return Error{ErrorCode::corrupt, "store.profiles", "the profile " + sha, "none", {}, "scan again with --again"};
  return row;
}

Status write_verdict(Db& db, const Atoms& atoms, const catalog::Catalog& catalog, std::int64_t profile, const Judged& j) {
  TQ_TRY(const auto there, number_of(db, "SELECT count(*) FROM verdicts WHERE profile = $1", {profile}));
  if (there != 0) return ok();
  TQ_TRY(const auto missing, set_row(db, atoms, j.missing));
  TQ_TRY(const auto unknown, set_row(db, atoms, j.unknown));
  TQ_TRY(const auto list, list_row(db, catalog, j));
  const std::string kind = storable(j.kind), product = storable(j.product), nt = storable(j.nt_version), arch = storable(j.arch),
                    type = storable(j.product_type), version = storable(j.version);
  const auto text = [](const std::string& s) { return Value{std::string_view(s)}; };
  const Value level = j.level_month.empty() ? Value{} : text(j.level_month);
  const Value level_status = j.level_month.empty() ? Value{} : text(j.level_status);
  TQ_TRY([[maybe_unused]] const auto made,
         db.run("INSERT INTO verdicts(profile, kind, product, nt_version, arch, product_type, build, revision, service_pack, version, "
                "build_status, "
                "level, level_kb, level_status, goal_reached, behind_public, behind_esu, behind_last, behind, missing_set, unknown_set, "
                "missing_cves, "
                "unknown_cves, exploited, missing_updates, unknown_updates, claims, findings, worst, list) VALUES($1, $2, $3, $4, $5, $6, "
                "$7, $8, $9, "
                "$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)",
                {profile,
                 text(kind),
                 text(product),
                 text(nt),
                 text(arch),
                 text(type),
                 or_null(j.build, 0),
                 or_null(j.revision, -1),
                 or_null(j.service_pack, -1),
                 text(version),
                 text(j.build_status),
                 level,
                 or_null(j.level_kb, 0),
                 level_status,
                 text(j.goal_reached),
                 or_null(j.behind_public, -1),
                 or_null(j.behind_esu, -1),
                 or_null(j.behind_last, -1),
                 or_null(j.behind, -1),
                 missing,
                 unknown,
                 static_cast<std::int64_t>(j.missing.size()),
                 static_cast<std::int64_t>(j.unknown.size()),
                 std::int64_t{j.exploited},
                 to_install(j),
                 std::int64_t{j.unknown_updates},
                 std::int64_t{j.claims_6003 ? 1 : 0},
                 static_cast<std::int64_t>(j.findings.size()),
                 text(j.worst),
                 list}));
  return write_lists(db, profile, j);
}

}  // namespace tq::fleet
