// Sparse extents: a directory of tables of grains. Sources: VMware, Virtual Disk Format 5.0, "Hosted Sparse Extent" (KDMV) and
// "ESX Server Sparse Extent" (COWD).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "image/support/unpack.hpp"
#include "image/vmdk/extent.hpp"
#include "io/window.hpp"

namespace tq::image::vmdk_format {
namespace {

constexpr std::size_t kPageBytes = 4096;  // two tables of the usual size, 64 MiB of disk
// The format asks for powers of two and names no upper bound; these keep the arithmetic small and a grain in memory.
constexpr std::uint64_t kMaxGrainSectors = std::uint64_t{1} << 21, kMaxPackedSectors = std::uint64_t{1} << 12;
constexpr std::uint32_t kMaxTableEntries = 1U << 20;
constexpr std::uint64_t kMaxSectors = std::uint64_t{1} << 47;  // keeps every product below 2^64; VMware stops at 62 TiB
constexpr std::uint32_t kCowdTableEntries = 4096;              // fixed by the format; its header does not say it

enum Flag : std::uint32_t { kNewlineTest = 1, kHasSpareDirectory = 2, kZeroedGrains = 4, kPacked = 1U << 16, kMarkers = 1U << 17 };

struct KdmvHeader {
  le32 magic, version, flags;
  le64 capacity, grain_sectors, descriptor_at, descriptor_sectors;
  le32 table_entries;
  le64 spare_directory_at, directory_at, overhead;
  std::uint8_t unclean;
  std::array<char, 4> newlines;
  le16 packing;
};
static_assert(OnDisk<KdmvHeader> && sizeof(KdmvHeader) == 79);
constexpr std::uint64_t kDirectoryAtEnd = UINT64_MAX;

struct CowdHeader {
  le32 magic, version, flags, capacity, grain_sectors, directory_at, directory_entries;
};
static_assert(OnDisk<CowdHeader> && sizeof(CowdHeader) == 28);

/// Before a packed grain.
struct GrainMarker {
  le64 sector;
  le32 bytes;
};
static_assert(OnDisk<GrainMarker> && sizeof(GrainMarker) == 12);

/// Where things lie, in bytes, whatever the header's kind.
struct Layout {
  std::uint64_t size = 0, grain_bytes = 0;
  std::uint32_t table_entries = 0;
  std::uint64_t directory_at = 0;
  std::optional<std::uint64_t> spare_directory_at;
  bool zeroed_grains = false, packed = false, markers = false;

  [[nodiscard]] std::uint64_t table_covers() const { return grain_bytes * table_entries; }
  [[nodiscard]] std::uint64_t directory_bytes() const { return (size + table_covers() - 1) / table_covers() * 4; }
};

class SparseExtent final : public Extent {
 public:
  SparseExtent(std::shared_ptr<const io::ByteSource> file, const Layout& layout, std::size_t pages)
      : file_(file), tables_(io::cached(std::move(file), kPageBytes, pages)), layout_(layout) {}

  [[nodiscard]] Result<Piece> piece_at(std::uint64_t offset) const override {
    const std::uint64_t grain = offset / layout_.grain_bytes;
    TQ_TRY(const std::uint64_t table, table_at(grain / layout_.table_entries));
    if (table == 0) return Piece{Piece::Kind::hole, layout_.table_covers() - offset % layout_.table_covers(), 0, 0};
    const std::uint64_t entry_at = table + grain % layout_.table_entries * 4;
    TQ_TRY(const std::uint32_t sector, number_at(entry_at, "vmdk.grain_table"));
    const std::uint64_t in_grain = offset % layout_.grain_bytes, rest = layout_.grain_bytes - in_grain;
    if (sector == 0) return Piece{Piece::Kind::hole, rest, 0, 0};
    if (sector == 1 && layout_.zeroed_grains) return Piece{Piece::Kind::zeros, rest, 0, 0};
    const std::uint64_t at = sector * kSector;
    if (at >= file_->size())
      return Error{ErrorCode::corrupt, "vmdk.grain_table", "a grain inside the file", fmt::format("one at byte {}", at), entry_at};
    if (layout_.packed) return Piece{Piece::Kind::packed, rest, at, in_grain};
    return Piece{Piece::Kind::stored, rest, at + in_grain, 0};
  }

