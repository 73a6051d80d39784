#include "io/library.hpp"

#include <dlfcn.h>

namespace tq::io {

Error Library::unusable(const std::string& why) const {
  return Error{ErrorCode::unsupported, soname_, purpose_, why, {}, std::string("install the package ") + package_};
}

Result<Library> Library::load(const char* soname, const char* purpose, const char* package) {
  Library l;
  l.soname_ = soname;
  l.purpose_ = purpose;
  l.package_ = package;
  l.handle_ = ::dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (l.handle_ != nullptr) return l;
  const char* why = ::dlerror();
  return l.unusable(why == nullptr ? "not there" : why);
}

Result<void*> Library::symbol_of(const char* name) const {
  void* symbol = ::dlsym(handle_, name);
  if (symbol == nullptr) return unusable(std::string("no function ") + name);
  return symbol;
}

}  // namespace tq::io
