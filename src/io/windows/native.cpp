#include "io/windows/native.hpp"

#include <fcntl.h>
#include <io.h>
#include <winternl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tq::io::windows {
namespace {

constexpr ULONG kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

bool is_missing(DWORD code) {
  return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND || code == ERROR_INVALID_NAME || code == ERROR_BAD_PATHNAME ||
         code == ERROR_DIRECTORY;
}

/// In English wherever the program runs, and in the words that other systems use for the usual cases.
std::string text_of(DWORD code) {
  if (is_missing(code)) return std::strerror(code == ERROR_DIRECTORY ? ENOTDIR : ENOENT);
  if (code == ERROR_ACCESS_DENIED) return std::strerror(EACCES);
  char buffer[512];
  const DWORD n = ::FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, code,
                                   MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), buffer, sizeof buffer, nullptr);
  std::string text(buffer, n);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '.' || text.back() == ' ')) text.pop_back();
  return text.empty() ? "Windows error " + std::to_string(code) : text;
}

}  // namespace

std::wstring wide(std::string_view utf8) {
  if (utf8.empty()) return {};
  const int bytes = static_cast<int>(std::min<std::size_t>(utf8.size(), 1 << 20));
  const int units = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), bytes, nullptr, 0);
  if (units <= 0) return L"?";  // a character that no name can hold
  std::wstring out(static_cast<std::size_t>(units), L'\0');
  ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), bytes, out.data(), units);
  return out;
}

std::string narrow(std::wstring_view utf16) {
  if (utf16.empty()) return {};
  const int units = static_cast<int>(std::min<std::size_t>(utf16.size(), 1 << 20));
  const int bytes = ::WideCharToMultiByte(CP_UTF8, 0, utf16.data(), units, nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<std::size_t>(std::max(bytes, 0)), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, utf16.data(), units, out.data(), bytes, nullptr, nullptr);
  return out;
}

Error error_of(const std::string& place, const char* wanted, DWORD code) {
  return Error{is_missing(code) ? ErrorCode::not_found : ErrorCode::io, place, wanted, text_of(code)};
}

Error last_error(const std::string& place, const char* wanted) { return error_of(place, wanted, ::GetLastError()); }

Result<Handle> open_below(HANDLE folder, const std::string& name, bool as_folder, const std::string& place) {
  std::wstring units = wide(name);
  // A separator or a stream's colon would lead elsewhere than to an entry of this folder.
  if (units.find_first_of(L"\\/:*?\"<>|") != std::wstring::npos) return error_of(place, "open", ERROR_INVALID_NAME);
  UNICODE_STRING text{};
  text.Buffer = units.data();
  text.Length = text.MaximumLength = static_cast<USHORT>(std::min<std::size_t>(units.size(), 0x7FFF) * sizeof(wchar_t));
  OBJECT_ATTRIBUTES attributes{};
  InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE, folder, nullptr);
  IO_STATUS_BLOCK status{};
  HANDLE out = INVALID_HANDLE_VALUE;
  const ULONG kind = as_folder ? FILE_DIRECTORY_FILE : 0;
  const NTSTATUS result =
      ::NtOpenFile(&out, (as_folder ? FILE_LIST_DIRECTORY : FILE_READ_DATA) | FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &status,
                   kShareAll, kind | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT | FILE_OPEN_FOR_BACKUP_INTENT);
  if (result < 0) return error_of(place, as_folder ? "a folder" : "open", ::RtlNtStatusToDosError(result));
  Handle handle(out);
  BY_HANDLE_FILE_INFORMATION about{};
  if (::GetFileInformationByHandle(handle.get(), &about) == 0) return last_error(place, "stat");
  if ((about.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
    return Error{ErrorCode::io, place, as_folder ? "a folder" : "open", "a link, which is not followed"};
  return handle;
}

void write_plain_lines() {
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
}

}  // namespace tq::io::windows
