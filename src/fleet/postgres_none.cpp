// Stores on a PostgreSQL server: refused by name, until there is one.
#include "fleet/db.hpp"

namespace tq::fleet {

Result<std::unique_ptr<Db>> open_postgres(const std::string& uri, Access) {
  // The address may hold a password: it is not repeated.
  return Error{ErrorCode::unsupported,
               "--store",
               "a file",
               uri.substr(0, uri.find(':')) + "://...",
               {},
               "use a file for each shard and `fleet merge`"};
}

}  // namespace tq::fleet
