#include "fs/support/libarchive.hpp"

#include "io/library.hpp"

namespace tq::fs {

Result<LibArchive> load_libarchive(const char* soname) {
  TQ_TRY(const auto library, io::Library::load(soname, "the library that reads archives", "libarchive13"));
  LibArchive api;
#define TQ_LIBARCHIVE_FIND(name) \
  if (auto s = library.find(#name, api.name); !s) return s.error();
  TQ_LIBARCHIVE(TQ_LIBARCHIVE_FIND)
#undef TQ_LIBARCHIVE_FIND
  return api;
}

const Result<LibArchive>& libarchive() {
  static const Result<LibArchive> loaded = load_libarchive(kLibArchiveSoname);
  return loaded;
}

}  // namespace tq::fs
