#include "fleet/store.hpp"

#include <map>
#include <set>

#include "core/text.hpp"
#include "fleet/profile.hpp"
#include "fleet/schema.hpp"
#include "fleet/write_profile.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kMostText = 4096;

/// The row of a name in one of the dictionaries.
Result<std::int64_t> named_row(Db& db, const char* table, const char* column, const std::string& name) {
  const std::string find = std::string("SELECT id FROM ") + table + " WHERE " + column + " = $1";
  TQ_TRY(const auto there, number_of(db, find, {std::string_view(name)}, -1));
  if (there >= 0) return there;
  const std::string make = std::string("INSERT INTO ") + table + "(" + column + ") VALUES($1) ON CONFLICT DO NOTHING";
  TQ_TRY([[maybe_unused]] const auto made, db.run(make, {std::string_view(name)}));
  return number_of(db, find, {std::string_view(name)}, -1);
}

Result<std::int64_t> labels_row(Db& db, const std::string& labels) {
  const std::int64_t hash = short_hash(labels);
  TQ_TRY(const auto there, number_of(db, "SELECT id FROM label_sets WHERE hash = $1", {hash}, -1));
  if (there >= 0) return there;
  TQ_TRY([[maybe_unused]] const auto made,
         db.run("INSERT INTO label_sets(hash, labels) VALUES($1, $2) ON CONFLICT DO NOTHING", {hash, std::string_view(labels)}));
  return number_of(db, "SELECT id FROM label_sets WHERE hash = $1", {hash}, -1);
}

Result<std::unordered_set<std::int64_t>> numbers(Db& db, const std::string& sql) {
  std::unordered_set<std::int64_t> out;
  TQ_TRY([[maybe_unused]] const auto read, db.run(sql, {}, [&](const Row& r) {
    out.insert(r.integer(0));
    return true;
  }));
  return out;
}

constexpr const char* kIncoming =
    "CREATE TEMP TABLE IF NOT EXISTS incoming(name TEXT NOT NULL, ident {int} NOT NULL, profile {int} NOT NULL, site {int}, source {int} "
    "NOT NULL,"
    " item TEXT NOT NULL, labels {int}, content {int} NOT NULL, since {int} NOT NULL, seen {int} NOT NULL)";

/// The machines of a batch, put against what is there: what changed goes to the history, counts follow, the rest is replaced.
/// A scan that is older than what the store holds adds to the history only: the order of scans and merges does not matter.
constexpr const char* kSame = " FROM incoming i JOIN machines m ON lower(m.name) = lower(i.name) AND m.ident = i.ident ";
const std::string kKeepOld = std::string("INSERT INTO history(machine, at, profile) SELECT m.id, m.since, m.profile") + kSame +
                             "WHERE i.seen >= m.seen AND i.profile <> m.profile ON CONFLICT DO NOTHING";
const std::string kAddOlder = std::string("INSERT INTO history(machine, at, profile) SELECT m.id, i.since, i.profile") + kSame +
                              "WHERE i.seen < m.seen AND i.profile <> m.profile ON CONFLICT DO NOTHING";
const std::string kLeaving =
    std::string("SELECT m.profile, count(*)") + kSame + "WHERE i.seen >= m.seen AND i.profile <> m.profile GROUP BY m.profile";
constexpr const char* kArriving =
    "SELECT i.profile, count(*) FROM incoming i LEFT JOIN machines m ON lower(m.name) = lower(i.name) AND m.ident = i.ident "
    "WHERE m.id IS NULL OR (i.seen >= m.seen AND i.profile <> m.profile) GROUP BY i.profile";
constexpr const char* kUpsert =
    "INSERT INTO machines(name, ident, profile, site, source, item, labels, content, since, seen) "
    "SELECT name, ident, profile, site, source, item, labels, content, since, seen FROM incoming WHERE true "
    "ON CONFLICT(lower(name), ident) DO UPDATE SET profile = excluded.profile, site = excluded.site, source = excluded.source, "
    "item = excluded.item, labels = excluded.labels, content = excluded.content, "
    "since = CASE WHEN machines.profile = excluded.profile THEN machines.since ELSE excluded.since END, seen = excluded.seen "
    "WHERE excluded.seen >= machines.seen";

