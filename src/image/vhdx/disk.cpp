#include "image/vhdx/disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "image/support/bitmap.hpp"
#include "image/support/run_disk.hpp"
#include "io/window.hpp"

namespace tq::image::vhdx_format {
namespace {

constexpr std::size_t kPage = 4096, kPages = 16;
constexpr std::uint64_t kBitmapPiece = 256;  ///< bytes of a bitmap looked at in one go

class BlockDisk final : public RunDisk {
 public:
  BlockDisk(std::shared_ptr<const io::ByteSource> file, const Parameters& p, std::shared_ptr<const io::ByteSource> parent)
      : RunDisk(p.disk_bytes, 0, "vhdx.block"),
        file_(std::move(file)),
        table_(io::cached(file_, kPage, kPages)),
        bitmaps_(io::cached(file_, kPage, kPages)),
        parent_(std::move(parent)),
        p_(p),
        chunk_blocks_(kSectorsPerChunk * p.sector_bytes / p.block_bytes) {}

 private:
  [[nodiscard]] Result<Run> run_at(std::uint64_t offset) const override {
    const std::uint64_t block = offset / p_.block_bytes;
    const std::uint64_t left = p_.block_bytes - offset % p_.block_bytes;
    // Behind the blocks of each chunk stands the entry of the bitmap that covers them.
    TQ_TRY(const std::uint64_t entry, table_entry(block + block / chunk_blocks_));
    switch (static_cast<BlockState>(entry & 7)) {
      case BlockState::not_present: return below(offset, left);
      case BlockState::undefined:
      case BlockState::zero:
      case BlockState::unmapped: return Run{Run::Kind::zeros, left};
      case BlockState::fully_present: {
        TQ_TRY(const std::uint64_t at, place_of(entry, p_.block_bytes));
        return Run{Run::Kind::stored, left, file_.get(), at + offset % p_.block_bytes};
      }
      case BlockState::partially_present: return partial(entry, offset, left);
    }
    return Error{ErrorCode::corrupt, "vhdx.table.entry", "a known state", fmt::format("{} for block {}", entry & 7, block),
                 p_.table.offset};
  }

  [[nodiscard]] Run below(std::uint64_t offset, std::uint64_t size) const {
    if (parent_ == nullptr) return {Run::Kind::zeros, size};
    return {Run::Kind::beneath, size, parent_.get(), offset};
  }

  [[nodiscard]] Result<std::uint64_t> table_entry(std::uint64_t index) const {
    const std::uint64_t at = p_.table.offset + 8 * index;
    if (8 * (index + 1) > p_.table.size)
      return Error{ErrorCode::corrupt, "vhdx.table", fmt::format("entry {}", index), fmt::format("{} bytes", p_.table.size), at};
    std::array<std::byte, 8> raw{};
    TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(*table_, at, raw, "vhdx.table"));
    return std::uint64_t{*Bytes(raw).try_get<le64>(0)};
  }

  /// Where an entry points. A damaged or forged one must not pass the image's own structures off as the disk.
  [[nodiscard]] Result<std::uint64_t> place_of(std::uint64_t entry, std::uint64_t size) const {
    const std::uint64_t at = entry / kMiB * kMiB;
    const auto overlaps = [&](const Region& r) { return at < r.offset + r.size && r.offset < at + size; };
    if (at >= kHeaderAreaBytes && at < file_->size() && !overlaps(p_.table) && !overlaps(p_.metadata)) return at;
    return Error{ErrorCode::corrupt, "vhdx.table.entry", "a block of data inside the file",
                 fmt::format("offset {} of {} bytes, or over the image's own structures", at, file_->size()), p_.table.offset};
  }

  /// The sectors from `offset` on that the chunk's bitmap treats alike. A clear bit means: ask the parent.
  [[nodiscard]] Result<Run> partial(std::uint64_t entry, std::uint64_t offset, std::uint64_t left) const {
    if (parent_ == nullptr)
      return Error{ErrorCode::corrupt, "vhdx.table.entry", "a whole block, for there is no parent", "a partial one", p_.table.offset};
    const std::uint64_t chunk = offset / p_.block_bytes / chunk_blocks_;
    TQ_TRY(const std::uint64_t of_bitmap, table_entry(chunk * (chunk_blocks_ + 1) + chunk_blocks_));
    if ((of_bitmap & 7) != kBitmapPresent)
      return Error{ErrorCode::corrupt, "vhdx.table.bitmap", "a sector bitmap", fmt::format("state {}", of_bitmap & 7), p_.table.offset};
    TQ_TRY(const std::uint64_t bitmap, place_of(of_bitmap, kMiB));
    TQ_TRY(const std::uint64_t data, place_of(entry, p_.block_bytes));
    const std::uint64_t sector = offset / p_.sector_bytes % kSectorsPerChunk;
    const std::uint64_t last = (offset + left - 1) / p_.sector_bytes % kSectorsPerChunk;
    const std::uint64_t first_byte = sector / 8;
    const std::uint64_t end = std::min(last + 1, 8 * (first_byte + kBitmapPiece)) - 8 * first_byte;
    std::array<std::byte, kBitmapPiece> bits{};
    const auto map = std::span(bits).first((end + 7) / 8);
    TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(*bitmaps_, bitmap + first_byte, map, "vhdx.bitmap"));
    const std::size_t from = sector - 8 * first_byte;
    const std::uint64_t sectors = run_end(map, from, end, BitOrder::low_first) - from;
    const std::uint64_t size = sectors * p_.sector_bytes - offset % p_.sector_bytes;
    if (!bit_at(map, from, BitOrder::low_first)) return below(offset, size);
    return Run{Run::Kind::stored, size, file_.get(), data + offset % p_.block_bytes};
  }

  std::shared_ptr<const io::ByteSource> file_;
  std::unique_ptr<io::ByteSource> table_, bitmaps_;
  std::shared_ptr<const io::ByteSource> parent_;
  Parameters p_;
  std::uint64_t chunk_blocks_;
};

}  // namespace

std::unique_ptr<io::ByteSource> open_disk(std::shared_ptr<const io::ByteSource> file, const Parameters& parameters,
                                          std::shared_ptr<const io::ByteSource> parent) {
  return std::make_unique<BlockDisk>(std::move(file), parameters, std::move(parent));
}

}  // namespace tq::image::vhdx_format
