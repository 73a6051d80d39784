#include "fleet/store.hpp"

#include <ctime>
#include <random>
#include <set>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "fleet/profile.hpp"
#include "fleet/schema.hpp"
#include "fleet/write_profile.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kMostText = 4096;
constexpr std::size_t kMostKey = 2048;  // PostgreSQL's indexes take rows of 2,704 bytes
constexpr int kMostLosses = 20;         // of the server, within one piece of work
constexpr const char* kWriter = "writer.";
constexpr std::int64_t kWriterSeconds = std::int64_t{30} * 86400;  // after so long no writer asks for its own number

/// The last place up to `most` where a character begins.
std::size_t char_start(const std::string& s, std::size_t most) {
  while (most > 0 && (static_cast<unsigned char>(s[most]) & 0xC0) == 0x80) --most;
  return most;
}

/// The row of a name in one of the dictionaries.
Result<std::int64_t> named_row(Db& db, const char* table, const char* column, const std::string& name) {
  const std::string find = std::string("SELECT id FROM ") + table + " WHERE " + column + " = $1";
  TQ_TRY(const auto there, number_of(db, find, {std::string_view(name)}, -1));
  if (there >= 0) return there;
  const std::string make = std::string("INSERT INTO ") + table + "(" + column + ") VALUES($1) ON CONFLICT DO NOTHING";
  TQ_TRY([[maybe_unused]] const auto made, db.run(make, {std::string_view(name)}));
  return number_of(db, find, {std::string_view(name)}, -1);
}

Status numbers(Db& db, const std::string& sql, std::unordered_set<std::int64_t>& out) {
  return db.run(sql, {}, [&](const Row& r) {
    out.insert(r.integer(0));
    return true;
  });
}

constexpr const char* kIncoming =
    "CREATE TEMP TABLE IF NOT EXISTS incoming(name TEXT NOT NULL, ident {int} NOT NULL, profile {int} NOT NULL, site {int}, source {int} "
    "NOT NULL, item TEXT NOT NULL, labels {int}, label_text TEXT, content {int} NOT NULL, since {int} NOT NULL, seen {int} NOT NULL)";

/// The machines of a batch, put against what is there: what changed goes to the history, counts follow, the rest is replaced.
/// A scan that is older than what the store holds adds to the history only: the order of scans and merges does not matter.
constexpr const char* kSame = " FROM incoming i JOIN machines m ON lower(m.name) = lower(i.name) AND m.ident = i.ident ";
const std::string kKeepOld = std::string("INSERT INTO history(machine, at, profile) SELECT m.id, m.since, m.profile") + kSame +
                             "WHERE i.seen >= m.seen AND i.profile <> m.profile ON CONFLICT DO NOTHING";
const std::string kAddOlder = std::string("INSERT INTO history(machine, at, profile) SELECT m.id, i.since, i.profile") + kSame +
                              "WHERE i.seen < m.seen AND i.profile <> m.profile ON CONFLICT DO NOTHING";
const std::string kCount =
    std::string(
        "UPDATE profiles SET machines = machines + d.n FROM (SELECT profile, CAST(sum(n) AS {int}) AS n FROM (SELECT m.profile AS profile, "
        "-1 AS n") +
    kSame +
    "WHERE i.seen >= m.seen AND i.profile <> m.profile UNION ALL "
    "SELECT i.profile, 1 FROM incoming i LEFT JOIN machines m ON lower(m.name) = lower(i.name) AND m.ident = i.ident "
    "WHERE m.id IS NULL OR (i.seen >= m.seen AND i.profile <> m.profile)) x GROUP BY profile) d WHERE d.profile = profiles.id";
constexpr const char* kLabels =
    "INSERT INTO label_sets(hash, labels) SELECT labels, min(label_text) FROM incoming WHERE labels IS NOT NULL GROUP BY labels "
    "ON CONFLICT DO NOTHING";
constexpr const char* kUpsert =
    "INSERT INTO machines(name, ident, profile, site, source, item, labels, content, since, seen) "
    "SELECT i.name, i.ident, i.profile, i.site, i.source, i.item, l.id, i.content, i.since, i.seen "
    "FROM incoming i LEFT JOIN label_sets l ON l.hash = i.labels WHERE true "
    "ON CONFLICT(lower(name), ident) DO UPDATE SET profile = excluded.profile, site = excluded.site, source = excluded.source, "
    "item = excluded.item, labels = excluded.labels, content = excluded.content, "
    "since = CASE WHEN machines.profile = excluded.profile THEN machines.since ELSE excluded.since END, seen = excluded.seen "
    "WHERE excluded.seen >= machines.seen";

}  // namespace

