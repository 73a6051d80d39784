#include "fleet/postgres/libpq.hpp"

#include "io/library.hpp"

namespace tq::fleet {

Result<LibPq> load_libpq(const char* soname) {
  TQ_TRY(const auto library, io::Library::load(soname, "the library that speaks with PostgreSQL", "libpq5"));
  LibPq api;
#define TQ_LIBPQ_FIND(name) \
  if (auto s = library.find(#name, api.name); !s) return s.error();
  TQ_LIBPQ(TQ_LIBPQ_FIND)
#undef TQ_LIBPQ_FIND
  return api;
}

const Result<LibPq>& libpq() {
  static const Result<LibPq> loaded = load_libpq(kLibPqSoname);
  return loaded;
}

}  // namespace tq::fleet