Status count_profiles(Db& db) {
  std::map<std::int64_t, std::int64_t> delta;
  const auto add = [&](std::int64_t sign) {
    return [&delta, sign](const Row& r) {
      delta[r.integer(0)] += sign * r.integer(1);
      return true;
    };
  };
  TQ_TRY([[maybe_unused]] const auto left, db.run(kLeaving, {}, add(-1)));
  TQ_TRY([[maybe_unused]] const auto came, db.run(kArriving, {}, add(1)));
  for (const auto& [profile, n] : delta) {
    TQ_TRY([[maybe_unused]] const auto set, db.run("UPDATE profiles SET machines = machines + $1 WHERE id = $2", {n, profile}));
  }
  return ok();
}

}  // namespace

std::string storable(std::string_view s) {
  std::string out = is_utf8(s) ? std::string(s) : to_valid_utf8(s);
  for (std::size_t at = out.find('\0'); at != std::string::npos; at = out.find('\0', at)) out.replace(at, 1, "\\x00");
  if (out.size() <= kMostText) return out;
  std::size_t n = kMostText;
  while (n > 0 && (static_cast<unsigned char>(out[n]) & 0xC0) == 0x80) --n;
  out.resize(n);
  return out;
}

Result<StoreMeta> read_meta(Db& db) {
  StoreMeta meta;
  TQ_TRY([[maybe_unused]] const auto read, db.run("SELECT key, value FROM meta", {}, [&](const Row& r) {
    const auto key = r.text(0);
    const std::string value(r.text(1));
    if (key == "catalog") meta.judgement.catalog_id = value;
    if (key == "data_as_of") meta.judgement.data_as_of = value;
    if (key == "goal") meta.judgement.goal = value;
    if (key == "line") meta.judgement.line = value;
    if (key == "as_of") meta.judgement.as_of = Date::parse(value).value_or(Date{});
    return true;
  }));
  return meta;
}

Result<Store> Store::open(const std::string& name, const Judge& judge) {
  TQ_TRY(auto db, open_db(name, Access::write));
  TQ_TRY([[maybe_unused]] const auto schema, prepare_schema(*db));
  Store store(std::move(db), judge);
  store.atoms_ = std::make_unique<Atoms>(judge.catalog());
  TQ_TRY([[maybe_unused]] const auto settled, store.settle_judgement());
  TQ_TRY([[maybe_unused]] const auto incoming, store.db_->script(dialect(kIncoming, store.db_->engine())));
  return store;
}

Status Store::settle_judgement() {
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  TQ_TRY(const auto meta, read_meta(*db_));
  if (meta.judgement.catalog_id.empty()) {
    TQ_TRY([[maybe_unused]] const auto written, write_catalog(*db_, *judge_, *atoms_));
  } else if (!check_still_mine()) {
    TQ_TRY([[maybe_unused]] const auto judged, rejudge_all());
    rejudged_ = true;
  }
  return transaction.commit();
}

/// Another program may have judged the store anew, with another catalog, since this one opened it.
Status Store::check_still_mine() {
  TQ_TRY(const auto meta, read_meta(*db_));
  const auto& mine = judge_->judgement();
  const auto& its = meta.judgement;
  if (its.catalog_id == mine.catalog_id && its.goal == mine.goal && its.line == mine.line) return ok();
  return Error{ErrorCode::usage,
               "store",
               "judged by catalog " + mine.catalog_id + ", goal " + mine.goal,
               "catalog " + its.catalog_id + ", goal " + its.goal,
               {},
               "another program judged it anew; run the same command again"};
}

Status Store::begin_run(const std::string& command, std::int64_t at) {
  at_ = at;
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  TQ_TRY([[maybe_unused]] const auto made, db_->run("INSERT INTO runs(at, command) VALUES($1, $2)", {at, std::string_view(command)}));
  return transaction.commit();
}