std::string storable(std::string_view s) {
  std::string out = is_utf8(s) ? std::string(s) : to_valid_utf8(s);
  for (std::size_t at = out.find('\0'); at != std::string::npos; at = out.find('\0', at)) out.replace(at, 1, "\\x00");
  if (out.size() > kMostText) out.resize(char_start(out, kMostText));
  return out;
}

std::string storable_key(std::string_view s) {
  std::string out = storable(s);
  if (out.size() <= kMostKey) return out;
  out.resize(char_start(out, kMostKey));
  return out + "~" + sha256_hex(bytes_of(s)).substr(0, 16);
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
  Store store(std::move(db), judge);
  store.atoms_ = std::make_unique<Atoms>(judge.catalog());
  TQ_TRY([[maybe_unused]] const auto opened, store.patiently([&]() -> Status {
    TQ_TRY([[maybe_unused]] const auto schema, prepare_schema(*store.db_));
    TQ_TRY([[maybe_unused]] const auto incoming, store.make_temporary());
    return store.settle_judgement();
  }));
  return store;
}

Status Store::make_temporary() { return db_->script(dialect(kIncoming, db_->engine())); }

/// The server may go away at any moment: the work is done again from its start on a new connection.
Status Store::patiently(const std::function<Status()>& work) {
  for (int losses = 0;; ++losses) {
    auto done = work();
    if (done) return done;
    profile_rows_.clear();  // some may have been rolled back
    if (!db_->lost() || losses >= kMostLosses) return done;
    TQ_TRY([[maybe_unused]] const auto back, db_->reconnect());
    if (const auto made = make_temporary(); !made && !db_->lost()) return made;
  }
}

