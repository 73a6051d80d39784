#include "fleet/db.hpp"

namespace tq::fleet {

bool on_server(const std::string& name) { return name.starts_with("postgresql://") || name.starts_with("postgres://"); }

std::string store_label(const std::string& name) { return on_server(name) ? postgres_label(name) : name; }

Result<std::unique_ptr<Db>> open_db(const std::string& name, Access access) {
  return on_server(name) ? open_postgres(name, access) : open_sqlite(name, access);
}

Result<std::int64_t> number_of(Db& db, const std::string& sql, std::initializer_list<Value> values, std::int64_t otherwise) {
  std::int64_t out = otherwise;
  const auto s = db.run(sql, values, [&](const Row& r) {
    if (!r.null(0)) out = r.integer(0);
    return false;
  });
  if (!s) return s.error();
  return out;
}

Result<Transaction> Transaction::begin(Db& db) {
  TQ_TRY([[maybe_unused]] const auto done, db.begin());
  return Transaction(db);
}

}  // namespace tq::fleet
