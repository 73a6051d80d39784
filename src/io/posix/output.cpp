#include "io/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace tq::io {
namespace {

Error failed(const std::string& path, const char* call) { return Error{ErrorCode::io, path, call, std::strerror(errno)}; }

std::string real_path(const std::string& path) {
  char buf[PATH_MAX];
  return ::realpath(path.c_str(), buf) != nullptr ? std::string(buf) : std::string{};
}

Status refuse_targets(const std::string& path, const std::vector<std::string>& targets) {
  const std::string folder = real_path(folder_of(path));
  const std::string itself = real_path(path);
  for (const auto& t : targets) {
    const std::string target = t == "-" ? std::string{} : real_path(t);
    if (target.empty()) continue;
    const bool below = folder == target || folder.starts_with(target == "/" ? target : target + "/");
    if (itself == target || below)
      return Error{ErrorCode::usage,          "-o " + path, "a file outside of every target",
                   "a place in or over " + t, {},           "targets are never written to"};
  }
  return ok();
}

Status write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path, "write");
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return ok();
}

/// A new file of a name that nobody guesses, with the rights that any new file gets here. -1: errno tells.
int create_beside(const std::string& path, std::string& name) {
  constexpr int kTries = 16;
  int fd = -1;
  for (int i = 0; i < kTries && fd < 0; ++i) {
    std::uint32_t random = 0;
    if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) return -1;
    name = fmt::format("{}.{:08x}", path, random);
    fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno != EEXIST) return -1;
  }
  return fd;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto cut = path.find_last_of('/');
  return cut == std::string::npos ? "." : cut == 0 ? "/" : path.substr(0, cut);
}

Status write_output(const std::string& path, std::string_view content, const std::vector<std::string>& targets) {
  if (path == "-") return write_all(STDOUT_FILENO, content, "standard output");
  if (auto s = refuse_targets(path, targets); !s) return s;
  struct stat st{};
  if (::stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode)) {
    // A device or a pipe (/dev/null, /dev/stdout) is written as it is; a folder is not.
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return failed(path, "open");
    auto s = write_all(fd, content, path);
    ::close(fd);
    return s;
  }
  std::string temporary;
  const int fd = create_beside(path, temporary);
  if (fd < 0) return failed(path, "create");
  auto s = write_all(fd, content, path);
  if (s && ::fsync(fd) != 0) s = failed(path, "write");
  if (::close(fd) != 0 && s) s = failed(path, "close");
  if (s && ::rename(temporary.c_str(), path.c_str()) != 0) s = failed(path, "rename");
  if (!s) ::unlink(temporary.c_str());
  return s;
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace tq::io
