#include "io/library.hpp"

namespace tq::io {

// The libraries this could load are not built for Windows by Debian; nothing else of that name is trusted.
Error Library::unusable(const std::string& why) const {
  return Error{ErrorCode::unsupported, soname_, purpose_, why, {}, "use the Linux build"};
}

Result<Library> Library::load(const char* soname, const char* purpose, const char*) {
  Library l;
  l.soname_ = soname;
  l.purpose_ = purpose;
  return l.unusable("not in this build");
}

Result<void*> Library::symbol_of(const char* name) const { return unusable(std::string("no function ") + name); }

}  // namespace tq::io
