// Libraries that are loaded when they are first needed: a run that does not need one does not pay for it.
#pragma once

#include <string>

#include "core/result.hpp"

/// For a list X of the functions that are used of a library, a struct whose members are pointers to them, and a Library `library`:
/// X(TQ_LIBRARY_MEMBER) declares the members, X(TQ_LIBRARY_FIND) fills in those of `api` or returns the error.
#define TQ_LIBRARY_MEMBER(name) decltype(&::name) name = nullptr;
#define TQ_LIBRARY_FIND(name) \
  if (auto found = library.find(#name, api.name); !found) return found.error();

namespace tq::io {

/// A library by its soname ("libarchive.so.13"), never unloaded. `purpose` ("the library that reads archives") and `package`
/// (of Debian) make up the message. Errors: unsupported, with the advice to install the package.
class Library {
 public:
  static Result<Library> load(const char* soname, const char* purpose, const char* package);
  /// Fills in a pointer to the function of that name. Errors: unsupported.
  template <class F>
  [[nodiscard]] Status find(const char* name, F*& function) const {
    TQ_TRY(void* const symbol, symbol_of(name));
    function = reinterpret_cast<F*>(symbol);  // what POSIX wants of dlsym
    return ok();
  }

 private:
  [[nodiscard]] Result<void*> symbol_of(const char* name) const;
  [[nodiscard]] Error unusable(const std::string& why) const;
  const char* soname_ = "";
  const char* purpose_ = "";
  const char* package_ = "";
  void* handle_ = nullptr;
};

}  // namespace tq::io
