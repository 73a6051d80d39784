#include "image/ewf/disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "image/ewf/adler32.hpp"
#include "image/ewf/tables.hpp"
#include "image/support/run_disk.hpp"
#include "image/support/unpack.hpp"
#include "io/window.hpp"

namespace tq::image::ewf_format {
namespace {

constexpr std::uint64_t kChecksumBytes = 4;

class ChunkDisk final : public RunDisk {
 public:
  explicit ChunkDisk(Segments segments)
      : RunDisk(segments.disk_bytes, segments.chunk_bytes, "ewf.chunk"), segments_(std::move(segments)), tables_(segments_) {}

 private:
  [[nodiscard]] Result<Run> run_at(std::uint64_t offset) const override {
    const std::uint64_t skip = offset % segments_.chunk_bytes;
    return Run{Run::Kind::packed, segments_.chunk_bytes - skip, nullptr, offset / segments_.chunk_bytes, skip};
  }

  [[nodiscard]] Result<std::size_t> unpack(const Run& run, std::uint64_t /*block_at*/, std::span<std::byte> out) const override {
    TQ_TRY(const Chunk chunk, tables_.chunk(run.at));
    // Deflate adds a few bytes to what it cannot pack. What an entry claims beyond that is not the chunk's.
    const std::uint64_t most = out.size() + out.size() / 64 + 1024;
    std::vector<std::byte> stored(std::min(chunk.size, most));
    TQ_TRY(const std::size_t n, chunk.source->read_at(chunk.offset, stored));
    const Bytes bytes{std::span(stored).first(n), chunk.offset};
    return chunk.compressed ? image::unpack(Packing::zlib, bytes, out, "ewf.chunk") : plain(bytes, out);
  }

  /// A chunk as it is, with its checksum behind it. The last one of a disk may be shorter than the others.
  static Result<std::size_t> plain(Bytes stored, std::span<std::byte> out) {
    const std::uint64_t size = std::min<std::uint64_t>(out.size(), stored.size() - std::min(stored.size(), kChecksumBytes));
    TQ_TRY(const Bytes data, stored.sub(0, size, "ewf.chunk"));
    TQ_TRY(const std::uint32_t wanted, stored.get<le32>(size, "ewf.chunk.checksum"));
    if (const std::uint32_t found = adler32(data); found != wanted)
      return Error{ErrorCode::corrupt, "ewf.chunk.checksum", fmt::format("0x{:08x}", wanted), fmt::format("0x{:08x}", found),
                   stored.base()};
    std::memcpy(out.data(), data.data(), size);
    return std::size_t{size};
  }

  Segments segments_;
  Tables tables_;
};

}  // namespace

std::unique_ptr<io::ByteSource> open_disk(Segments segments) { return std::make_unique<ChunkDisk>(std::move(segments)); }

}  // namespace tq::image::ewf_format
