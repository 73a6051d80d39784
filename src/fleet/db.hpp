// A database as the fleet store needs it: the same SQL on SQLite and PostgreSQL, values bound, never put into the text.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::fleet {

/// NULL, a number, a text (well-formed UTF-8 without NUL) or bytes. Texts and bytes must outlive the call.
using Value = std::variant<std::monostate, std::int64_t, std::string_view, Bytes>;

/// One row of an answer; valid inside the callback only.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::string name(std::size_t column) const = 0;
  [[nodiscard]] virtual bool null(std::size_t column) const = 0;
  [[nodiscard]] virtual bool number(std::size_t column) const = 0;  ///< the value is a number, not a text
  [[nodiscard]] virtual std::int64_t integer(std::size_t column) const = 0;
  [[nodiscard]] virtual std::string_view text(std::size_t column) const = 0;
  [[nodiscard]] virtual Bytes blob(std::size_t column) const = 0;
};

/// What differs between the two engines, put into one SQL text by dialect().
enum class Engine { sqlite, postgres };

class Db {
 public:
  using OnRow = std::function<bool(const Row&)>;  ///< false ends the reading
  virtual ~Db() = default;
  [[nodiscard]] virtual Engine engine() const = 0;
  /// Several statements without values.
  virtual Status script(const std::string& sql) = 0;
  /// One statement; its values are $1, $2, ... in this order. Prepared once for each text. `on_row` must not ask the same Db.
  virtual Status run(const std::string& sql, std::span<const Value> values, const OnRow& on_row) = 0;
  Status run(const std::string& sql, std::initializer_list<Value> values, const OnRow& on_row = {}) {
    return run(sql, std::span<const Value>(values.begin(), values.size()), on_row);
  }
  /// Many rows of the same columns into a table, the fastest way there is.
  virtual Status fill(const std::string& table, const std::vector<std::string>& columns, std::span<const Value> values) = 0;
  /// Takes the right to write at once, so that two writers wait instead of failing half way.
  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void rollback() = 0;
  /// True after an error that a new connection may heal: the server went away. What was open then is rolled back.
  [[nodiscard]] virtual bool lost() const { return false; }
  /// A new connection, within a bounded time. Temporary tables and prepared statements of the old one are gone.
  virtual Status reconnect() { return ok(); }
  /// After many writes: what the engine wants to know of its tables before the next question.
  virtual Status analyze() { return ok(); }
};

enum class Access { read, write };
/// `name`: a file, or "postgresql://...". Reading a store that is not there is an error; writing makes it.
Result<std::unique_ptr<Db>> open_db(const std::string& name, Access access);
/// A file; made when it is not there and `access` allows. Errors: not_found, io.
Result<std::unique_ptr<Db>> open_sqlite(const std::string& path, Access access);
/// "postgresql://...". Errors: unsupported without libpq, io with the server's words and without the password.
Result<std::unique_ptr<Db>> open_postgres(const std::string& uri, Access access);
/// True when a store of that name lies on a server.
bool on_server(const std::string& name);
/// How messages and pages speak of a store: a file by its name, a server without user and password.
std::string store_label(const std::string& name);
/// "postgresql://HOST:PORT/DATABASE": what may be printed of an address. "postgresql://..." for one that cannot be read.
std::string postgres_label(const std::string& uri);

/// The first number of the first row; `otherwise` when there is none.
Result<std::int64_t> number_of(Db& db, const std::string& sql, std::initializer_list<Value> values, std::int64_t otherwise = 0);

/// Rolls back unless commit() was reached: an error on the way leaves nothing half done.
class Transaction {
 public:
  static Result<Transaction> begin(Db& db);
  Transaction(Transaction&& o) noexcept : db_(std::exchange(o.db_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (db_ != nullptr) db_->rollback();
  }
  Status commit() { return std::exchange(db_, nullptr)->commit(); }

 private:
  explicit Transaction(Db& db) : db_(&db) {}
  Db* db_;
};

}  // namespace tq::fleet