  [[nodiscard]] Result<std::size_t> unpack(std::uint64_t at, std::uint64_t grain_at, std::span<std::byte> out) const override {
    std::uint64_t bytes = 2 * layout_.grain_bytes;  // deflate adds a few bytes at worst
    if (layout_.markers) {
      std::array<std::byte, sizeof(GrainMarker)> b{};
      TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(*file_, at, b, "vmdk.grain.marker"));
      const auto marker = *Bytes(std::span<const std::byte>(b)).try_get<GrainMarker>(0);
      // A table entry that leads to another grain would otherwise show wrong bytes as if they were right.
      if (marker.sector != grain_at / kSector)
        return bad_marker("sector", fmt::to_string(grain_at / kSector), fmt::to_string(+marker.sector), at);
      if (marker.bytes == 0 || marker.bytes > bytes)
        return bad_marker("size", fmt::format("1 to {} bytes", bytes), fmt::to_string(+marker.bytes), at + 8);
      bytes = marker.bytes;
      at += sizeof(GrainMarker);
    }
    std::vector<std::byte> in(std::min(bytes, file_->size() - std::min(at, file_->size())));
    TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(*file_, at, in, "vmdk.grain"));
    return image::unpack(Packing::zlib, Bytes(std::span<const std::byte>(in), at), out, "vmdk.grain");
  }

  [[nodiscard]] std::uint64_t packed_bytes() const override { return layout_.packed ? layout_.grain_bytes : 0; }
  [[nodiscard]] const io::ByteSource* file() const override { return file_.get(); }

 private:
  static Error bad_marker(const char* field, std::string wanted, std::string found, std::uint64_t at) {
    return Error{ErrorCode::corrupt, std::string("vmdk.grain.marker.") + field, std::move(wanted), std::move(found), at};
  }

  [[nodiscard]] Result<std::uint32_t> number_at(std::uint64_t at, const char* place) const {
    std::array<std::byte, 4> b{};
    TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(*tables_, at, b, place));
    return std::uint32_t{*Bytes(std::span<const std::byte>(b)).try_get<le32>(0)};
  }

  /// Byte offset of the table, 0 when there is none. An entry that points out of the file is looked up in the spare directory.
  [[nodiscard]] Result<std::uint64_t> table_at(std::uint64_t index) const {
    const std::uint64_t entry_at = layout_.directory_at + index * 4;
    TQ_TRY(std::uint64_t table, number_at(entry_at, "vmdk.grain_directory"));
    if (table_inside(table * kSector)) return table * kSector;
    if (layout_.spare_directory_at) {
      TQ_TRY(table, number_at(*layout_.spare_directory_at + index * 4, "vmdk.grain_directory"));
      if (table != 0 && table_inside(table * kSector)) return table * kSector;
    }
    return Error{ErrorCode::corrupt, "vmdk.grain_directory", "a table inside the file", fmt::format("one at sector {}", table), entry_at};
  }
  [[nodiscard]] bool table_inside(std::uint64_t at) const {
    return at < file_->size() && std::uint64_t{layout_.table_entries} * 4 <= file_->size() - at;
  }

  std::shared_ptr<const io::ByteSource> file_;
  std::unique_ptr<const io::ByteSource> tables_;
  Layout layout_;
};

template <OnDisk T>
Result<T> header_at(const io::ByteSource& file, std::uint64_t at, const char* place) {
  std::array<std::byte, sizeof(T)> b{};
  TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(file, at, b, place));
  return *Bytes(std::span<const std::byte>(b)).try_get<T>(0);
}

Status check_shape(std::uint64_t capacity, std::uint64_t grain_sectors, bool packed) {
  if (capacity == 0 || capacity > kMaxSectors)
    return Error{ErrorCode::corrupt, "vmdk.header.capacity", fmt::format("1 to {} sectors", kMaxSectors), fmt::to_string(capacity), 12};
  const std::uint64_t most = packed ? kMaxPackedSectors : kMaxGrainSectors;
  if (!std::has_single_bit(grain_sectors) || grain_sectors > most)
    return Error{ErrorCode::corrupt, "vmdk.header.grain_size", fmt::format("a power of two up to {} sectors", most),
                 fmt::to_string(grain_sectors), 20};
  return ok();
}

bool holds(const io::ByteSource& file, std::uint64_t at, std::uint64_t size) { return at <= file.size() && size <= file.size() - at; }

/// Chooses the directory that lies inside the file: the first, or else the spare one. A spare one outside is forgotten.
Status choose_directory(const io::ByteSource& file, Layout& layout, std::vector<std::string>& notes) {
  if (layout.spare_directory_at && !holds(file, *layout.spare_directory_at, layout.directory_bytes())) layout.spare_directory_at.reset();
  if (layout.directory_at != 0 && holds(file, layout.directory_at, layout.directory_bytes())) return ok();
  if (layout.spare_directory_at) {
    layout.directory_at = *layout.spare_directory_at;
    layout.spare_directory_at.reset();
    notes.emplace_back("grain directory outside the file; the redundant one was used");
    return ok();
  }
  return Error{ErrorCode::truncated, "vmdk.grain_directory", fmt::format("{} bytes inside the file", layout.directory_bytes()),
               fmt::format("a file of {} bytes", file.size()), layout.directory_at};
}

