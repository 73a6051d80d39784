#include "feeds/stream.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace tq::feeds {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::array<std::byte, 4> kZstdMagic = {std::byte{0x28}, std::byte{0xB5}, std::byte{0x2F}, std::byte{0xFD}};

/// Hands chunks on until there are more than allowed.
class Counted {
 public:
  Counted(const std::string& name, std::uint64_t limit, const ChunkSink& sink) : name_(name), limit_(limit), sink_(sink) {}
  Status put(std::span<const std::byte> chunk) {
    if (chunk.size() > limit_ - total_)
      return Error{ErrorCode::limit, name_,  fmt::format("at most {} bytes", limit_),
                   "more",           total_, "split the feed, or look at what it is"};
    const Bytes b(chunk, total_);
    total_ += chunk.size();
    return sink_(b);
  }

 private:
  const std::string& name_;
  std::uint64_t limit_;
  const ChunkSink& sink_;
  std::uint64_t total_ = 0;
};

class Unpacker {
 public:
  explicit Unpacker(const std::string& name) : name_(name), stream_(ZSTD_createDStream(), ZSTD_freeDStream), out_(ZSTD_DStreamOutSize()) {
    // 128 MiB, what `zstd` itself accepts without being asked: a header may not make us allocate more.
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, 27);
  }

  Status put(std::span<const std::byte> packed, std::uint64_t offset, Counted& out) {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    while (in.pos < in.size) {
      ZSTD_outBuffer buffer{out_.data(), out_.size(), 0};
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &buffer, &in);
      if (ZSTD_isError(left) != 0)
        return Error{ErrorCode::corrupt, name_ + ".zstd", "a Zstandard stream", ZSTD_getErrorName(left), offset + in.pos};
      whole_ = left == 0;
      if (auto s = out.put(std::span(out_).first(buffer.pos)); !s) return s;
    }
    return ok();
  }
  /// True when the last frame was read to its end.
  [[nodiscard]] bool whole() const { return whole_; }

 private:
  const std::string& name_;
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  std::vector<std::byte> out_;
  bool whole_ = false;
};

}  // namespace

Status stream(const io::ByteSource& source, const std::string& name, std::uint64_t limit, const ChunkSink& sink) {
  Counted out(name, limit, sink);
  Unpacker unpacker(name);
  std::vector<std::byte> buffer(kChunk);
  bool packed = false;
  for (std::uint64_t at = 0; at < source.size();) {
    TQ_TRY(const std::size_t n, source.read_at(at, buffer));
    if (n == 0) return Error{ErrorCode::truncated, name, fmt::format("{} bytes", source.size()), fmt::format("{}", at), at};
    const auto chunk = std::span<const std::byte>(buffer).first(n);
    if (at == 0) packed = n >= kZstdMagic.size() && std::equal(kZstdMagic.begin(), kZstdMagic.end(), chunk.begin());
    if (auto s = packed ? unpacker.put(chunk, at, out) : out.put(chunk); !s) return s;
    at += n;
  }
  if (packed && !unpacker.whole())
    return Error{ErrorCode::truncated, name + ".zstd", "the end of the stream", "the end of the file", source.size()};
  return ok();
}

}  // namespace tq::feeds
