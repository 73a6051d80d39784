// SQLite: the default store, one file. Write-ahead log, so that readers never wait and a killed writer loses nothing it committed.
#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <unordered_map>

#include "fleet/db.hpp"
#include "fleet/schema.hpp"
#include "io/folder.hpp"

namespace tq::fleet {
namespace {

constexpr int kLogTries = 200, kLogWaitMs = 50;
constexpr int kBusyMs = 120'000;  // the other scanner's transaction takes a second at most; a disk may be slow

struct Finalize {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
struct Close {
  void operator()(sqlite3* d) const { sqlite3_close(d); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* s) : s_(s) {}
  [[nodiscard]] std::size_t size() const override { return static_cast<std::size_t>(sqlite3_column_count(s_)); }
  [[nodiscard]] std::string name(std::size_t c) const override { return sqlite3_column_name(s_, static_cast<int>(c)); }
  [[nodiscard]] bool null(std::size_t c) const override { return sqlite3_column_type(s_, static_cast<int>(c)) == SQLITE_NULL; }
  [[nodiscard]] bool number(std::size_t c) const override {
    const int type = sqlite3_column_type(s_, static_cast<int>(c));
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
  }
  [[nodiscard]] std::int64_t integer(std::size_t c) const override { return sqlite3_column_int64(s_, static_cast<int>(c)); }
  [[nodiscard]] std::string_view text(std::size_t c) const override {
    const auto* p = sqlite3_column_text(s_, static_cast<int>(c));
    if (p == nullptr) return {};
    return {reinterpret_cast<const char*>(p), static_cast<std::size_t>(sqlite3_column_bytes(s_, static_cast<int>(c)))};
  }
  [[nodiscard]] Bytes blob(std::size_t c) const override {
    const auto* p = static_cast<const std::byte*>(sqlite3_column_blob(s_, static_cast<int>(c)));
    return Bytes(std::span(p, static_cast<std::size_t>(sqlite3_column_bytes(s_, static_cast<int>(c)))));
  }

 private:
  sqlite3_stmt* s_;
};

void bind(sqlite3_stmt* s, int at, const Value& v) {
  if (const auto* n = std::get_if<std::int64_t>(&v)) {
    sqlite3_bind_int64(s, at, *n);
  } else if (const auto* t = std::get_if<std::string_view>(&v)) {
    sqlite3_bind_text(s, at, t->data() == nullptr ? "" : t->data(), static_cast<int>(t->size()), SQLITE_STATIC);
  } else if (const auto* b = std::get_if<Bytes>(&v)) {
    sqlite3_bind_blob64(s, at, b->empty() ? reinterpret_cast<const std::byte*>("") : b->data(), b->size(), SQLITE_STATIC);
  } else {
    sqlite3_bind_null(s, at);
  }
}

/// To SQLite "$2" is a name, numbered as it comes in the text; "?2" is the second value wherever it stands, as on the other engine.
std::string with_numbers(std::string sql) {
  for (std::size_t i = 0; i + 1 < sql.size(); ++i)
    if (sql[i] == '$' && sql[i + 1] >= '1' && sql[i + 1] <= '9') sql[i] = '?';
  return sql;
}

class Sqlite final : public Db {
 public:
  Sqlite(std::unique_ptr<sqlite3, Close> db, std::string path, Access access)
      : db_(std::move(db)), path_(std::move(path)), access_(access) {}
  ~Sqlite() override { settle(); }
  [[nodiscard]] Engine engine() const override { return Engine::sqlite; }

  Status script(const std::string& sql) override {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return ok();
    return failed();
  }

  Status run(const std::string& sql, std::span<const Value> values, const OnRow& on_row) override {
    TQ_TRY(sqlite3_stmt* const s, prepared(sql));
    for (std::size_t i = 0; i < values.size(); ++i) bind(s, static_cast<int>(i) + 1, values[i]);
    const auto done = step(s, on_row);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return done;
  }

  Status fill(const std::string& table, const std::vector<std::string>& columns, std::span<const Value> values) override {
    std::string sql = "INSERT INTO " + table + "(", marks;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      sql += (i == 0 ? "" : ",") + columns[i];
      marks += (i == 0 ? "$" : ",$") + std::to_string(i + 1);
    }
    sql += ") VALUES(" + marks + ")";
    for (std::size_t at = 0; at < values.size(); at += columns.size())
      if (auto s = run(sql, values.subspan(at, columns.size()), {}); !s) return s;
    return ok();
  }

