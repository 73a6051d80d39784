#include "io/byte_source.hpp"

#include <fmt/format.h>

#include "io/support/too_large.hpp"
#include "io/view.hpp"

namespace tq::io {
namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::vector<std::byte> b) : b_(std::move(b)) {}
  [[nodiscard]] std::uint64_t size() const override { return b_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    return View(bytes_of(b_)).read_at(offset, out);
  }

 private:
  std::vector<std::byte> b_;
};

}  // namespace

Error too_large(const std::string& what, std::uint64_t limit, std::uint64_t size) {
  return Error{ErrorCode::limit, what, fmt::format("at most {} bytes", limit), fmt::format("{} bytes", size)};
}

std::unique_ptr<ByteSource> from_memory(std::vector<std::byte> bytes) { return std::make_unique<MemorySource>(std::move(bytes)); }

Result<std::vector<std::byte>> read_all(const ByteSource& s, std::uint64_t limit) {
  if (s.size() > limit) return too_large("file size", limit, s.size());
  std::vector<std::byte> out(s.size());
  TQ_TRY(const std::size_t n, s.read_at(0, out));
  out.resize(n);
  return out;
}

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t limit) {
  TQ_TRY(const auto src, open_file(path));
  auto r = read_all(*src, limit);
  if (!r) {
    Error e = r.error();
    e.place = path;
    return e;
  }
  return r;
}

}  // namespace tq::io
