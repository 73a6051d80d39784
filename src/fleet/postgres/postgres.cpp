// PostgreSQL: one store that many scanners write. Writers take turns, readers never wait, and a batch is there as a whole or not at all.
#include <algorithm>
#include <cstdlib>
#include <unordered_map>

#include "fleet/db.hpp"
#include "fleet/postgres/connection.hpp"
#include "fleet/postgres/values.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kFewValues = 400;  // up to here one INSERT is quicker than a COPY
constexpr std::size_t kCopyChunk = std::size_t{1} << 18;

class PostgresRow final : public Row {
 public:
  PostgresRow(const LibPq& api, const PGresult* r, int row) : api_(api), r_(r), row_(row) {}
  [[nodiscard]] std::size_t size() const override { return static_cast<std::size_t>(api_.PQnfields(r_)); }
  [[nodiscard]] std::string name(std::size_t c) const override { return api_.PQfname(r_, static_cast<int>(c)); }
  [[nodiscard]] bool null(std::size_t c) const override { return api_.PQgetisnull(r_, row_, static_cast<int>(c)) != 0; }
  [[nodiscard]] bool number(std::size_t c) const override { return !null(c) && is_number(api_.PQftype(r_, static_cast<int>(c))); }
  /// Sums come as NUMERIC; what stands behind a point is cut off.
  [[nodiscard]] std::int64_t integer(std::size_t c) const override {
    return std::strtoll(api_.PQgetvalue(r_, row_, static_cast<int>(c)), nullptr, 10);
  }
  [[nodiscard]] std::string_view text(std::size_t c) const override {
    return {api_.PQgetvalue(r_, row_, static_cast<int>(c)), static_cast<std::size_t>(api_.PQgetlength(r_, row_, static_cast<int>(c)))};
  }
  [[nodiscard]] Bytes blob(std::size_t c) const override {
    if (blobs_.empty()) blobs_.resize(size());
    blobs_[c] = from_hex_output(text(c));
    return Bytes(blobs_[c]);
  }

 private:
  const LibPq& api_;
  const PGresult* r_;
  int row_;
  mutable std::vector<std::vector<std::byte>> blobs_;
};

class Postgres final : public Db {
 public:
  explicit Postgres(Connection connection) : c_(std::move(connection)), api_(c_.api()) {}
  [[nodiscard]] Engine engine() const override { return Engine::postgres; }
  [[nodiscard]] bool lost() const override { return c_.lost(); }

  Status open() { return c_.open(Connection::Patience::first); }
  Status reconnect() override {
    statements_.clear();
    return c_.open(Connection::Patience::again);
  }

  Status script(const std::string& sql) override { return c_.script(sql.c_str()); }

  Status run(const std::string& sql, std::span<const Value> values, const OnRow& on_row) override {
    const Parameters p(values);
    TQ_TRY(const std::string name, prepared(sql, p));
    if (api_.PQsendQueryPrepared(c_.get(), name.c_str(), p.size(), p.values(), p.lengths(), p.formats(), 0) == 0) return c_.failed(nullptr);
    api_.PQsetSingleRowMode(c_.get());  // a million rows never lie in memory
    return receive(on_row);
  }

  Status fill(const std::string& table, const std::vector<std::string>& columns, std::span<const Value> values) override {
    if (values.empty()) return ok();
    std::string list;
    for (const auto& c : columns) list += (list.empty() ? "" : ",") + c;
    // A column of nothing but NULLs would have no type in an INSERT of several rows.
    const auto null = [](const Value& v) { return std::holds_alternative<std::monostate>(v); };
    if (values.size() <= kFewValues && std::none_of(values.begin(), values.end(), null)) return insert(table, list, columns.size(), values);
    return copy(table, list, columns.size(), values);
  }

  /// One writer at a time for each store, as with SQLite: then nobody waits in a circle, and numbers of rows follow the order of writing.
  Status begin() override { return c_.script("BEGIN; SELECT pg_advisory_xact_lock(6003, hashtext(current_schema()))"); }