Result<std::int64_t> Store::source(const std::string& path) {
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  TQ_TRY(const auto row, named_row(*db_, "sources", "path", storable(path)));
  TQ_TRY([[maybe_unused]] const auto done, transaction.commit());
  return row;
}

Result<std::string> Store::finished_content(std::int64_t source) {
  std::string out;
  TQ_TRY([[maybe_unused]] const auto read, db_->run("SELECT content FROM sources WHERE id = $1", {source}, [&](const Row& r) {
    out = r.text(0);
    return false;
  }));
  return out;
}

Status Store::finish_source(std::int64_t source, const std::string& content) {
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  TQ_TRY([[maybe_unused]] const auto set, db_->run("UPDATE sources SET content = $1 WHERE id = $2", {std::string_view(content), source}));
  return transaction.commit();
}

Result<std::unordered_set<std::int64_t>> Store::contents() {
  return numbers(*db_, "SELECT content FROM machines UNION ALL SELECT content FROM items");
}

Result<std::unordered_set<std::int64_t>> Store::profiles() {
  std::unordered_set<std::int64_t> out;
  TQ_TRY([[maybe_unused]] const auto read, db_->run("SELECT sha FROM profiles", {}, [&](const Row& r) {
    std::uint64_t n = 0;
    for (const auto b : r.blob(0).span().first(std::min<std::size_t>(8, r.blob(0).size())))
      n = (n << 8) | std::to_integer<std::uint64_t>(b);
    out.insert(static_cast<std::int64_t>(n));
    return true;
  }));
  return out;
}

Status Store::write(std::int64_t source, const Batch& batch) {
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  TQ_TRY([[maybe_unused]] const auto mine, check_still_mine());
  TQ_TRY([[maybe_unused]] const auto written, write_all(source, batch));
  return transaction.commit();
}

Status Store::write_all(std::int64_t source, const Batch& batch) {
  for (const auto& p : batch.profiles) {
    TQ_TRY(const auto row, profile_row(*db_, p.sha, bytes_of(p.packed)));
    TQ_TRY([[maybe_unused]] const auto verdict, write_verdict(*db_, *atoms_, judge_->catalog(), row, p.judged));
  }
  // A machine that comes twice in one batch is two states of it, written one after the other.
  std::vector<const Machine*> rest;
  for (const auto& m : batch.machines) rest.push_back(&m);
  while (!rest.empty()) {
    std::set<std::pair<std::string, std::int64_t>> taken;
    std::vector<const Machine*> now, later;
    for (const auto* m : rest) (taken.emplace(lower_ascii(m->name), m->ident).second ? now : later).push_back(m);
    TQ_TRY([[maybe_unused]] const auto written, write_machines(source, now));
    rest = std::move(later);
  }
  for (const auto& d : batch.done) {
    TQ_TRY([[maybe_unused]] const auto noted,
           db_->run("INSERT INTO items(item, content) VALUES($1, $2) ON CONFLICT(item) DO UPDATE SET content = excluded.content",
                    {d.item, d.content}));
  }
  return write_unread(source, batch);
}

