#include "fleet/postgres/libpq.hpp"

namespace tq::fleet {

Result<LibPq> load_libpq(const char* soname) {
  TQ_TRY(const auto library, io::Library::load(soname, "the library that speaks with PostgreSQL", "libpq5"));
  LibPq api;
  TQ_LIBPQ(TQ_LIBRARY_FIND)
  return api;
}

const Result<LibPq>& libpq() {
  static const Result<LibPq> loaded = load_libpq(kLibPqSoname);
  return loaded;
}

}  // namespace tq::fleet
