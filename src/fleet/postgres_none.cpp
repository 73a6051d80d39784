// Stores on a PostgreSQL server, in a program that was built without libpq's headers: refused by name.
#include "fleet/db.hpp"

namespace tq::fleet {

Result<std::unique_ptr<Db>> open_postgres(const std::string& uri, Access) {
  // The address may hold a password: it is not repeated.
  return Error{ErrorCode::unsupported,
               "--store",
               "a file",
               uri.substr(0, uri.find(':')) + "://...",
               {},
               "this program was built without libpq-dev: use a file for each shard and `fleet merge`"};
}

std::string postgres_label(const std::string&) { return "postgresql://..."; }

}  // namespace tq::fleet
