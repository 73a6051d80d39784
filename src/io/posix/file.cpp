// Files of the host through POSIX.
#include "io/posix/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "io/support/too_large.hpp"

namespace tq::io {
namespace {

std::atomic<std::uint64_t> g_bytes_read{0};

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, std::uint64_t size, std::string path) : fd_(fd), size_(size), path_(std::move(path)) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override { ::close(fd_); }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return os_error(path_, "read");
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    g_bytes_read += done;
    return done;
  }

 private:
  int fd_;
  std::uint64_t size_;
  std::string path_;
};

// O_NONBLOCK: opening a FIFO that lies in a target must not hang.
constexpr int kFileFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

Result<std::unique_ptr<ByteSource>> source_of(int fd, const std::string& path) {
  if (fd < 0) return os_error(path, "open");
  struct stat st{};
  if (::fstat(fd, &st) != 0) {
    const Error e = os_error(path, "stat");
    ::close(fd);
    return e;
  }
  std::uint64_t size = static_cast<std::uint64_t>(st.st_size);
  if (S_ISBLK(st.st_mode)) {
    const off_t end = ::lseek(fd, 0, SEEK_END);
    size = end > 0 ? static_cast<std::uint64_t>(end) : 0;
  } else if (!S_ISREG(st.st_mode)) {
    ::close(fd);
    return Error{ErrorCode::unsupported, path, "a regular file", S_ISDIR(st.st_mode) ? "a folder" : "a special file"};
  }
  return std::unique_ptr<ByteSource>(new FileSource(fd, size, path));
}

}  // namespace

Error os_error(const std::string& place, const char* wanted) {
  const int e = errno;
  const bool missing = e == ENOENT || e == ENOTDIR;
  return Error{missing ? ErrorCode::not_found : ErrorCode::io,
               place,
               wanted,
               e == ELOOP ? "a link, which is not followed" : std::strerror(e),
               {},
               {}};
}

std::uint64_t bytes_read() { return g_bytes_read; }

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) { return source_of(::open(path.c_str(), kFileFlags), path); }

Result<std::unique_ptr<ByteSource>> open_file_at(int folder, const std::string& name, const std::string& shown) {
  return source_of(::openat(folder, name.c_str(), kFileFlags | O_NOFOLLOW), shown);
}

Result<std::vector<std::byte>> read_stdin(std::uint64_t limit) {
  std::vector<std::byte> out;
  std::array<std::byte, 65536> buf{};
  for (;;) {
    const ssize_t n = ::read(STDIN_FILENO, buf.data(), buf.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("standard input", "read");
    if (n == 0) return out;
    out.insert(out.end(), buf.begin(), buf.begin() + n);
    if (out.size() > limit) return too_large("standard input", limit, out.size());
  }
}

}  // namespace tq::io
