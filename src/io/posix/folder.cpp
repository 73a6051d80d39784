#include "io/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "core/limits.hpp"
#include "core/path.hpp"
#include "core/text.hpp"
#include "io/posix/file.hpp"

namespace tq::io {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

Entry entry_of(int folder, const char* name) {
  Entry e;
  e.name = name;
  struct stat st{};
  if (::fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return e;
  e.kind = S_ISREG(st.st_mode)   ? EntryKind::file
           : S_ISDIR(st.st_mode) ? EntryKind::folder
           : S_ISLNK(st.st_mode) ? EntryKind::link
                                 : EntryKind::other;
  e.size = static_cast<std::uint64_t>(std::max<off_t>(st.st_size, 0));
  e.modified = FileTime::from_unix(st.st_mtim.tv_sec);
  return e;
}

/// Names of an open folder, unsorted. Takes the descriptor over.
Result<std::vector<std::string>> names_of(int fd, const std::string& place, std::size_t most) {
  DIR* d = ::fdopendir(fd);
  if (d == nullptr) {
    const Error e = os_error(place, "list folder");
    ::close(fd);
    return e;
  }
  std::vector<std::string> out;
  bool more = false;
  errno = 0;
  while (const dirent* e = ::readdir(d)) {
    const std::string_view n = e->d_name;
    if (n == "." || n == "..") continue;
    more = out.size() >= most;
    if (more) break;
    out.emplace_back(n);
  }
  const bool failed = errno != 0;
  const Error err = os_error(place, "list folder");
  ::closedir(d);
  if (failed) return err;
  if (more) return Error{ErrorCode::limit, place, "at most " + std::to_string(most) + " names in a folder", "more"};
  return out;
}

/// The spelling of `name` in the folder: itself when it exists, else the first (sorted) equal without case.
Result<std::string> spelled(int folder, const std::string& name, const std::string& place, std::size_t most) {
  struct stat st{};
  if (::fstatat(folder, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) return name;
  const int again = ::openat(folder, ".", kFolderFlags);
  if (again < 0) return os_error(place, "open folder");
  TQ_TRY(auto names, names_of(again, place, most));
  std::sort(names.begin(), names.end());
  for (const auto& n : names)
    if (iequals(n, name)) return n;
  return Error{ErrorCode::not_found, place, name, "no such entry"};
}

struct Resolved {
  int folder;        ///< descriptor of the folder that holds the last component
  std::string last;  ///< its spelling; empty for the root itself
  std::string real;  ///< whole spelling
};

Result<Resolved> resolve(int root, std::string_view path, const std::string& place, std::size_t most) {
  Fd at(::openat(root, ".", kFolderFlags));
  if (at.get() < 0) return os_error(place, "open folder");
  const auto parts = path_components(path);
  std::string real;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string here = place + "/" + real;
    if (parts[i] == "..") return Error{ErrorCode::usage, here, "a path below the target", ".."};
    TQ_TRY(const std::string name, spelled(at.get(), parts[i], here, most));
    real += (real.empty() ? "" : "/") + name;
    if (i + 1 == parts.size()) return Resolved{at.release(), name, real};
    const int next = ::openat(at.get(), name.c_str(), kFolderFlags);
    if (next < 0) return os_error(place + "/" + real, "a folder");
    at.reset(next);
  }
  return Resolved{at.release(), {}, real};
}

}  // namespace

Result<Folder> Folder::open(const std::string& path, std::size_t most_entries) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return os_error(path, "open folder");
  return Folder(fd, path, most_entries);
}

Folder::Folder(Folder&& o) noexcept : fd_(std::exchange(o.fd_, -1)), path_(std::move(o.path_)), most_entries_(o.most_entries_) {}
Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::vector<Entry>> Folder::list(std::string_view path) const {
  TQ_TRY(const Resolved r, resolve(fd_, path, path_, most_entries_));
  const Fd parent(r.folder);
  const int fd = ::openat(r.folder, r.last.empty() ? "." : r.last.c_str(), kFolderFlags);
  if (fd < 0) return os_error(path_ + "/" + r.real, "a folder");
  const Fd keep(::dup(fd));
  TQ_TRY(auto names, names_of(fd, path_ + "/" + r.real, most_entries_));
  std::sort(names.begin(), names.end());
  std::vector<Entry> out;
  out.reserve(names.size());
  for (const auto& n : names) out.push_back(entry_of(keep.get(), n.c_str()));
  return out;
}

Result<std::unique_ptr<ByteSource>> Folder::open_file(std::string_view path) const {
  TQ_TRY(const Resolved r, resolve(fd_, path, path_, most_entries_));
  const Fd parent(r.folder);
  return open_file_at(r.folder, r.last, path_ + "/" + r.real);
}

Result<std::string> Folder::real_path(std::string_view path) const {
  TQ_TRY(const Resolved r, resolve(fd_, path, path_, most_entries_));
  const Fd parent(r.folder);
  return r.real;
}

HostKind host_kind(const std::string& path) {
  struct stat st{};
  if (::stat(path.c_str(), &st) != 0) return HostKind::missing;
  if (S_ISDIR(st.st_mode)) return HostKind::folder;
  return S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? HostKind::file : HostKind::other;
}

std::string own_program() {
  std::array<char, PATH_MAX> path{};
  const ssize_t n = ::readlink("/proc/self/exe", path.data(), path.size());
  return std::string(path.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
}

}  // namespace tq::io
