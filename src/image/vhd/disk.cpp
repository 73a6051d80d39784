#include "image/vhd/disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "image/support/bitmap.hpp"
#include "image/support/run_disk.hpp"
#include "io/window.hpp"

namespace tq::image::vhd_format {
namespace {

constexpr std::size_t kTablePage = 4096, kTablePages = 16;
constexpr std::size_t kBitmapPage = 512, kBitmapPages = 128;
constexpr std::uint64_t kBitmapPiece = 256;                        ///< bytes of a bitmap looked at in one go: 1 MiB of disk
constexpr std::uint64_t kCoveredBySector = kSector * 8 * kSector;  ///< bytes of disk that one sector of bitmap covers

class BlockDisk final : public RunDisk {
 public:
  BlockDisk(std::shared_ptr<const io::ByteSource> file, const Header& header, std::shared_ptr<const io::ByteSource> parent)
      : RunDisk(header.disk_bytes, 0, "vhd.block"),
        file_(std::move(file)),
        table_(io::cached(file_, kTablePage, kTablePages)),
        bitmaps_(io::cached(file_, kBitmapPage, kBitmapPages)),
        parent_(std::move(parent)),
        header_offset_(header.header_offset),
        table_offset_(header.table_offset),
        table_entries_(header.table_entries),
        block_bytes_(header.block_bytes),
        bitmap_bytes_((header.block_bytes + kCoveredBySector - 1) / kCoveredBySector * kSector) {}

 private:
  [[nodiscard]] Result<Run> run_at(std::uint64_t offset) const override {
    TQ_TRY(const std::uint32_t entry, table_entry(offset / block_bytes_));
    if (entry == kUnusedBlock) return below(offset, block_bytes_ - offset % block_bytes_);
    const std::uint64_t block = entry * kSector;
    if (over_structure(block))
      return Error{ErrorCode::corrupt, "vhd.table.entry", "a block of data",
                   fmt::format("offset {}, over the image's own structures", block), table_offset_ + 4 * (offset / block_bytes_)};
    return run_in_block(block, offset);
  }

  [[nodiscard]] Run below(std::uint64_t offset, std::uint64_t size) const {
    if (parent_ == nullptr) return {Run::Kind::zeros, size};
    return {Run::Kind::beneath, size, parent_.get(), offset};
  }

  [[nodiscard]] Result<std::uint32_t> table_entry(std::uint64_t number) const {
    if (number >= table_entries_)
      return Error{ErrorCode::corrupt, "vhd.table", fmt::format("an entry for block {}", number), fmt::format("{} entries", table_entries_),
                   table_offset_};
    std::array<std::byte, 4> raw{};
    TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(*table_, table_offset_ + 4 * number, raw, "vhd.table"));
    return std::uint32_t{*Bytes(raw).try_get<be32>(0)};
  }

  /// A damaged or forged entry must not pass the image's own tables off as the disk.
  [[nodiscard]] bool over_structure(std::uint64_t block) const {
    const auto overlaps = [&](std::uint64_t from, std::uint64_t size) {
      return block < from + size && from < block + bitmap_bytes_ + block_bytes_;
    };
    return block == 0 || overlaps(header_offset_, sizeof(DynamicHeader)) || overlaps(table_offset_, std::uint64_t{4} * table_entries_);
  }

  /// The sectors from `offset` on that the bitmap in front of the block treats alike. A clear bit means: not here, look below.
  [[nodiscard]] Result<Run> run_in_block(std::uint64_t block, std::uint64_t offset) const {
    const std::uint64_t in_block = offset % block_bytes_;
    const std::uint64_t sector = in_block / kSector, sectors = block_bytes_ / kSector;
    const std::uint64_t first_byte = sector / 8;
    const std::uint64_t end = std::min(sectors, 8 * (first_byte + kBitmapPiece)) - 8 * first_byte;
    std::array<std::byte, kBitmapPiece> bits{};
    const auto map = std::span(bits).first((end + 7) / 8);
    TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(*bitmaps_, block + first_byte, map, "vhd.block.bitmap"));
    const std::size_t from = sector - 8 * first_byte;
    const std::uint64_t stop = 8 * first_byte + run_end(map, from, end, BitOrder::high_first);
    const std::uint64_t size = stop * kSector - in_block;
    if (!bit_at(map, from, BitOrder::high_first)) return below(offset, size);
    return Run{Run::Kind::stored, size, file_.get(), block + bitmap_bytes_ + in_block};
  }

  std::shared_ptr<const io::ByteSource> file_;
  std::unique_ptr<io::ByteSource> table_, bitmaps_;
  std::shared_ptr<const io::ByteSource> parent_;
  std::uint64_t header_offset_, table_offset_;
  std::uint32_t table_entries_, block_bytes_;
  std::uint64_t bitmap_bytes_;
};

}  // namespace

std::unique_ptr<io::ByteSource> open_disk(std::shared_ptr<const io::ByteSource> file, const Header& header,
                                          std::shared_ptr<const io::ByteSource> parent) {
  return std::make_unique<BlockDisk>(std::move(file), header, std::move(parent));
}

}  // namespace tq::image::vhd_format
