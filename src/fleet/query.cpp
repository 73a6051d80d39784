#include "fleet/query.hpp"

#include <fmt/format.h>

#include "catalog/catalog.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "fleet/schema.hpp"
#include "fleet/store.hpp"

namespace tq::fleet {
namespace {

constexpr const char* kMachineColumns =
    "name, site, product, version, build_status, level, months_behind, missing_updates, missing_cves, known_exploited, worst, target";
/// The rest of what the view has, for programs.
constexpr const char* kMoreColumns =
    ", arch, kind, build, service_pack, level_kb, level_status, goal_reached, unknown_updates, unknown_cves, findings, since, seen";

/// A name and what tells machines of one name apart: the same order on every engine, whoever wrote first.
constexpr const char* kByName = "lower(name), ident";

Error usage(const std::string& wanted, const std::string& found) {
  return Error{ErrorCode::usage, "fleet query", wanted, found.empty() ? "nothing" : found};
}

struct Entry {
  const char* name;
  const char* wants;  ///< the argument, for messages; empty: none
  Result<Sql> (*make)(Db&, const Question&);
};

Sql plain(std::string what, std::string rows, std::string count = {}) {
  Sql out;
  out.what = std::move(what);
  out.rows = std::move(rows);
  out.count = std::move(count);
  return out;
}

Result<Sql> machines(Db&, const Question& q) {
  const bool all = q.form != Form::text;
  return plain(q.as_of.empty() ? "machines" : "machines as of " + q.as_of,
               std::string("SELECT ") + kMachineColumns + (all ? kMoreColumns : "") + " FROM v_machines ORDER BY " + kByName,
               "SELECT coalesce(sum(machines), 0) FROM profiles");
}

Result<Sql> machine(Db&, const Question& q) {
  Sql out = plain("machines of that name", std::string("SELECT ") + kMachineColumns + kMoreColumns +
                                               " FROM v_machines WHERE lower(name) = $1 ORDER BY target, ident");
  out.texts = {lower_ascii(storable_key(q.argument))};
  return out;
}

Result<Sql> missing(Db& db, const Question& q) {
  Sql out;
  if (const auto kb = parse_kb(q.argument)) {
    out = plain(fmt::format("machines miss KB{}", *kb),
                "SELECT m.name AS name, coalesce(si.name, '') AS site, v.product AS product, v.version AS version, v.level AS level, "
                "CASE WHEN k.to_install = 1 THEN 'to install' ELSE 'a newer one stands for it' END AS how, k.closes AS closes_cves "
                "FROM lacking k JOIN verdicts v ON v.list = k.list JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON "
                "si.id = m.site WHERE k.kb = $1",
                "SELECT coalesce(sum(p.machines), 0) FROM lacking k JOIN verdicts v ON v.list = k.list JOIN profiles p ON p.id = v.profile "
                "WHERE k.kb = $1");
    out.numbers = {*kb};
    out.order = "lower(m.name), m.ident";
    return out;
  }
  const auto cve = catalog::parse_cve(q.argument);
  if (!cve) return usage("missing CVE-... or KB...", q.argument);
  TQ_TRY(const auto known, number_of(db, "SELECT count(*) FROM cves WHERE cve = $1", {std::int64_t{*cve}}));
  if (known == 0) return usage("a CVE that the store's catalog knows", q.argument);
  // The few sets and profiles that hold it, machines last: the count needs no machine at all.
  const std::string sets = std::string(kSetsOfCve) + " $1";
  out = plain(
      "machines miss " + catalog::cve_text(*cve),
      std::string("SELECT m.name AS name, coalesce(si.name, '') AS site, v.product AS product, v.version AS version, v.level AS level, "
                  "v.behind AS months_behind FROM verdicts v JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site "
                  "WHERE v.missing_set IN (") +
          sets + ")",
      std::string("SELECT coalesce(sum(p.machines), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile WHERE v.missing_set IN (") +
          sets + ")");
  out.numbers = {*cve};
  out.order = "lower(m.name), m.ident";
  return out;
}

Result<Sql> build(Db&, const Question& q) {
  // A number is a build, anything longer the beginning of a version.
  std::uint64_t number = 0;
  const bool short_form = parse_u64(q.argument, number) && number <= 0xFFFFFFFF;
  if (!short_form && !FileVersion::parse(q.argument, 2)) return usage("build N, or a version like 6.0.6003.20489", q.argument);
  const std::string where = short_form ? "v.build = $1" : "(v.version = $1 OR v.version LIKE $1 || '.%')";
  Sql out = plain("machines on " + q.argument,
                  "SELECT m.name AS name, coalesce(si.name, '') AS site, v.product AS product, v.version AS version, v.build_status AS "
                  "build_status, v.level AS level "
                  "FROM verdicts v JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site WHERE " +
                      where,
                  "SELECT coalesce(sum(p.machines), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile WHERE " + where);
  out.order = "lower(m.name), m.ident";
  if (short_form)
    out.numbers = {static_cast<std::int64_t>(number)};
  else
    out.texts = {q.argument};
  return out;
}

Result<Sql> claims(Db&, const Question&) {
  return plain("machines say 6003 and are not, or are contradicted",
               "SELECT name, site, product, version, build_status FROM v_claims ORDER BY lower(name), ident",
               "SELECT coalesce(sum(p.machines), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile WHERE v.claims = 1");
}

Result<Sql> behind(Db&, const Question&) {
  return plain(
      "machines behind the goal",
      "SELECT name, site, product, version, level, months_behind, missing_cves FROM v_behind ORDER BY months_behind DESC, lower(name), "
      "ident",
      "SELECT coalesce(sum(p.machines), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile WHERE v.goal_reached <> 'yes' AND v.behind "
      "IS NOT NULL");
}

Result<Sql> sites(Db&, const Question&) {
  return plain("sites",
               "SELECT site, machines, at_goal, unknown_level, mean_behind, most_behind, with_exploited, most_missing_cves FROM v_sites "
               "ORDER BY site");
}

Result<Sql> gates(Db&, const Question&) {
  return plain("files that act differently",
               "SELECT path, builds, name, site, sha256, detail FROM v_gates ORDER BY path, lower(name), ident, sha256, builds, detail");
}

Result<Sql> unknown(Db&, const Question&) {
  return plain("things unknown",
               "SELECT name, site, subject, items, why, resolve FROM v_unknown ORDER BY lower(name), ident, subject, why, resolve, items",
               "SELECT coalesce(sum(p.machines), 0) FROM undecided u JOIN profiles p ON p.id = u.profile");
}

Result<Sql> changes(Db& db, const Question& q) {
  std::int64_t from = 0;
  if (q.since.empty()) {
    TQ_TRY(from, number_of(db, "SELECT max(at) FROM runs", {}));
  } else {
    const auto day = Date::parse(q.since);
    if (!day) return usage("--since YYYY-MM-DD", q.since);
    from = days_from_civil(*day) * 86400;
  }
  Sql out = plain(
      q.since.empty() ? "changes in the last scan" : "changes since " + q.since,
      "SELECT name, site, change, from_version, to_version, from_level, to_level, from_missing_cves, to_missing_cves, at FROM v_changes "
      "WHERE seconds >= $1 ORDER BY seconds, lower(name), ident, from_version, to_version, from_missing_cves, to_missing_cves");
  out.numbers = {from};
  return out;
}

Result<Sql> would_close(Db&, const Question& q) {
  const auto kb = parse_kb(q.argument);
  if (!q.argument.empty() && !kb) return usage("would-close KB...", q.argument);
  Sql out = plain(kb ? "what KB" + std::to_string(*kb) + " would close" : "updates that would close something",
                  std::string("SELECT kb, title, released, machines, newest_for, machine_cves, most_cves FROM v_would_close") +
                      (kb ? " WHERE kb = $1" : " ORDER BY machine_cves DESC, kb"));
  if (kb) out.texts = {"KB" + std::to_string(*kb)};
  return out;
}

Result<Sql> top_cves(Db&, const Question&) {
  return plain("CVEs by machines that miss them",
               "SELECT cve, machines, known_exploited FROM v_top_cves ORDER BY machines DESC, known_exploited DESC, cve");
}

Result<Sql> errors(Db&, const Question&) {
  return plain("targets not read", "SELECT target, place, what, at FROM v_errors ORDER BY target, place, what");
}

Result<Sql> history(Db&, const Question& q) {
  Sql out = plain("states of that machine",
                  "SELECT name, at, version, build_status, level, months_behind, missing_cves FROM v_history WHERE lower(name) = $1 "
                  "ORDER BY ident, seconds, now, version, missing_cves");
  out.texts = {lower_ascii(storable_key(q.argument))};
  return out;
}

constexpr Entry kEntries[] = {
    {"machines", "", machines},
    {"machine", "NAME", machine},
    {"missing", "CVE|KB", missing},
    {"build", "N", build},
    {"claims", "", claims},
    {"behind", "", behind},
    {"sites", "", sites},
    {"gates", "", gates},
    {"unknown", "", unknown},
    {"changes", "", changes},
    {"would-close", "", would_close},
    {"top-cves", "", top_cves},
    {"errors", "", errors},
    {"history", "NAME", history},
};

}  // namespace

std::string machine_columns() { return std::string(kMachineColumns) + kMoreColumns; }

std::string question_names() {
  std::string out;
  for (const auto& e : kEntries) out += (out.empty() ? "" : ", ") + std::string(e.name) + (*e.wants == 0 ? "" : std::string(" ") + e.wants);
  return out;
}

Result<Sql> sql_of(Db& db, const Question& q) {
  for (const auto& e : kEntries) {
    if (q.name != e.name) continue;
    if (*e.wants != 0 && q.argument.empty()) return usage(std::string(e.name) + " " + e.wants, "");
    return e.make(db, q);
  }
  return usage("one of " + question_names(), q.name);
}

}  // namespace tq::fleet