Status check_kdmv(const KdmvHeader& h, std::uint64_t at) {
  if (h.version < 1 || h.version > 3)
    return Error{ErrorCode::unsupported, "vmdk.header.version", "1 to 3", fmt::to_string(+h.version), at + 4};
  // There for this one purpose: a transfer that "repairs" line ends changes these four bytes first.
  constexpr std::string_view kNewlines = "\n \r\n";
  if ((h.flags & kNewlineTest) != 0 && std::string_view(h.newlines.data(), h.newlines.size()) != kNewlines)
    return Error{ErrorCode::corrupt, "vmdk.header.newlines", "0a 20 0d 0a", "other bytes: the file was copied as if it were text", at + 73};
  const bool packed = (h.flags & kPacked) != 0;
  if (packed && h.packing != 1)
    return Error{ErrorCode::unsupported, "vmdk.header.compression", "1 (deflate)", fmt::to_string(+h.packing), at + 77};
  if (h.table_entries == 0 || h.table_entries > kMaxTableEntries)
    return Error{ErrorCode::corrupt, "vmdk.header.table_entries", fmt::format("1 to {}", kMaxTableEntries),
                 fmt::to_string(+h.table_entries), at + 44};
  return check_shape(h.capacity, h.grain_sectors, packed);
}

/// The header that counts. A file written as a stream has the place of its directory only in a copy of the header before
/// the end marker, its last sector.
Result<KdmvHeader> final_header(const io::ByteSource& file) {
  TQ_TRY(const auto first, header_at<KdmvHeader>(file, 0, "vmdk.header"));
  if (first.directory_at != kDirectoryAtEnd) return first;
  const std::uint64_t at = file.size() - std::min(file.size(), 2 * kSector);
  TQ_TRY(const auto footer, header_at<KdmvHeader>(file, at, "vmdk.footer"));
  if (footer.magic != first.magic || footer.directory_at == kDirectoryAtEnd)
    return Error{ErrorCode::truncated,
                 "vmdk.footer",
                 "a copy of the header with the place of the grain directory",
                 "something else",
                 at,
                 "the file is not complete: copy or export it again"};
  return footer;
}

/// Saturates: a place so far out is outside of every file.
std::uint64_t bytes_of_sectors(std::uint64_t sectors) { return sectors > UINT64_MAX / kSector ? UINT64_MAX : sectors * kSector; }

}  // namespace

Result<Sparse> open_sparse(std::shared_ptr<const io::ByteSource> file, std::size_t pages) {
  TQ_TRY(const KdmvHeader h, final_header(*file));
  TQ_TRY([[maybe_unused]] const auto fine, check_kdmv(h, 0));
  Layout layout;
  layout.size = h.capacity * kSector;
  layout.grain_bytes = h.grain_sectors * kSector;
  layout.table_entries = h.table_entries;
  layout.directory_at = bytes_of_sectors(h.directory_at);
  if ((h.flags & kHasSpareDirectory) != 0 && h.spare_directory_at != 0) layout.spare_directory_at = bytes_of_sectors(h.spare_directory_at);
  layout.zeroed_grains = (h.flags & kZeroedGrains) != 0;
  layout.packed = (h.flags & kPacked) != 0;
  layout.markers = (h.flags & kMarkers) != 0;
  Sparse out;
  TQ_TRY([[maybe_unused]] const auto chosen, choose_directory(*file, layout, out.notes));
  out.size = layout.size;
  out.packed = layout.packed;
  out.descriptor_at = bytes_of_sectors(h.descriptor_at);
  out.descriptor_size = h.descriptor_at == 0 ? 0 : bytes_of_sectors(h.descriptor_sectors);
  if (h.unclean != 0) out.notes.emplace_back("not closed properly");
  out.extent = std::make_unique<SparseExtent>(std::move(file), layout, pages);
  return out;
}

Result<Sparse> open_cowd(std::shared_ptr<const io::ByteSource> file, std::size_t pages) {
  TQ_TRY(const auto h, header_at<CowdHeader>(*file, 0, "vmdk.header"));
  if (h.version != 1) return Error{ErrorCode::unsupported, "vmdk.header.version", "1", fmt::to_string(+h.version), 4};
  TQ_TRY([[maybe_unused]] const auto fine, check_shape(h.capacity, h.grain_sectors, false));
  Layout layout;
  layout.size = h.capacity * kSector;
  layout.grain_bytes = h.grain_sectors * kSector;
  layout.table_entries = kCowdTableEntries;
  layout.directory_at = h.directory_at * kSector;
  Sparse out;
  TQ_TRY([[maybe_unused]] const auto chosen, choose_directory(*file, layout, out.notes));
  if (std::uint64_t{h.directory_entries} * 4 < layout.directory_bytes())
    return Error{ErrorCode::corrupt, "vmdk.header.directory_entries", fmt::format("at least {}", layout.directory_bytes() / 4),
                 fmt::to_string(+h.directory_entries), 24};
  out.size = layout.size;
  out.extent = std::make_unique<SparseExtent>(std::move(file), layout, pages);
  return out;
}

}  // namespace tq::image::vmdk_format