  Status commit() override {
    const auto answer = c_.own(c_.get() == nullptr ? nullptr : api_.PQexec(c_.get(), "COMMIT"));
    if (auto s = c_.expect(answer.get(), PGRES_COMMAND_OK); !s) return s;
    // After an error within, the server answers a COMMIT with this word and no error.
    if (std::string_view(api_.PQcmdStatus(answer.get())) == "COMMIT") return ok();
    return Error{
        ErrorCode::io, c_.label(), "a transaction that can be finished", "one that failed before", {}, "run the same command again"};
  }
  void rollback() override { (void)c_.script("ROLLBACK"); }
  /// What a planner does not know it guesses: after many writes a first question took seconds.
  Status analyze() override { return c_.script("ANALYZE"); }

 private:
  Result<std::string> prepared(const std::string& sql, const Parameters& p) {
    if (const auto it = statements_.find(sql); it != statements_.end()) return it->second;
    if (c_.get() == nullptr) return c_.failed(nullptr);
    const std::string name = "s" + std::to_string(statements_.size());
    const auto answer = c_.own(api_.PQprepare(c_.get(), name.c_str(), sql.c_str(), p.size(), p.types()));
    TQ_TRY([[maybe_unused]] const auto made, c_.expect(answer.get(), PGRES_COMMAND_OK));
    statements_[sql] = name;
    return name;
  }

  /// Every answer is taken to its end, even when nobody wants the rest: the line is free for the next statement then.
  Status receive(const OnRow& on_row) {
    Status out = ok();
    bool wanted = static_cast<bool>(on_row);
    while (true) {
      const auto answer = c_.own(api_.PQgetResult(c_.get()));
      if (!answer) return out;
      const auto status = api_.PQresultStatus(answer.get());
      if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        if (out) out = c_.failed(answer.get());
        if (c_.lost()) return out;
        continue;
      }
      for (int row = 0; wanted && row < api_.PQntuples(answer.get()); ++row) wanted = on_row(PostgresRow(api_, answer.get(), row));
    }
  }

  Status insert(const std::string& table, const std::string& list, std::size_t columns, std::span<const Value> values) {
    std::string sql = "INSERT INTO " + table + "(" + list + ") VALUES";
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool first = i % columns == 0;
      sql += (first ? (i == 0 ? "(" : "),(") : ",") + std::string("$") + std::to_string(i + 1);
    }
    sql += ")";
    const Parameters p(values);
    if (c_.get() == nullptr) return c_.failed(nullptr);
    const auto answer = c_.own(api_.PQexecParams(c_.get(), sql.c_str(), p.size(), p.types(), p.values(), p.lengths(), p.formats(), 0));
    return c_.expect(answer.get(), PGRES_COMMAND_OK);
  }

  Status copy(const std::string& table, const std::string& list, std::size_t columns, std::span<const Value> values) {
    if (c_.get() == nullptr) return c_.failed(nullptr);
    const std::string sql = "COPY " + table + "(" + list + ") FROM STDIN (FORMAT binary)";
    const auto started = c_.own(api_.PQexec(c_.get(), sql.c_str()));
    TQ_TRY([[maybe_unused]] const auto ready, c_.expect(started.get(), PGRES_COPY_IN));
    const std::string text = copy_text(values, columns);
    for (std::size_t at = 0; at < text.size(); at += kCopyChunk) {
      const auto n = static_cast<int>(std::min(kCopyChunk, text.size() - at));
      if (api_.PQputCopyData(c_.get(), text.data() + at, n) != 1) return c_.failed(nullptr);
    }
    if (api_.PQputCopyEnd(c_.get(), nullptr) != 1) return c_.failed(nullptr);
    return receive({});
  }

  Connection c_;
  const LibPq& api_;
  std::unordered_map<std::string, std::string> statements_;  ///< by their text; gone with the connection
};

}  // namespace

Result<std::unique_ptr<Db>> open_postgres(const std::string& uri, Access access) {
  const auto& api = libpq();
  if (!api) return api.error();
  TQ_TRY(auto address, Address::parse(*api, uri));
  auto out = std::make_unique<Postgres>(Connection(*api, std::move(address), access));
  TQ_TRY([[maybe_unused]] const auto opened, out->open());
  return std::unique_ptr<Db>(std::move(out));
}

std::string postgres_label(const std::string& uri) {
  const auto& api = libpq();
  const auto address = api ? Address::parse(*api, uri) : Result<Address>(api.error());
  return address ? address->label() : "postgresql://...";
}

}  // namespace tq::fleet
