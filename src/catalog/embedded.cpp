// The bytes that tq_catalog() of cmake/rooms.cmake puts into the program.
#include "catalog/catalog.hpp"

extern "C" {
extern const unsigned char tq_catalog_begin[];
extern const unsigned char tq_catalog_end[];
}

namespace tq::catalog {

Result<Catalog> Catalog::embedded() {
  const std::span<const unsigned char> bytes(tq_catalog_begin, static_cast<std::size_t>(tq_catalog_end - tq_catalog_begin));
  return make(Bytes(std::as_bytes(bytes)), {}, Check::structure);
}

}  // namespace tq::catalog
