// Files of the host through Windows: for reading only, shared with everyone. Devices are not opened: they want reads of whole sectors.
#include <array>
#include <atomic>

#include "io/byte_source.hpp"
#include "io/support/too_large.hpp"
#include "io/windows/native.hpp"

namespace tq::io {
namespace {

using windows::Handle;

std::atomic<std::uint64_t> g_bytes_read{0};
constexpr DWORD kOneRead = 1U << 30;  // a call of Windows takes 32 bits of length

class FileSource final : public ByteSource {
 public:
  FileSource(Handle handle, std::uint64_t size, std::string path) : handle_(std::move(handle)), size_(size), path_(std::move(path)) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::uint64_t at = offset + done;
      OVERLAPPED where{};  // gives the offset of this one read, whatever other threads do
      where.Offset = static_cast<DWORD>(at & 0xFFFFFFFF);
      where.OffsetHigh = static_cast<DWORD>(at >> 32);
      DWORD n = 0;
      const auto wanted = static_cast<DWORD>(std::min<std::size_t>(out.size() - done, kOneRead));
      if (::ReadFile(handle_.get(), out.data() + done, wanted, &n, &where) == 0) {
        if (::GetLastError() == ERROR_HANDLE_EOF) break;
        return windows::last_error(path_, "read");
      }
      if (n == 0) break;
      done += n;
    }
    g_bytes_read += done;
    return done;
  }

 private:
  Handle handle_;
  std::uint64_t size_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> windows::source_of(Handle handle, const std::string& path) {
  const auto refuse = [&](const char* found) { return Error{ErrorCode::unsupported, path, "a regular file", found}; };
  if (::GetFileType(handle.get()) != FILE_TYPE_DISK) return refuse("a special file");
  BY_HANDLE_FILE_INFORMATION about{};
  if (::GetFileInformationByHandle(handle.get(), &about) == 0) return windows::last_error(path, "stat");
  if ((about.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return refuse("a folder");
  const std::uint64_t size = (std::uint64_t{about.nFileSizeHigh} << 32) | about.nFileSizeLow;
  return std::unique_ptr<ByteSource>(new FileSource(std::move(handle), size, path));
}

std::uint64_t bytes_read() { return g_bytes_read; }

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  // FILE_FLAG_BACKUP_SEMANTICS: a folder is opened too, and then refused with its own message.
  Handle handle(::CreateFileW(windows::wide(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                              OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!handle.valid()) return windows::last_error(path, "open");
  return windows::source_of(std::move(handle), path);
}

Result<std::vector<std::byte>> read_stdin(std::uint64_t limit) {
  std::vector<std::byte> out;
  std::array<std::byte, 65536> buf{};
  const HANDLE in = ::GetStdHandle(STD_INPUT_HANDLE);
  for (;;) {
    DWORD n = 0;
    // The other side of a pipe going away is its end.
    if (::ReadFile(in, buf.data(), buf.size(), &n, nullptr) == 0 && ::GetLastError() != ERROR_BROKEN_PIPE)
      return windows::last_error("standard input", "read");
    if (n == 0) return out;
    out.insert(out.end(), buf.begin(), buf.begin() + n);
    if (out.size() > limit) return too_large("standard input", limit, out.size());
  }
}

}  // namespace tq::io
