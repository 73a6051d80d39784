#include "fleet/postgres/connection.hpp"

#include <chrono>
#include <string_view>
#include <thread>

#include "fleet/postgres/backoff.hpp"

namespace tq::fleet {
namespace {

/// Waits end, too: for another writer's turn, and of the others for a writer whose machine lost its power within a transaction.
/// Compiling queries costs more than any of ours takes.
constexpr const char* kSession =
    "SET lock_timeout = '600s'; SET idle_in_transaction_session_timeout = '600s'; SET tcp_keepalives_idle = 30; SET "
    "tcp_keepalives_interval = 10; "
    "SET tcp_keepalives_count = 3; SET bytea_output = 'hex'; SET jit = off; SET standard_conforming_strings = on";

struct Meaning {
  std::string_view state;  ///< the beginning of an SQLSTATE
  bool lost;
  const char* advice;
};
constexpr Meaning kMeanings[] = {
    {"57P", true, "the server goes down or comes up: run the same command again, what was stored before is safe"},
    {"08", true, "the line to the server broke: run the same command again, what was stored before is safe"},
    {"40", true, "run the same command again, what was stored before is safe"},
    {"53100", false, "the server's disk is full: what was stored before is safe; make room and run the same command again"},
    {"53", false, "the server has no room for more: run the same command again with fewer scanners at once"},
    {"55P03", false, "another program holds the store; run the same command again"},
    {"42501", false, "this user may not do that in the database; writing wants CREATE on its schema"},
    {"3F000", false, "name a schema that is there: ?options=-csearch_path%3DNAME"},
};

const Meaning* meaning_of(std::string_view state) {
  for (const auto& m : kMeanings)
    if (state.starts_with(m.state)) return &m;
  return nullptr;
}

}  // namespace

Status Connection::open(Patience patience) {
  Backoff backoff = server_backoff();
  while (true) {
    const auto done = connect_once();
    if (done || done.error().code == ErrorCode::unsupported) return done;
    const bool starting = api_.PQpingParams(address_.words().data(), address_.values().data(), 0) == PQPING_REJECT;
    const auto wait = starting || patience == Patience::again ? backoff.next() : std::nullopt;
    if (!wait) return done;
    std::this_thread::sleep_for(*wait);
  }
}

Status Connection::connect_once() {
  conn_.reset(api_.PQconnectdbParams(address_.words().data(), address_.values().data(), 0));
  if (conn_ && api_.PQstatus(conn_.get()) == CONNECTION_OK) return prepare_session();
  Error e{ErrorCode::io, label(), "a PostgreSQL server that lets this user in",
          conn_ ? address_.tidy(api_.PQerrorMessage(conn_.get())) : "no memory"};
  e.advice = "check address, user and password (~/.pgpass or PGPASSWORD), and that the server runs";
  conn_.reset();
  lost_ = true;
  return e;
}

Status Connection::prepare_session() {
  lost_ = false;
  // Notices ("relation exists, skipping") are no business of the user.
  api_.PQsetNoticeProcessor(conn_.get(), [](void*, const char*) {}, nullptr);
  const char* encoding = api_.PQparameterStatus(conn_.get(), "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8")
    return Error{ErrorCode::unsupported,
                 label(),
                 "a database whose encoding is UTF8",
                 encoding == nullptr ? "no word of it" : encoding,
                 {},
                 "make one with: createdb --encoding=UTF8 --template=template0 NAME"};
  TQ_TRY([[maybe_unused]] const auto set, script(kSession));
  return access_ == Access::read ? script("SET default_transaction_read_only = on") : ok();
}

Status Connection::script(const char* sql) {
  const auto answer = own(conn_ ? api_.PQexec(conn_.get(), sql) : nullptr);
  const auto status = answer ? api_.PQresultStatus(answer.get()) : PGRES_FATAL_ERROR;
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? ok() : Status(failed(answer.get()));
}

Status Connection::expect(const PGresult* r, ExecStatusType wanted) {
  return r != nullptr && api_.PQresultStatus(r) == wanted ? ok() : Status(failed(r));
}

Error Connection::failed(const PGresult* r) {
  const char* said = r != nullptr ? api_.PQresultErrorMessage(r) : conn_ ? api_.PQerrorMessage(conn_.get()) : "no connection";
  const char* code = r != nullptr ? api_.PQresultErrorField(r, PG_DIAG_SQLSTATE) : nullptr;
  const Meaning* meaning = code != nullptr ? meaning_of(code) : nullptr;
  const bool broken = !conn_ || api_.PQstatus(conn_.get()) != CONNECTION_OK;
  if (broken && meaning == nullptr) meaning = meaning_of("08");
  lost_ = broken || (meaning != nullptr && meaning->lost);
  return Error{ErrorCode::io,       label(), "a store that can be read and written",
               address_.tidy(said), {},      meaning != nullptr ? meaning->advice : ""};
}

}  // namespace tq::fleet