/// One transaction, once: a server that went away between its commit and its answer had done the work. Each transaction of a writer
/// leaves its number in the same transaction; the next try looks for it.
Status Store::once(const std::function<Status()>& work) {
  const std::int64_t number = ++transactions_;
  const std::string mine = std::to_string(number);
  const bool remote = db_->engine() == Engine::postgres;
  bool tried = false;
  return patiently([&]() -> Status {
    TQ_TRY(auto transaction, Transaction::begin(*db_));
    if (remote && std::exchange(tried, true)) {
      TQ_TRY(const auto done, number_of(*db_, "SELECT count(*) FROM meta WHERE key = $1 AND value = $2",
                                        {std::string_view(writer_), std::string_view(mine)}));
      if (done != 0) return ok();
    }
    TQ_TRY([[maybe_unused]] const auto worked, work());
    if (remote) {
      TQ_TRY([[maybe_unused]] const auto noted,
             db_->run("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                      {std::string_view(writer_), std::string_view(mine)}));
    }
    return transaction.commit();
  });
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
  writer_ =
      kWriter + std::to_string(std::time(nullptr)) + "." + std::to_string(std::random_device{}()) + std::to_string(std::random_device{}());
  return once([&]() -> Status {
    if (db_->engine() == Engine::postgres) {
      const std::string old = kWriter + std::to_string(std::time(nullptr) - kWriterSeconds);
      TQ_TRY([[maybe_unused]] const auto gone,
             db_->run("DELETE FROM meta WHERE key > $1 AND key < $2", {std::string_view(kWriter), std::string_view(old)}));
    }
    return db_->run("INSERT INTO runs(at, command) VALUES($1, $2)", {at, std::string_view(command)});
  });
}

Status Store::end_run() {
  return patiently([&]() -> Status {
    if (db_->engine() == Engine::postgres) {
      TQ_TRY([[maybe_unused]] const auto gone, db_->run("DELETE FROM meta WHERE key = $1", {std::string_view(writer_)}));
    }
    return db_->analyze();
  });
}

Result<std::int64_t> Store::source(const std::string& path) {
  std::int64_t row = -1;
  TQ_TRY([[maybe_unused]] const auto done, once([&]() -> Status {
           TQ_TRY(row, named_row(*db_, "sources", "path", storable_key(path)));
           return ok();
         }));
  if (row >= 0) return row;
  // Done before the answer was lost: it is there.
  return number_of(*db_, "SELECT id FROM sources WHERE path = $1", {std::string_view(storable_key(path))}, -1);
}

Result<std::string> Store::finished_content(std::int64_t source) {
  std::string out;
  TQ_TRY([[maybe_unused]] const auto read, patiently([&] {
           return db_->run("SELECT content FROM sources WHERE id = $1", {source}, [&](const Row& r) {
             out = r.text(0);
             return false;
           });
         }));
  return out;
}

Status Store::finish_source(std::int64_t source, const std::string& content) {
  return once([&] { return db_->run("UPDATE sources SET content = $1 WHERE id = $2", {std::string_view(content), source}); });
}

Result<std::unordered_set<std::int64_t>> Store::contents() {
  std::unordered_set<std::int64_t> out;
  TQ_TRY([[maybe_unused]] const auto read,
         patiently([&] { return numbers(*db_, "SELECT content FROM machines UNION ALL SELECT content FROM items", out); }));
  return out;
}

Result<std::unordered_set<std::int64_t>> Store::profiles() {
  std::unordered_set<std::int64_t> out;
  const auto take = [&](const Row& r) {
    const Bytes sha = r.blob(0);
    std::uint64_t n = 0;
    for (const auto b : sha.span().first(std::min<std::size_t>(8, sha.size()))) n = (n << 8) | std::to_integer<std::uint64_t>(b);
    out.insert(static_cast<std::int64_t>(n));
    return true;
  };
  TQ_TRY([[maybe_unused]] const auto read, patiently([&] { return db_->run("SELECT sha FROM profiles", {}, take); }));
  return out;
}

Status Store::write(std::int64_t source, const Batch& batch) {
  return once([&]() -> Status {
    TQ_TRY([[maybe_unused]] const auto mine, check_still_mine());
    return write_all(source, batch);
  });
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

Result<std::int64_t> Store::row_of_profile(const std::string& sha) {
  const auto [it, fresh] = profile_rows_.try_emplace(sha);
  if (fresh) {
    const auto row = known_profile(*db_, sha);
    if (!row) profile_rows_.erase(it);
    if (!row) return row.error();
    it->second = *row;
  }
  return it->second;
}

Status Store::write_machines(std::int64_t source, const std::vector<const Machine*>& machines) {
  std::unordered_map<std::string, std::int64_t> sites;
  std::vector<Value> rows;
  for (const auto* m : machines) {
    TQ_TRY(const auto profile, row_of_profile(m->profile_sha));
    if (const auto [it, fresh] = sites.try_emplace(m->site); fresh && !m->site.empty()) {
      TQ_TRY(it->second, named_row(*db_, "sites", "name", m->site));
    }
    const Value site = m->site.empty() ? Value{} : Value{sites[m->site]};
    const Value hash = m->labels.empty() ? Value{} : Value{short_hash(m->labels)};
    const Value labels = m->labels.empty() ? Value{} : Value{std::string_view(m->labels)};
    const std::int64_t seen = m->seen == 0 ? at_ : m->seen;
    rows.insert(rows.end(), {std::string_view(m->name), m->ident, profile, site, source, std::string_view(m->item), hash, labels,
                             m->content, m->since == 0 ? seen : m->since, seen});
  }
  TQ_TRY([[maybe_unused]] const auto emptied, db_->run(dialect("{empty}incoming", db_->engine()), {}));
  TQ_TRY([[maybe_unused]] const auto filled,
         db_->fill("incoming", {"name", "ident", "profile", "site", "source", "item", "labels", "label_text", "content", "since", "seen"},
                   rows));
  for (const std::string& sql : {std::string(kLabels), dialect(kCount, db_->engine()), kKeepOld, kAddOlder, std::string(kUpsert)}) {
    TQ_TRY([[maybe_unused]] const auto done, db_->run(sql, {}));
  }
  // What was unreadable once and is read now is no error any more.
  return db_->run("DELETE FROM errors WHERE source = $1 AND item IN (SELECT item FROM incoming)", {source});
}

Status Store::write_unread(std::int64_t source, const Batch& batch) {
  for (const auto& u : batch.unread) {
    const std::string item = storable_key(u.item), place = storable(u.place), what = storable(u.what);
    TQ_TRY([[maybe_unused]] const auto noted,
           db_->run("INSERT INTO errors(source, item, place, what, at) VALUES($1, $2, $3, $4, $5) ON CONFLICT(source, item) DO UPDATE SET "
                    "place = excluded.place, what = excluded.what, at = excluded.at",
                    {source, std::string_view(item), std::string_view(place), std::string_view(what), at_}));
  }
  return ok();
}

Status Store::write_history(const std::vector<Past>& states) {
  return once([&]() -> Status {
    for (const auto& p : states) {
      TQ_TRY(const auto profile, row_of_profile(p.profile_sha));
      const std::string name = lower_ascii(p.name);
      TQ_TRY([[maybe_unused]] const auto noted,
             db_->run("INSERT INTO history(machine, at, profile) SELECT id, $1, $2 FROM machines WHERE lower(name) = $3 AND ident = $4 "
                      "ON CONFLICT DO NOTHING",
                      {p.at, profile, std::string_view(name), p.ident}));
    }
    return ok();
  });
}

Status Store::rejudge(const Judge& judge) {
  judge_ = &judge;
  atoms_ = std::make_unique<Atoms>(judge.catalog());
  return once([&] { return rejudge_all(); });
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
    Result<model::Facts> facts = Error{ErrorCode::corrupt, "store.profiles.facts", "a row", "none"};
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
