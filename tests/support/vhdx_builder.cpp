#include "tests/support/vhdx_builder.hpp"

#include <algorithm>
#include <cstring>

#include "core/text.hpp"
#include "image/vhdx/layout.hpp"

namespace tq::test {
namespace {

using Blob = std::vector<std::byte>;
using namespace image::vhdx_format;

constexpr std::size_t kLogAt = kMiB, kLogBytes = kMiB, kMetadataAt = 2 * kMiB, kTableAt = 3 * kMiB;
const Guid kLogId = guid(0x10203040, 0x5060, 0x7080, {1, 2, 3, 4, 5, 6, 7, 8});

void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) b[at + i] = static_cast<std::byte>(value >> (8 * i));
}
void put_text(Blob& b, std::size_t at, std::string_view s) { std::memcpy(b.data() + at, s.data(), s.size()); }
void put_guid(Blob& b, std::size_t at, const Guid& g) { std::memcpy(b.data() + at, g.data(), g.size()); }

/// Written apart from the reader's own, a byte at a time: a fault of one would not hide in the other.
std::uint32_t plain_crc32c(const std::byte* p, std::size_t size) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      t[i] = i;
      for (int bit = 0; bit < 8; ++bit) t[i] = (t[i] & 1) != 0 ? (t[i] >> 1) ^ 0x82F63B78 : t[i] >> 1;
    }
    return t;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  const std::uint32_t* entries = table.data();
  for (const std::byte* end = p + size; p != end; ++p) crc = (crc >> 8) ^ entries[(crc ^ static_cast<std::uint32_t>(*p)) & 0xFF];
  return ~crc;
}

void put_header(Blob& b, std::size_t at, std::uint64_t sequence, const VhdxOptions& o, bool with_log) {
  put_text(b, at, "head");
  put(b, at + 8, sequence, 8);
  std::memset(b.data() + at + 16, 0x5A, 16);
  std::memset(b.data() + at + 32, o.id, 16);
  if (with_log) put_guid(b, at + 48, kLogId);
  put(b, at + 66, 1, 2);
  put(b, at + 68, kLogBytes, 4);
  put(b, at + 72, kLogAt, 8);
  fix_vhdx_checksum(b, at, kHeaderBytes);
}

void put_region_table(Blob& b, std::size_t at, std::size_t table_bytes) {
  put_text(b, at, "regi");
  put(b, at + 8, 2, 4);
  put_guid(b, at + 16, kTableRegion);
  put(b, at + 32, kTableAt, 8);
  put(b, at + 40, table_bytes, 4);
  put(b, at + 44, 1, 4);
  put_guid(b, at + 48, kMetadataRegion);
  put(b, at + 64, kMetadataAt, 8);
  put(b, at + 72, kMiB, 4);
  put(b, at + 76, 1, 4);
  fix_vhdx_checksum(b, at, kTableBytes);
}

Blob number(std::uint64_t value, std::size_t size) {
  Blob b(size);
  put(b, 0, value, size);
  return b;
}

Blob locator(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Blob b(20 + 12 * pairs.size());
  put_guid(b, 0, kVhdxLocator);
  put(b, 18, pairs.size(), 2);
  const auto append = [&](const std::string& s) {
    const std::size_t at = b.size();
    for (const char16_t unit : utf8_to_utf16(s)) {
      b.push_back(static_cast<std::byte>(unit & 0xFF));
      b.push_back(static_cast<std::byte>(unit >> 8));
    }
    return std::pair(at, b.size() - at);
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [key_at, key_bytes] = append(pairs[i].first);
    const auto [value_at, value_bytes] = append(pairs[i].second);
    put(b, 20 + 12 * i, key_at, 4);
    put(b, 24 + 12 * i, value_at, 4);
    put(b, 28 + 12 * i, key_bytes, 2);
    put(b, 30 + 12 * i, value_bytes, 2);
  }
  return b;
}

struct Item {
  Guid id;
  Blob value;
  std::uint32_t flags;
};

void put_metadata(Blob& b, const std::vector<Item>& items) {
  put_text(b, kMetadataAt, "metadata");
  put(b, kMetadataAt + 10, items.size(), 2);
  std::size_t at = kTableBytes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t entry = kMetadataAt + 32 + 32 * i;
    put_guid(b, entry, items[i].id);
    put(b, entry + 16, at, 4);
    put(b, entry + 20, items[i].value.size(), 4);
    put(b, entry + 24, items[i].flags, 4);
    std::memcpy(b.data() + kMetadataAt + at, items[i].value.data(), items[i].value.size());
    at += (items[i].value.size() + 7) / 8 * 8;
  }
}

std::vector<Item> items_of(const Blob& disk, const VhdxOptions& o, bool parent) {
  Blob parameters = number(o.block_bytes, 8);
  put(parameters, 4, (o.fixed ? 1U : 0U) | (parent ? 2U : 0U), 4);
  return {{kFileParameters, parameters, 4},
          {kVirtualDiskSize, number(disk.size(), 8), 6},
          {kVirtualDiskId, Blob(16, static_cast<std::byte>(o.id ^ 0x80)), 6},
          {kLogicalSector, number(o.sector_bytes, 4), 6},
          {kPhysicalSector, number(4096, 4), 6}};
}

