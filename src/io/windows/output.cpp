#include "io/output.hpp"

#include <algorithm>
#include <cwctype>

#include "io/windows/native.hpp"

namespace tq::io {
namespace {

using windows::Handle;

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr std::size_t kOneWrite = 1 << 24;

bool is_console(DWORD which) {
  DWORD mode = 0;
  return ::GetConsoleMode(::GetStdHandle(which), &mode) != 0;
}

/// The path that Windows knows a file or folder by, links resolved, in lower case; empty when it is not there.
std::wstring real_path(const std::string& path) {
  const Handle handle(::CreateFileW(windows::wide(path).c_str(), FILE_READ_ATTRIBUTES, kShareAll, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!handle.valid()) return {};
  std::wstring out(32768, L'\0');
  const DWORD n = ::GetFinalPathNameByHandleW(handle.get(), out.data(), static_cast<DWORD>(out.size()), FILE_NAME_NORMALIZED);
  out.resize(n < out.size() ? n : 0);
  std::transform(out.begin(), out.end(), out.begin(), [](wchar_t c) { return static_cast<wchar_t>(std::towlower(c)); });
  while (!out.empty() && out.back() == L'\\') out.pop_back();
  return out;
}

Status refuse_targets(const std::string& path, const std::vector<std::string>& targets) {
  const std::wstring folder = real_path(folder_of(path));
  const std::wstring itself = real_path(path);
  for (const auto& t : targets) {
    const std::wstring target = t == "-" ? std::wstring{} : real_path(t);
    if (target.empty()) continue;
    if (itself == target || folder == target || folder.starts_with(target + L"\\"))
      return Error{ErrorCode::usage,          "-o " + path, "a file outside of every target",
                   "a place in or over " + t, {},           "targets are never written to"};
  }
  return ok();
}

Status write_all(HANDLE to, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    DWORD n = 0;
    if (::WriteFile(to, content.data(), static_cast<DWORD>(std::min(content.size(), kOneWrite)), &n, nullptr) == 0)
      return windows::last_error(path, "write");
    content.remove_prefix(n);
  }
  return ok();
}

/// A console shows UTF-16 as it is meant, whatever its code page.
Status write_console(std::string_view content) {
  const std::wstring text = windows::wide(content);
  constexpr std::size_t kAtOnce = 8192;  // older consoles refuse more than about 60 KB
  for (std::size_t at = 0; at < text.size();) {
    DWORD n = 0;
    const auto count = static_cast<DWORD>(std::min(text.size() - at, kAtOnce));
    if (::WriteConsoleW(::GetStdHandle(STD_OUTPUT_HANDLE), text.data() + at, count, &n, nullptr) == 0 || n == 0)
      return windows::last_error("standard output", "write");
    at += n;
  }
  return ok();
}

/// Replaces `path` by the content through a file beside it. The name is this process's own; CREATE_NEW refuses one that is there.
Status replace_file(const std::string& path, std::string_view content) {
  const std::wstring target = windows::wide(path);
  const std::wstring temporary = target + L"." + std::to_wstring(::GetCurrentProcessId()) + L".tmp";
  Handle to(::CreateFileW(temporary.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!to.valid()) return windows::last_error(path, "create");
  auto s = write_all(to.get(), content, path);
  if (s && ::FlushFileBuffers(to.get()) == 0) s = windows::last_error(path, "write");
  to = Handle();
  if (s && ::MoveFileExW(temporary.c_str(), target.c_str(), MOVEFILE_REPLACE_EXISTING) == 0) s = windows::last_error(path, "rename");
  if (!s) ::DeleteFileW(temporary.c_str());
  return s;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto cut = path.find_last_of("/\\:");
  return cut == std::string::npos ? "." : path.substr(0, cut + 1);
}

Status write_output(const std::string& path, std::string_view content, const std::vector<std::string>& targets) {
  if (path == "-")
    return stdout_is_terminal() ? write_console(content) : write_all(::GetStdHandle(STD_OUTPUT_HANDLE), content, "standard output");
  if (auto s = refuse_targets(path, targets); !s) return s;
  // A device (NUL, CON) is written as it is.
  if (const Handle there(::CreateFileW(windows::wide(path).c_str(), GENERIC_WRITE, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr));
      there.valid() && ::GetFileType(there.get()) != FILE_TYPE_DISK)
    return write_all(there.get(), content, path);
  return replace_file(path, content);
}

bool stdout_is_terminal() { return is_console(STD_OUTPUT_HANDLE); }
bool stderr_is_terminal() { return is_console(STD_ERROR_HANDLE); }

}  // namespace tq::io
