// What the Windows files of this room share: UTF-16 names, handles, and messages in the words of the other platform.
#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "io/byte_source.hpp"

namespace tq::io::windows {

/// Names are UTF-8 everywhere else. What is no UTF-8 becomes a name that no file has.
std::wstring wide(std::string_view utf8);
std::string narrow(std::wstring_view utf16);

/// From here on standard output and standard error get the same bytes as on every other system, whoever writes them.
void write_plain_lines();

/// The error of Windows `code`: not_found for what is not there, else io.
Error error_of(const std::string& place, const char* wanted, DWORD code);
/// The same of the last call of this thread.
Error last_error(const std::string& place, const char* wanted);

/// A handle that closes itself.
class Handle {
 public:
  explicit Handle(HANDLE h = INVALID_HANDLE_VALUE) : h_(h) {}
  Handle(Handle&& o) noexcept : h_(std::exchange(o.h_, INVALID_HANDLE_VALUE)) {}
  Handle& operator=(Handle&& o) noexcept {
    std::swap(h_, o.h_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (valid()) ::CloseHandle(h_);
  }
  [[nodiscard]] HANDLE get() const { return h_; }
  [[nodiscard]] bool valid() const { return h_ != INVALID_HANDLE_VALUE; }
  HANDLE release() { return std::exchange(h_, INVALID_HANDLE_VALUE); }

 private:
  HANDLE h_;
};

/// Opens `name` of an open folder for reading, a link as the link itself. An empty name is the folder. Exact case is not asked for.
Result<Handle> open_below(HANDLE folder, const std::string& name, bool as_folder, const std::string& place);

/// The bytes behind an opened file. Errors: unsupported for what is no regular file.
Result<std::unique_ptr<ByteSource>> source_of(Handle handle, const std::string& path);

}  // namespace tq::io::windows