Status Store::write_machines(std::int64_t source, const std::vector<const Machine*>& machines) {
  std::unordered_map<std::string, std::int64_t> profiles, sites, labels;
  std::vector<Value> rows;
  for (const auto* m : machines) {
    if (const auto [it, fresh] = profiles.try_emplace(m->profile_sha); fresh) {
      TQ_TRY(it->second, known_profile(*db_, m->profile_sha));
    }
    if (const auto [it, fresh] = sites.try_emplace(m->site); fresh && !m->site.empty()) {
      TQ_TRY(it->second, named_row(*db_, "sites", "name", m->site));
    }
    if (const auto [it, fresh] = labels.try_emplace(m->labels); fresh && !m->labels.empty()) {
      TQ_TRY(it->second, labels_row(*db_, m->labels));
    }
    const Value site = m->site.empty() ? Value{} : Value{sites[m->site]};
    const Value label = m->labels.empty() ? Value{} : Value{labels[m->labels]};
    const std::int64_t seen = m->seen == 0 ? at_ : m->seen;
    rows.insert(rows.end(), {std::string_view(m->name), m->ident, profiles[m->profile_sha], site, source, std::string_view(m->item), label,
                             m->content, m->since == 0 ? seen : m->since, seen});
  }
  TQ_TRY([[maybe_unused]] const auto emptied, db_->run("DELETE FROM incoming", {}));
  TQ_TRY([[maybe_unused]] const auto filled,
         db_->fill("incoming", {"name", "ident", "profile", "site", "source", "item", "labels", "content", "since", "seen"}, rows));
  TQ_TRY([[maybe_unused]] const auto counted, count_profiles(*db_));
  for (const std::string& sql : {kKeepOld, kAddOlder, std::string(kUpsert)}) {
    TQ_TRY([[maybe_unused]] const auto done, db_->run(sql, {}));
  }
  // What was unreadable once and is read now is no error any more.
  return db_->run("DELETE FROM errors WHERE source = $1 AND item IN (SELECT item FROM incoming)", {source});
}

Status Store::write_unread(std::int64_t source, const Batch& batch) {
  for (const auto& u : batch.unread) {
    const std::string item = storable(u.item), place = storable(u.place), what = storable(u.what);
    TQ_TRY([[maybe_unused]] const auto noted,
           db_->run("INSERT INTO errors(source, item, place, what, at) VALUES($1, $2, $3, $4, $5) ON CONFLICT(source, item) DO UPDATE SET "
                    "place = excluded.place, what = excluded.what, at = excluded.at",
                    {source, std::string_view(item), std::string_view(place), std::string_view(what), at_}));
  }
  return ok();
}

Status Store::write_history(const std::vector<Past>& states) {
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  for (const auto& p : states) {
    TQ_TRY(const auto profile, known_profile(*db_, p.profile_sha));
    TQ_TRY(
        [[maybe_unused]] const auto noted,
        db_->run("INSERT INTO history(machine, at, profile) SELECT id, $1, $2 FROM machines WHERE lower(name) = lower($3) AND ident = $4 "
                 "ON CONFLICT DO NOTHING",
                 {p.at, profile, std::string_view(p.name), p.ident}));
  }
  return transaction.commit();
}

Status Store::rejudge(const Judge& judge) {
  judge_ = &judge;
  atoms_ = std::make_unique<Atoms>(judge.catalog());
  TQ_TRY(auto transaction, Transaction::begin(*db_));
  TQ_TRY([[maybe_unused]] const auto done, rejudge_all());
  return transaction.commit();
}

Status Store::rejudge_all() {
  for (const char* table : {"verdicts", "cves", "sets", "set_parts", "parts", "part_atoms", "updates", "lacking", "lists", "findings",
                            "gates", "reasons", "undecided"}) {
    TQ_TRY([[maybe_unused]] const auto emptied, db_->run(std::string("DELETE FROM ") + table, {}));
  }
  TQ_TRY([[maybe_unused]] const auto words, write_catalog(*db_, *judge_, *atoms_));
  std::vector<std::int64_t> profiles;
  TQ_TRY([[maybe_unused]] const auto listed, db_->run("SELECT id FROM profiles ORDER BY id", {}, [&](const Row& r) {
    profiles.push_back(r.integer(0));
    return true;
  }));
  for (const auto profile : profiles) {
    Result<model::Facts> facts = Error{ErrorCode::corrupt, "store.profiles.facts", "a row", "none", {}, {}};
    TQ_TRY([[maybe_unused]] const auto read, db_->run("SELECT facts FROM profiles WHERE id = $1", {profile}, [&](const Row& r) {
      facts = unpack(r.blob(0));
      return false;
    }));
    if (!facts) return facts.error();
    TQ_TRY([[maybe_unused]] const auto written, write_verdict(*db_, *atoms_, judge_->catalog(), profile, judge_->judge(*facts)));
  }
  return ok();
}

}  // namespace tq::fleet
