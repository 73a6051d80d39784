#include "fs/support/libarchive.hpp"

#include <dlfcn.h>

#include <cstring>

namespace tq::fs {
namespace {

Error unusable(const char* soname, const std::string& why) {
  return Error{ErrorCode::unsupported, soname, "the library that reads archives", why, {}, "install the package libarchive13"};
}

/// dlsym hands out an object pointer; copying its bits is how POSIX wants it turned into a function.
template <class F>
bool find(void* library, const char* name, F& function) {
  void* symbol = ::dlsym(library, name);
  static_assert(sizeof symbol == sizeof function);
  std::memcpy(&function, &symbol, sizeof function);
  return symbol != nullptr;
}

}  // namespace

Result<LibArchive> load_libarchive(const char* soname) {
  void* library = ::dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return unusable(soname, why == nullptr ? "not there" : why);
  }
  LibArchive api;
#define TQ_LIBARCHIVE_FIND(name) \
  if (!find(library, #name, api.name)) return unusable(soname, "no function " #name);
  TQ_LIBARCHIVE(TQ_LIBARCHIVE_FIND)
#undef TQ_LIBARCHIVE_FIND
  return api;
}

const Result<LibArchive>& libarchive() {
  static const Result<LibArchive> loaded = load_libarchive(kLibArchiveSoname);
  return loaded;
}

}  // namespace tq::fs