/// Builds the blocks and the table's entries for them.
struct Blocks {
  Blob& file;
  const Blob& disk;
  const Blob* below;  ///< the parent's disk; null: none
  const VhdxOptions& o;
  std::size_t chunk = 0;

  [[nodiscard]] std::size_t count() const { return (disk.size() + o.block_bytes - 1) / o.block_bytes; }
  [[nodiscard]] bool differs(std::size_t sector) const {
    static const Blob zeros(4096);
    const std::size_t at = sector * o.sector_bytes;
    if (at >= disk.size()) return false;
    const bool covered = below != nullptr && at + o.sector_bytes <= below->size();
    return std::memcmp(disk.data() + at, covered ? below->data() + at : zeros.data(), o.sector_bytes) != 0;
  }
  std::size_t append(std::size_t size) {
    const std::size_t at = file.size();
    file.resize(at + (size + kMiB - 1) / kMiB * kMiB);
    return at;
  }
  void copy(std::size_t block, std::size_t at) {
    const std::size_t from = block * o.block_bytes;
    std::memcpy(file.data() + at, disk.data() + from, std::min<std::size_t>(o.block_bytes, disk.size() - from));
  }
  /// Sectors of the parent get bytes that must never be seen, their bits stay clear.
  void copy_partial(std::size_t block, std::size_t at, std::size_t bitmap) {
    const std::size_t sectors = o.block_bytes / o.sector_bytes;
    for (std::size_t s = block * sectors; s < (block + 1) * sectors; ++s) {
      std::byte* to = file.data() + at + (s - block * sectors) * o.sector_bytes;
      if (differs(s)) {
        std::memcpy(to, disk.data() + s * o.sector_bytes, o.sector_bytes);
        file[bitmap + s % kSectorsPerChunk / 8] |= std::byte{1} << (s % 8);
      } else {
        std::memset(to, 0xDD, o.sector_bytes);
      }
    }
  }
  void write() {
    const std::size_t sectors = o.block_bytes / o.sector_bytes;
    std::size_t bitmap = 0, bitmap_of = ~std::size_t{0};
    for (std::size_t b = 0; b < count(); ++b) {
      std::size_t changed = 0;
      for (std::size_t s = 0; s < sectors; ++s) changed += differs(b * sectors + s) ? 1U : 0U;
      if (changed == 0 && !o.fixed) continue;
      const bool whole = below == nullptr || changed == sectors;
      if (!whole && bitmap_of != b / chunk) {
        bitmap = append(kMiB);
        bitmap_of = b / chunk;
        put(file, kTableAt + 8 * (bitmap_of * (chunk + 1) + chunk), bitmap | 6, 8);
      }
      const std::size_t at = append(o.block_bytes);
      put(file, kTableAt + 8 * (b + b / chunk), at | (whole ? 6 : 7), 8);
      if (whole)
        copy(b, at);
      else
        copy_partial(b, at, bitmap);
    }
  }
};

/// One entry of the log: sectors to write and stretches to zero.
struct LogWriter {
  Blob& file;
  std::uint64_t sequence;
  std::size_t tail;
  std::vector<std::pair<std::uint64_t, Blob>> sectors{};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> zeros{};

  /// Returns the place in the log behind the entry, which wraps at the log's end.
  std::size_t write(std::size_t at) {
    Blob e(kLogSector * (1 + sectors.size()));
    put_text(e, 0, "loge");
    put(e, 8, e.size(), 4);
    put(e, 12, tail, 4);
    put(e, 16, sequence, 8);
    put(e, 24, sectors.size() + zeros.size(), 4);
    put_guid(e, 32, kLogId);
    put(e, 48, file.size(), 8);
    put(e, 56, file.size(), 8);
    std::size_t d = 64;
    for (const auto& [offset, size] : zeros) {
      put_text(e, d, "zero");
      put(e, d + 8, size, 8);
      put(e, d + 16, offset, 8);
      put(e, d + 24, sequence, 8);
      d += 32;
    }
    for (std::size_t i = 0; i < sectors.size(); ++i, d += 32) put_sector(e, d, i);
    fix_vhdx_checksum(e, 0, e.size());
    for (std::size_t i = 0; i < e.size(); ++i) file[kLogAt + (at + i) % kLogBytes] = e[i];
    return (at + e.size()) % kLogBytes;
  }
  void put_sector(Blob& e, std::size_t d, std::size_t i) {
    const auto& [offset, bytes] = sectors[i];
    put_text(e, d, "desc");
    std::memcpy(e.data() + d + 4, bytes.data() + kLogSector - 4, 4);
    std::memcpy(e.data() + d + 8, bytes.data(), 8);
    put(e, d + 16, offset, 8);
    put(e, d + 24, sequence, 8);
    const std::size_t at = kLogSector * (1 + i);
    std::memcpy(e.data() + at, bytes.data(), kLogSector);
    put_text(e, at, "data");
    put(e, at + 4, sequence >> 32, 4);
    put(e, at + kLogSector - 4, sequence & 0xFFFFFFFF, 4);
  }
};

