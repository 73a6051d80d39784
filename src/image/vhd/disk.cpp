#include "image/vhd/disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "image/support/bitmap.hpp"
#include "image/support/parents.hpp"
#include "io/window.hpp"

namespace tq::image::vhd_format {
namespace {

constexpr std::size_t kTablePage = 4096, kTablePages = 16;
constexpr std::size_t kBitmapPage = 512, kBitmapPages = 128;
constexpr std::size_t kBitmapPiece = 512;  ///< bytes of a bitmap looked at in one go: 2 MiB of disk

class BlockDisk final : public io::ByteSource {
 public:
  BlockDisk(std::shared_ptr<const io::ByteSource> file, const Header& header, std::shared_ptr<const io::ByteSource> parent)
      : file_(std::move(file)),
        table_(io::cached(file_, kTablePage, kTablePages)),
        bitmaps_(io::cached(file_, kBitmapPage, kBitmapPages)),
        parent_(std::move(parent)),
        disk_bytes_(header.disk_bytes),
        header_offset_(header.header_offset),
        table_offset_(header.table_offset),
        table_entries_(header.table_entries),
        block_bytes_(header.block_bytes),
        bitmap_bytes_((header.block_bytes / kSector / 8 + kSector - 1) / kSector * kSector) {}

  [[nodiscard]] std::uint64_t size() const override { return disk_bytes_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= disk_bytes_) return std::size_t{0};
    out = out.first(std::min<std::uint64_t>(out.size(), disk_bytes_ - offset));
    for (std::size_t done = 0; done < out.size();) {
      const std::uint64_t at = offset + done;
      const std::size_t n = std::min<std::uint64_t>(out.size() - done, block_bytes_ - at % block_bytes_);
      TQ_TRY([[maybe_unused]] const auto read, read_in_block(at, out.subspan(done, n)));
      done += n;
    }
    return out.size();
  }

 private:
  /// `out` does not reach over the end of the block that holds disk offset `at`.
  [[nodiscard]] Status read_in_block(std::uint64_t at, std::span<std::byte> out) const {
    TQ_TRY(const std::uint32_t entry, table_entry(at / block_bytes_));
    if (entry == kUnusedBlock) return read_below(parent_.get(), at, out);
    const std::uint64_t block = entry * kSector;
    if (over_structure(block))
      return Error{ErrorCode::corrupt,
                   "vhd.table.entry",
                   "a block of data",
                   fmt::format("offset {}, over the image's own structures", block),
                   table_offset_ + 4 * (at / block_bytes_),
                   {}};
    for (std::size_t done = 0; done < out.size();) {
      TQ_TRY(const std::size_t n, read_piece(block, at + done, out.subspan(done)));
      done += n;
    }
    return ok();
  }

  [[nodiscard]] Result<std::uint32_t> table_entry(std::uint64_t number) const {
    if (number >= table_entries_)
      return Error{ErrorCode::corrupt, "vhd.table", fmt::format("an entry for block {}", number), fmt::format("{} entries", table_entries_),
                   table_offset_,      {}};
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

  /// As much of `out` as one look at the bitmap covers; returns the bytes read. A clear bit means: not here, look below.
  [[nodiscard]] Result<std::size_t> read_piece(std::uint64_t block, std::uint64_t at, std::span<std::byte> out) const {
    const std::uint64_t in_block = at % block_bytes_;
    const std::uint64_t first_byte = in_block / kSector / 8;  // of the bitmap
    const std::uint64_t piece_start = first_byte * 8 * kSector;
    const std::size_t n = std::min<std::uint64_t>(out.size(), piece_start + kBitmapPiece * 8 * kSector - in_block);
    const std::size_t first = in_block / kSector - first_byte * 8;
    const std::size_t end = (in_block + n - 1) / kSector + 1 - first_byte * 8;
    std::array<std::byte, kBitmapPiece> bits;
    const auto map = std::span(bits).first((end + 7) / 8);
    TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(*bitmaps_, block + first_byte, map, "vhd.block.bitmap"));
    std::size_t done = 0;
    for (std::size_t sector = first; sector < end;) {
      const std::size_t stop = run_end(map, sector, end, BitOrder::high_first);
      const std::size_t upto = std::min<std::uint64_t>(n, piece_start + stop * kSector - in_block);
      const auto part = out.subspan(done, upto - done);
      const bool here = bit_at(map, sector, BitOrder::high_first);
      const std::uint64_t in_file = block + bitmap_bytes_ + in_block + done;
      TQ_TRY([[maybe_unused]] const auto run,
             here ? io::read_exactly(*file_, in_file, part, "vhd.block") : read_below(parent_.get(), at + done, part));
      done = upto;
      sector = stop;
    }
    return n;
  }

  std::shared_ptr<const io::ByteSource> file_;
  std::unique_ptr<io::ByteSource> table_, bitmaps_;
  std::shared_ptr<const io::ByteSource> parent_;
  std::uint64_t disk_bytes_, header_offset_, table_offset_;
  std::uint32_t table_entries_, block_bytes_;
  std::uint64_t bitmap_bytes_;
};

}  // namespace

std::unique_ptr<io::ByteSource> open_disk(std::shared_ptr<const io::ByteSource> file, const Header& header,
                                          std::shared_ptr<const io::ByteSource> parent) {
  return std::make_unique<BlockDisk>(std::move(file), header, std::move(parent));
}

}  // namespace tq::image::vhd_format
