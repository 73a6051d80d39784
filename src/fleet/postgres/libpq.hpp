// libpq, loaded when a store on a server is opened: nobody else pays for it and the twenty libraries that it brings.
#pragma once

#include <libpq-fe.h>

#include "core/result.hpp"
#include "io/library.hpp"

namespace tq::fleet {

/// The functions of libpq that are used, by the names of its manual. Only the headers are needed at build time.
struct LibPq {
#define TQ_LIBPQ(X)       \
  X(PQconninfoParse)      \
  X(PQconninfoFree)       \
  X(PQfreemem)            \
  X(PQconnectdbParams)    \
  X(PQpingParams)         \
  X(PQfinish)             \
  X(PQstatus)             \
  X(PQerrorMessage)       \
  X(PQparameterStatus)    \
  X(PQsetNoticeProcessor) \
  X(PQexec)               \
  X(PQexecParams)         \
  X(PQprepare)            \
  X(PQsendQueryPrepared)  \
  X(PQsetSingleRowMode)   \
  X(PQgetResult)          \
  X(PQresultStatus)       \
  X(PQcmdStatus)          \
  X(PQresultErrorField)   \
  X(PQresultErrorMessage) \
  X(PQclear)              \
  X(PQntuples)            \
  X(PQnfields)            \
  X(PQfname)              \
  X(PQftype)              \
  X(PQgetvalue)           \
  X(PQgetlength)          \
  X(PQgetisnull)          \
  X(PQputCopyData)        \
  X(PQputCopyEnd)
  TQ_LIBPQ(TQ_LIBRARY_MEMBER)
};

inline constexpr const char* kLibPqSoname = "libpq.so.5";

/// The library of that name, with every function found. Errors: unsupported, with the advice to install the package.
Result<LibPq> load_libpq(const char* soname);
/// kLibPqSoname, loaded once in the life of the process and never unloaded.
const Result<LibPq>& libpq();

}  // namespace tq::fleet