Blob sector_at(const Blob& file, std::size_t at) {
  return {file.begin() + static_cast<std::ptrdiff_t>(at), file.begin() + static_cast<std::ptrdiff_t>(at + kLogSector)};
}

/// A sector of zeros inside the blocks, for a zero descriptor to restore; 0 when there is none.
std::size_t zero_sector(const Blob& file, std::size_t from) {
  static const Blob zeros(kLogSector);
  for (std::size_t at = from; at + kLogSector <= file.size(); at += kLogSector)
    if (std::memcmp(file.data() + at, zeros.data(), kLogSector) == 0) return at;
  return 0;
}

/// Moves the newest state into the log: the file is left with an older one.
void make_dirty(Blob& file, std::size_t blocks_at) {
  constexpr std::uint64_t kSequence = (std::uint64_t{7} << 32) + 5;
  const Blob garbage(kLogSector, std::byte{0xA7});
  const Blob table = sector_at(file, kTableAt), first = sector_at(file, blocks_at);
  const std::size_t zeros = zero_sector(file, blocks_at + kLogSector);
  // An older run that must not be played, then one that wraps at the log's end.
  LogWriter{file, kSequence - 100, kLogBytes / 2, {{kTableAt, garbage}}}.write(kLogBytes / 2);
  const std::size_t start = kLogBytes - kLogSector;
  std::size_t at = LogWriter{file, kSequence, start, {{kTableAt, garbage}, {blocks_at, garbage}}}.write(start);
  at = LogWriter{file, kSequence + 1, start, {{kTableAt, table}}}.write(at);
  LogWriter last{file, kSequence + 2, start, {{blocks_at, first}}};
  if (zeros != 0) last.zeros = {{zeros, kLogSector}};
  last.write(at);
  std::memset(file.data() + kTableAt, 0, kLogSector);
  std::memset(file.data() + blocks_at, 0xEE, kLogSector);
  if (zeros != 0) std::memset(file.data() + zeros, 0xEE, kLogSector);
}

Blob build(const Blob& disk, const Blob* below, const std::vector<Item>& items, const VhdxOptions& o) {
  Blob file;
  Blocks blocks{file, disk, below, o};
  blocks.chunk = kSectorsPerChunk * o.sector_bytes / o.block_bytes;
  const std::size_t chunks = (blocks.count() + blocks.chunk - 1) / blocks.chunk;
  const std::size_t table_bytes = (8 * chunks * (blocks.chunk + 1) + kMiB - 1) / kMiB * kMiB;
  file.resize(kTableAt + table_bytes);
  put_text(file, 0, "vhdxfile");
  put_header(file, kHeaderOffsets[0], 1, o, false);
  put_header(file, kHeaderOffsets[1], 2, o, o.dirty_log);
  for (const std::size_t at : kRegionTableOffsets) put_region_table(file, at, table_bytes);
  put_metadata(file, items);
  blocks.write();
  const std::size_t blocks_at = kTableAt + table_bytes;
  if (o.dirty_log && file.size() > blocks_at) make_dirty(file, blocks_at);
  return file;
}

}  // namespace

void fix_vhdx_checksum(Blob& file, std::size_t offset, std::size_t size) {
  put(file, offset + kChecksumAt, 0, 4);
  put(file, offset + kChecksumAt, plain_crc32c(file.data() + offset, size), 4);
}

ImageFiles write_vhdx(const Blob& disk, const VhdxOptions& o) {
  return {o.name, {{o.name, build(disk, nullptr, items_of(disk, o, false), o)}}};
}

ImageFiles write_vhdx_differencing(const Blob& disk, const Blob& parent_disk, const ImageFiles& parent, std::uint8_t parent_id,
                                   const VhdxOptions& o) {
  const std::string byte = {"0123456789abcdef"[parent_id >> 4], "0123456789abcdef"[parent_id & 15]};
  std::string linkage = "{";
  for (const std::size_t n : {4U, 2U, 2U, 2U, 6U}) {
    for (std::size_t i = 0; i < n; ++i) linkage += byte;
    linkage += n == 6 ? "}" : "-";
  }
  const std::string path = o.parent_path.empty() ? ".\\" + parent.main : o.parent_path;
  auto items = items_of(disk, o, true);
  items.push_back({kParentLocator,
                   locator({{"parent_linkage", linkage}, {"relative_path", path}, {"absolute_win32_path", "C:\\VMs\\" + parent.main}}), 4});
  ImageFiles out{o.name, {{o.name, build(disk, &parent_disk, items, o)}}};
  return out.add(parent);
}

}  // namespace tq::test
