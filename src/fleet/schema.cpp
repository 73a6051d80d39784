#include "fleet/schema.hpp"

#include <vector>

namespace tq::fleet {
namespace {

// Names that come again and again are numbers here: a million machines fit in about a hundred megabytes.
// A set of CVEs is kept once, as atoms (CVEs that exactly the same updates repair always come together), and these in parts: sets differ in
// a few of them only. The index by profile carries the site too: machines are counted by both without being looked at.
constexpr const char* kTables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL){norowid};
CREATE TABLE runs(id {id}, at {int} NOT NULL, command TEXT NOT NULL);
CREATE TABLE sources(id {id}, path TEXT NOT NULL UNIQUE, content TEXT NOT NULL DEFAULT '');
CREATE TABLE sites(id {id}, name TEXT NOT NULL UNIQUE);
CREATE TABLE label_sets(id {id}, hash {int} NOT NULL UNIQUE, labels TEXT NOT NULL);
CREATE TABLE profiles(id {id}, sha {blob} NOT NULL UNIQUE, machines {int} NOT NULL DEFAULT 0, facts {blob} NOT NULL);
CREATE TABLE machines(id {id}, name TEXT NOT NULL, ident {int} NOT NULL, profile {int} NOT NULL, site {int}, source {int} NOT NULL,
  item TEXT NOT NULL, labels {int}, content {int} NOT NULL, since {int} NOT NULL, seen {int} NOT NULL);
CREATE UNIQUE INDEX machines_by_name ON machines(lower(name), ident);
CREATE INDEX machines_by_profile ON machines(profile, site);
CREATE TABLE items(item {int} PRIMARY KEY, content {int} NOT NULL);
CREATE TABLE history(machine {int} NOT NULL, at {int} NOT NULL, profile {int} NOT NULL, PRIMARY KEY(machine, at, profile)){norowid};
CREATE TABLE errors(id {id}, source {int} NOT NULL, item TEXT NOT NULL, place TEXT NOT NULL, what TEXT NOT NULL, at {int} NOT NULL,
  UNIQUE(source, item));
CREATE TABLE verdicts(profile {int} PRIMARY KEY, kind TEXT NOT NULL, product TEXT NOT NULL, nt_version TEXT NOT NULL, arch TEXT NOT NULL,
  product_type TEXT NOT NULL, build {int}, revision {int}, service_pack {int}, version TEXT NOT NULL, build_status TEXT NOT NULL,
  level TEXT, level_kb {int}, level_status TEXT, goal_reached TEXT NOT NULL, behind_public {int}, behind_esu {int}, behind_last {int},
  behind {int}, missing_set {int} NOT NULL, unknown_set {int} NOT NULL, list {int} NOT NULL, missing_cves {int} NOT NULL, unknown_cves {int} NOT NULL,
  exploited {int} NOT NULL, missing_updates {int} NOT NULL, unknown_updates {int} NOT NULL, claims {int} NOT NULL, findings {int} NOT NULL,
  worst TEXT NOT NULL);
CREATE TABLE cves(cve {int} PRIMARY KEY, name TEXT NOT NULL UNIQUE, exploited {int} NOT NULL, atom {int} NOT NULL, lone {int} NOT NULL);
CREATE INDEX cves_by_atom ON cves(atom);
CREATE INDEX cves_by_lone ON cves(lone);
CREATE TABLE sets(id {id}, sha {blob} NOT NULL UNIQUE);
CREATE TABLE parts(id {id}, sha {blob} NOT NULL UNIQUE);
CREATE TABLE part_atoms(atom {int} NOT NULL, part {int} NOT NULL, PRIMARY KEY(atom, part)){norowid};
CREATE INDEX atoms_by_part ON part_atoms(part);
CREATE TABLE set_parts(part {int} NOT NULL, cve_set {int} NOT NULL, PRIMARY KEY(part, cve_set)){norowid};
CREATE INDEX verdicts_by_missing ON verdicts(missing_set);
CREATE INDEX verdicts_by_unknown ON verdicts(unknown_set);
CREATE TABLE updates(kb {int} PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, released TEXT NOT NULL);
CREATE TABLE lists(id {id}, sha {blob} NOT NULL UNIQUE);
CREATE TABLE lacking(kb {int} NOT NULL, list {int} NOT NULL, to_install {int} NOT NULL, closes {int} NOT NULL, PRIMARY KEY(kb, list)){norowid};
CREATE INDEX verdicts_by_list ON verdicts(list);
CREATE TABLE findings(profile {int} NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL);
CREATE INDEX findings_by_profile ON findings(profile);
CREATE TABLE gates(profile {int} NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, gate TEXT NOT NULL, builds TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE reasons(id {id}, hash {int} NOT NULL UNIQUE, why TEXT NOT NULL, resolve TEXT NOT NULL);
CREATE TABLE undecided(profile {int} NOT NULL, subject TEXT NOT NULL, reason {int} NOT NULL, items {int} NOT NULL);
)sql";

Error no_store(std::string found) {
  return Error{ErrorCode::unsupported, "store", "a fleet store of this version", std::move(found), {}, "name another file with --store"};
}

Result<std::int64_t> version_of(Db& db) {
  const std::string tables = db.engine() == Engine::sqlite
                                 ? "SELECT count(*) FROM sqlite_master WHERE name IN ('meta','machines','profiles')"
                                 : "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name IN "
                                   "('meta','machines','profiles')";
  TQ_TRY(const auto found, number_of(db, tables, {}));
  if (found == 0) return 0;
  if (found != 3) return no_store("other tables");
  return number_of(db, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema'", {}, -1);
}

/// An empty file is a store to be; one with foreign tables is somebody else's.
Status refuse_foreign(Db& db) {
  if (db.engine() != Engine::sqlite) return ok();
  TQ_TRY(const auto tables, number_of(db, "SELECT count(*) FROM sqlite_master", {}));
  if (tables != 0) return no_store("a database of something else");
  return ok();
}

Status write_version(Db& db) {
  return db.run("INSERT INTO meta(key, value) VALUES('schema', $1) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                {std::string_view(std::to_string(kSchemaVersion))});
}

Status create(Db& db) {
  TQ_TRY(auto transaction, Transaction::begin(db));
  // Another scanner may have been first while this one waited.
  TQ_TRY(const auto version, version_of(db));
  if (version == kSchemaVersion) return transaction.commit();
  TQ_TRY([[maybe_unused]] const auto empty, refuse_foreign(db));
  if (db.engine() == Engine::sqlite) {
    TQ_TRY([[maybe_unused]] const auto named, db.script("PRAGMA application_id = " + std::to_string(kApplicationId)));
  }
  TQ_TRY([[maybe_unused]] const auto tables, db.script(dialect(kTables, db.engine())));
  TQ_TRY([[maybe_unused]] const auto views, db.script(dialect(kViews, db.engine())));
  TQ_TRY([[maybe_unused]] const auto meta, write_version(db));
  return transaction.commit();
}

/// The tables are those of version 1; its views lacked columns.
Status renew_views(Db& db) {
  TQ_TRY(auto transaction, Transaction::begin(db));
  std::vector<std::string> names;  // each may stand on those before it
  const std::string_view text = kViews;
  constexpr std::string_view kMake = "CREATE VIEW ";
  for (std::size_t at = text.find(kMake); at != std::string_view::npos; at = text.find(kMake, at + 1))
    names.emplace_back(text.substr(at + kMake.size(), text.find(' ', at + kMake.size()) - at - kMake.size()));
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    TQ_TRY([[maybe_unused]] const auto gone, db.script("DROP VIEW IF EXISTS " + *name));
  }
  TQ_TRY([[maybe_unused]] const auto views, db.script(dialect(kViews, db.engine())));
  TQ_TRY([[maybe_unused]] const auto meta, write_version(db));
  return transaction.commit();
}

std::string replaced(std::string s, std::string_view from, std::string_view to) {
  for (std::size_t at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size())) s.replace(at, from.size(), to);
  return s;
}

/// {iso:EXPR}: seconds since 1970 as "2026-11-20T10:00:00Z".
std::string with_times(std::string s, Engine engine) {
  constexpr std::string_view kOpen = "{iso:";
  for (std::size_t at = s.find(kOpen); at != std::string::npos; at = s.find(kOpen)) {
    const std::size_t end = s.find('}', at);
    const std::string expr = s.substr(at + kOpen.size(), end - at - kOpen.size());
    s.replace(at, end - at + 1,
              engine == Engine::sqlite ? "strftime('%Y-%m-%dT%H:%M:%SZ', " + expr + ", 'unixepoch')"
                                       : "to_char(to_timestamp(" + expr + ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  }
  return s;
}

}  // namespace

std::string dialect(std::string_view text, Engine engine) {
  const bool lite = engine == Engine::sqlite;
  std::string s = with_times(std::string(text), engine);
  s = replaced(std::move(s), "{id}", lite ? "INTEGER PRIMARY KEY" : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY");
  s = replaced(std::move(s), "{int}", lite ? "INTEGER" : "BIGINT");
  s = replaced(std::move(s), "{blob}", lite ? "BLOB" : "BYTEA");
  s = replaced(std::move(s), "{empty}", lite ? "DELETE FROM " : "TRUNCATE ");
  // Order and lower case of a server depend on its language; SQLite's are those of bytes and of ASCII.
  if (!lite) s = replaced(std::move(s), " TEXT", " TEXT COLLATE \"C\"");
  return replaced(std::move(s), "{norowid}", lite ? " WITHOUT ROWID" : "");
}

Result<std::int64_t> schema_version(Db& db) { return version_of(db); }

Status check_schema(Db& db) {
  TQ_TRY(const auto version, version_of(db));
  if (version == kSchemaVersion) return ok();
  Error e = no_store(version == 0 ? "no store" : "version " + std::to_string(version));
  if (version > 0 && version < kSchemaVersion) e.advice = "`tourniquet fleet rejudge --store ...` brings it up to date";
  return e;
}

Status prepare_schema(Db& db) {
  TQ_TRY(const auto version, version_of(db));
  if (version == kSchemaVersion) return ok();
  if (version == 1) return renew_views(db);
  if (version != 0) return no_store("version " + std::to_string(version));
  return create(db);
}

}  // namespace tq::fleet
