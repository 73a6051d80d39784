#include "fs/support/libarchive.hpp"

namespace tq::fs {

Result<LibArchive> load_libarchive(const char* soname) {
  TQ_TRY(const auto library, io::Library::load(soname, "the library that reads archives", "libarchive13"));
  LibArchive api;
  TQ_LIBARCHIVE(TQ_LIBRARY_FIND)
  return api;
}

const Result<LibArchive>& libarchive() {
  static const Result<LibArchive> loaded = load_libarchive(kLibArchiveSoname);
  return loaded;
}

}  // namespace tq::fs