  Status begin() override { return script("BEGIN IMMEDIATE"); }
  Status commit() override {
    auto s = script("COMMIT");
    if (!s) rollback();
    return s;
  }
  void rollback() override { sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr); }

  /// The write-ahead log for as long as somebody writes. Another program may be changing the same setting: it is tried again.
  Status keep_log() {
    for (int tries = 0;; ++tries) {
      auto s = script("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000;");
      if (s || tries >= kLogTries) return s;
      std::this_thread::sleep_for(std::chrono::milliseconds(kLogWaitMs));
    }
  }

 private:
  /// The last writer leaves one plain file behind, which can be read from a write-protected stick.
  void settle() {
    if (access_ != Access::write) return;
    statements_.clear();
    sqlite3_busy_timeout(db_.get(), 0);
    sqlite3_exec(db_.get(), "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
  }

  Status step(sqlite3_stmt* s, const OnRow& on_row) {
    while (true) {
      const int got = sqlite3_step(s);
      if (got == SQLITE_DONE) return ok();
      if (got != SQLITE_ROW) return failed();
      if (on_row && !on_row(SqliteRow(s))) return ok();
    }
  }

  Result<sqlite3_stmt*> prepared(const std::string& sql) {
    auto& held = statements_[sql];
    if (!held) {
      sqlite3_stmt* s = nullptr;
      if (sqlite3_prepare_v3(db_.get(), with_numbers(sql).c_str(), -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr) != SQLITE_OK)
        return failed();
      held.reset(s);
    }
    return held.get();
  }

  [[nodiscard]] Error failed() const {
    const int code = sqlite3_errcode(db_.get()) & 0xFF;
    Error e{ErrorCode::io, path_, "a store that can be read and written", sqlite3_errmsg(db_.get())};
    if (code == SQLITE_FULL || code == SQLITE_IOERR)
      e.advice = "the disk is full or failing: what was stored before is safe; make room and run the same command again";
    if (code == SQLITE_BUSY) e.advice = "another program holds the store; run the same command again";
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) e.code = ErrorCode::corrupt;
    if (code == SQLITE_CORRUPT) e.advice = "the file is damaged: take a copy of it that is whole, or import into a new one";
    if (code == SQLITE_NOTADB) e.advice = "this file is no fleet store; name one with --store";
    if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM) e.advice = "check the folder and its permissions";
    return e;
  }

  std::unique_ptr<sqlite3, Close> db_;
  std::string path_;
  Access access_;
  std::unordered_map<std::string, Prepared> statements_;  // destroyed before db_ closes: sqlite3_close refuses else
};

/// cache_size in KiB: a store of a million machines fits, so that its random keys do not wait for the disk.
constexpr const char* kPragmas =
    "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-131072; PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF; "
    "PRAGMA mmap_size=268435456;";

}  // namespace

Result<std::unique_ptr<Db>> open_sqlite(const std::string& path, Access access) {
  if (access == Access::read && io::host_kind(path) != io::HostKind::file)
    return Error{ErrorCode::not_found, path, "a fleet store", "nothing", {}, "make one with `tourniquet fleet import` or `fleet scan`"};
  sqlite3* raw = nullptr;
  const int flags = access == Access::read ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  int opened = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, Close> db(raw);
  if (opened != SQLITE_OK)
    return Error{ErrorCode::io,
                 path,
                 "a store that can be opened",
                 raw != nullptr ? sqlite3_errmsg(raw) : "no memory",
                 {},
                 "check the folder and its permissions"};
  sqlite3_busy_timeout(raw, kBusyMs);
  sqlite3_extended_result_codes(raw, 0);
  auto out = std::make_unique<Sqlite>(std::move(db), path, access);
  TQ_TRY([[maybe_unused]] const auto set, out->script(kPragmas));
  TQ_TRY(const auto id, number_of(*out, "PRAGMA application_id", {}));
  if (id != 0 && id != kApplicationId)
    return Error{
        ErrorCode::unsupported,          path, "a fleet store", fmt::format("a database of another program (application id {:#x})", id), {},
        "name another file with --store"};
  if (access == Access::read) {
    TQ_TRY([[maybe_unused]] const auto guarded, out->script("PRAGMA query_only=ON;"));
  } else {
    // NORMAL loses no transaction to a killed program, and none to a power cut but the last ones; the log stays whole.
    TQ_TRY([[maybe_unused]] const auto wal, out->keep_log());
  }
  return std::unique_ptr<Db>(std::move(out));
}

}  // namespace tq::fleet
