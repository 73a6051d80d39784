// Folders of the host through Windows. Every step of a path is opened relative to the folder before it and a link is refused where it
// lies, so that nothing can lead out of a target.
#include "io/folder.hpp"

#include <io.h>
#include <winternl.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/limits.hpp"
#include "core/path.hpp"
#include "core/text.hpp"
#include "io/windows/native.hpp"

// Documented with the driver kit and there since NT 3.1; the compiler's user-mode headers leave it out.
extern "C" NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID, PIO_STATUS_BLOCK, PVOID, ULONG,
                                               FILE_INFORMATION_CLASS, BOOLEAN, PUNICODE_STRING, BOOLEAN);

namespace tq::io {
namespace {

using windows::Handle;

HANDLE handle_of(int folder) { return reinterpret_cast<HANDLE>(::_get_osfhandle(folder)); }

/// The fixed part of what NtQueryDirectoryFile writes for FileDirectoryInformation; the name follows it.
struct DirectoryRow {
  ULONG next;
  ULONG index;
  LARGE_INTEGER created, accessed, written, changed, size, allocated;
  ULONG attributes;
  ULONG name_bytes;
};
constexpr std::size_t kNameAt = 64;
static_assert(offsetof(DirectoryRow, name_bytes) + sizeof(ULONG) == kNameAt);

constexpr auto kDirectoryInformation = static_cast<FILE_INFORMATION_CLASS>(1);
constexpr NTSTATUS kNoMoreFiles = static_cast<NTSTATUS>(0x80000006);
constexpr NTSTATUS kNoSuchFile = static_cast<NTSTATUS>(0xC000000F);

Entry entry_of(const DirectoryRow& row, std::string name) {
  Entry e;
  e.name = std::move(name);
  e.kind = (row.attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? EntryKind::link
           : (row.attributes & FILE_ATTRIBUTE_DIRECTORY) != 0   ? EntryKind::folder
                                                                : EntryKind::file;
  e.size = e.kind == EntryKind::folder ? 0 : static_cast<std::uint64_t>(std::max<LONGLONG>(row.size.QuadPart, 0));
  const auto ticks = static_cast<std::uint64_t>(std::max<LONGLONG>(row.written.QuadPart, 0));
  e.modified = FileTime{ticks - ticks % 10'000'000};  // whole seconds, as other hosts give it
  return e;
}

/// The rows of one answer, which lie one behind the other.
void take_rows(std::span<const std::byte> buffer, std::vector<Entry>& out) {
  for (std::size_t at = 0; at + kNameAt <= buffer.size();) {
    DirectoryRow row{};
    std::memcpy(&row, buffer.data() + at, kNameAt);
    std::wstring units(std::min<std::size_t>(row.name_bytes, buffer.size() - at - kNameAt) / sizeof(wchar_t), L'\0');
    std::memcpy(units.data(), buffer.data() + at + kNameAt, units.size() * sizeof(wchar_t));
    if (units != L"." && units != L"..") out.push_back(entry_of(row, windows::narrow(units)));
    if (row.next == 0) return;
    at += row.next;
  }
}

/// The entries whose name is `mask` without regard to case; all of them when it is empty. Unsorted.
Result<std::vector<Entry>> entries_of(HANDLE folder, const std::string& mask, const std::string& place, std::size_t most) {
  std::vector<Entry> out;
  std::vector<std::byte> buffer(64 * 1024);
  std::wstring units = windows::wide(mask);
  UNICODE_STRING text{};
  text.Buffer = units.data();
  text.Length = text.MaximumLength = static_cast<USHORT>(std::min<std::size_t>(units.size(), 0x7FFF) * sizeof(wchar_t));
  for (BOOLEAN restart = TRUE; out.size() <= most; restart = FALSE) {
    IO_STATUS_BLOCK status{};
    const NTSTATUS result =
        ::NtQueryDirectoryFile(folder, nullptr, nullptr, nullptr, &status, buffer.data(), static_cast<ULONG>(buffer.size()),
                               kDirectoryInformation, FALSE, mask.empty() ? nullptr : &text, restart);
    if (result == kNoMoreFiles || result == kNoSuchFile) return out;
    if (result < 0) return windows::error_of(place, "list folder", ::RtlNtStatusToDosError(result));
    if (status.Information == 0) return out;
    take_rows(std::span(buffer).first(std::min<std::size_t>(status.Information, buffer.size())), out);
  }
  return Error{ErrorCode::limit, place, "at most " + std::to_string(most) + " names in a folder", "more"};
}

/// The spelling of `name` in the folder: itself when it exists, else the first (sorted) equal without case.
Result<std::string> spelled(HANDLE folder, const std::string& name, const std::string& place, std::size_t most) {
  const Error missing{ErrorCode::not_found, place, name, "no such entry"};
  if (name.find_first_of("\\/:*?\"<>|") != std::string::npos) return missing;
  // A handle keeps the first mask it was asked with: each question takes one of its own.
  TQ_TRY(const Handle own, windows::open_below(folder, {}, true, place));
  TQ_TRY(auto found, entries_of(own.get(), name, place, most));
  std::erase_if(found, [&](const Entry& e) { return !iequals(e.name, name); });
  if (found.empty()) return missing;
  std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  for (const auto& e : found)
    if (e.name == name) return name;
  return found.front().name;
}

struct Resolved {
  Handle folder;     ///< the folder that holds the last component
  std::string last;  ///< its spelling; empty for the root itself
  std::string real;  ///< whole spelling
};

Result<Resolved> resolve(int root, std::string_view path, const std::string& place, std::size_t most) {
  TQ_TRY(Handle at, windows::open_below(handle_of(root), {}, true, place));
  const auto parts = path_components(path);
  std::string real;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string here = place + "/" + real;
    if (parts[i] == "..") return Error{ErrorCode::usage, here, "a path below the target", ".."};
    TQ_TRY(const std::string name, spelled(at.get(), parts[i], here, most));
    real += (real.empty() ? "" : "/") + name;
    if (i + 1 == parts.size()) return Resolved{std::move(at), name, real};
    TQ_TRY(at, windows::open_below(at.get(), name, true, place + "/" + real));
  }
  return Resolved{std::move(at), {}, real};
}

}  // namespace

Result<Folder> Folder::open(const std::string& path, std::size_t most_entries) {
  Handle handle(::CreateFileW(windows::wide(path).c_str(), FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS,
                              nullptr));
  if (!handle.valid()) return windows::last_error(path, "open folder");
  BY_HANDLE_FILE_INFORMATION about{};
  if (::GetFileInformationByHandle(handle.get(), &about) == 0) return windows::last_error(path, "open folder");
  if ((about.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return windows::error_of(path, "open folder", ERROR_DIRECTORY);
  const int fd = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle.get()), 0);
  if (fd < 0) return windows::error_of(path, "open folder", ERROR_TOO_MANY_OPEN_FILES);
  handle.release();  // closed with the descriptor
  return Folder(fd, path, most_entries);
}

Folder::Folder(Folder&& o) noexcept : fd_(std::exchange(o.fd_, -1)), path_(std::move(o.path_)), most_entries_(o.most_entries_) {}
Folder::~Folder() {
  if (fd_ >= 0) ::_close(fd_);
}

Result<std::vector<Entry>> Folder::list(std::string_view path) const {
  TQ_TRY(const Resolved r, resolve(fd_, path, path_, most_entries_));
  const std::string place = path_ + "/" + r.real;
  TQ_TRY(const Handle folder, windows::open_below(r.folder.get(), r.last, true, place));
  TQ_TRY(auto out, entries_of(folder.get(), {}, place, most_entries_));
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return out;
}

Result<std::unique_ptr<ByteSource>> Folder::open_file(std::string_view path) const {
  TQ_TRY(const Resolved r, resolve(fd_, path, path_, most_entries_));
  const std::string place = path_ + "/" + r.real;
  TQ_TRY(auto file, windows::open_below(r.folder.get(), r.last, false, place));
  return windows::source_of(std::move(file), place);
}

Result<std::string> Folder::real_path(std::string_view path) const {
  TQ_TRY(const Resolved r, resolve(fd_, path, path_, most_entries_));
  return r.real;
}

HostKind host_kind(const std::string& path) {
  const DWORD attributes = ::GetFileAttributesW(windows::wide(path).c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return HostKind::missing;
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return HostKind::folder;
  return (attributes & FILE_ATTRIBUTE_DEVICE) != 0 ? HostKind::other : HostKind::file;
}

std::string own_program() {
  std::wstring path(0x8000, L'\0');  // as long as a path can be
  path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return windows::narrow(path);
}

}  // namespace tq::io
