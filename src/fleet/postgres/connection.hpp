// A connection to a PostgreSQL server: made with patience, spoken of without passwords.
#pragma once

#include <memory>
#include <string>

#include "fleet/db.hpp"
#include "fleet/postgres/address.hpp"

namespace tq::fleet {

class Connection {
 public:
  Connection(const LibPq& api, Address address, Access access) : api_(api), address_(std::move(address)), access_(access) {}

  enum class Patience {
    first,  ///< the first time: waits only for a server that says that it is starting
    again   ///< after a loss: waits for whatever keeps the server away, within server_backoff()
  };
  /// Errors: io (no server, refused), unsupported (a database of another encoding than UTF-8).
  Status open(Patience patience);
  [[nodiscard]] PGconn* get() const { return conn_.get(); }
  [[nodiscard]] const LibPq& api() const { return api_; }
  [[nodiscard]] bool lost() const { return lost_; }
  [[nodiscard]] std::string label() const { return address_.label(); }

  using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;
  [[nodiscard]] Answer own(PGresult* r) const { return {r, api_.PQclear}; }
  /// Several statements without values.
  Status script(const char* sql);
  /// Ok when the answer has this status, else the error of failed().
  Status expect(const PGresult* r, ExecStatusType wanted);
  /// What the server or the line said, and what to do; notes whether the connection is lost.
  Error failed(const PGresult* r);

 private:
  Status connect_once();
  Status prepare_session();

  const LibPq& api_;
  Address address_;
  Access access_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> conn_{nullptr, api_.PQfinish};
  bool lost_ = false;
};

}  // namespace tq::fleet
