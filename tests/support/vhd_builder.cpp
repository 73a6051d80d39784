#include "tests/support/vhd_builder.hpp"

#include <algorithm>
#include <cstring>

#include "core/text.hpp"

namespace tq::test {
namespace {

using Blob = std::vector<std::byte>;
constexpr std::size_t kSector = 512;

void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) b[at + i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
}
void put_text(Blob& b, std::size_t at, std::string_view s) { std::memcpy(b.data() + at, s.data(), s.size()); }

void put_checksum(Blob& b, std::size_t start, std::size_t size, std::size_t field) {
  put(b, start + field, 0, 4);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += std::to_integer<std::uint32_t>(b[start + i]);
  put(b, start + field, ~sum, 4);
}

Blob footer(const VhdOptions& o, std::uint64_t disk_bytes, std::uint32_t type) {
  Blob f(kSector);
  put_text(f, 0, "conectix");
  put(f, 8, 2, 4);
  put(f, 12, 0x00010000, 4);
  put(f, 16, type == 2 ? ~std::uint64_t{0} : kSector, 8);
  put(f, 24, 0x20000000, 4);
  put_text(f, 28, "win ");  // qemu takes the size from the geometry unless a creator it knows wrote the file
  put(f, 32, 0x00060001, 4);
  put_text(f, 36, "Wi2k");
  put(f, 40, disk_bytes, 8);
  put(f, 48, disk_bytes, 8);
  put(f, 56, 0x03FF103F, 4);
  put(f, 60, type, 4);
  std::memset(f.data() + 68, o.id, 16);
  fix_vhd_footer(f, 0);
  return f;
}

Blob dynamic_header(const VhdOptions& o, std::size_t blocks) {
  Blob h(1024);
  put_text(h, 0, "cxsparse");
  put(h, 8, ~std::uint64_t{0}, 8);
  put(h, 16, 1536, 8);
  put(h, 24, 0x00010000, 4);
  put(h, 28, blocks, 4);
  put(h, 32, o.block_bytes, 4);
  fix_vhd_header(h, 0);
  return h;
}

/// Which sectors of a block are written.
using Wanted = std::vector<bool>;

Wanted wanted_sectors(const Blob& disk, const Blob* below, std::size_t block_at, std::size_t block_bytes) {
  Wanted out(block_bytes / kSector);
  for (std::size_t s = 0; s < out.size() && block_at + s * kSector < disk.size(); ++s) {
    const std::byte* sector = disk.data() + block_at + s * kSector;
    const std::size_t at = block_at + s * kSector;
    const bool covered = below != nullptr && at + kSector <= below->size();
    static constexpr std::array<std::byte, kSector> kZeros{};
    out[s] = std::memcmp(sector, covered ? below->data() + at : kZeros.data(), kSector) != 0;
  }
  return out;
}

void append_block(Blob& file, const Blob& disk, std::size_t block_at, const Wanted& wanted, bool all_ones, std::size_t block_bytes) {
  const std::size_t bitmap_bytes = ((wanted.size() + 7) / 8 + kSector - 1) / kSector * kSector;
  const std::size_t start = file.size();
  file.resize(start + bitmap_bytes + block_bytes);
  for (std::size_t s = 0; s < wanted.size(); ++s) {
    if (!wanted[s] && !all_ones) {
      // What lies in a sector that the bitmap disowns must never be seen.
      std::memset(file.data() + start + bitmap_bytes + s * kSector, 0xDD, kSector);
      continue;
    }
    file[start + s / 8] |= std::byte{0x80} >> (s % 8);
    const std::size_t at = block_at + s * kSector;
    if (at < disk.size()) std::memcpy(file.data() + start + bitmap_bytes + s * kSector, disk.data() + at, kSector);
  }
}

Blob sparse_file(const Blob& disk, const Blob* below, const VhdOptions& o, std::uint32_t type, bool all_ones) {
  const std::size_t blocks = (disk.size() + o.block_bytes - 1) / o.block_bytes;
  Blob file = footer(o, disk.size(), type);
  const Blob header = dynamic_header(o, blocks);
  file.insert(file.end(), header.begin(), header.end());
  const std::size_t table = file.size();
  file.resize(table + (blocks * 4 + kSector - 1) / kSector * kSector, std::byte{0xFF});
  if (type == 4) file.resize(file.size() + 2 * kSector);  // room for the locators' paths
  for (std::size_t b = 0; b < blocks; ++b) {
    const Wanted wanted = wanted_sectors(disk, below, b * o.block_bytes, o.block_bytes);
    if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) continue;
    put(file, table + 4 * b, file.size() / kSector, 4);
    append_block(file, disk, b * o.block_bytes, wanted, all_ones, o.block_bytes);
  }
  const Blob end(file.begin(), file.begin() + kSector);
  file.insert(file.end(), end.begin(), end.end());
  return file;
}

void put_locator(Blob& file, std::size_t slot, std::string_view platform, std::size_t space, const std::u16string& path) {
  const std::size_t at = 512 + 576 + 24 * slot;
  put_text(file, at, platform);
  put(file, at + 4, kSector, 4);
  put(file, at + 8, path.size() * 2, 4);
  put(file, at + 16, space, 8);
  for (std::size_t i = 0; i < path.size() && i < kSector / 2; ++i) {
    file[space + 2 * i] = static_cast<std::byte>(path[i] & 0xFF);
    file[space + 2 * i + 1] = static_cast<std::byte>(path[i] >> 8);
  }
}

}  // namespace

void fix_vhd_footer(Blob& file, std::size_t offset) { put_checksum(file, offset, 512, 64); }
void fix_vhd_header(Blob& file, std::size_t offset) { put_checksum(file, offset, 1024, 36); }

ImageFiles write_vhd_fixed(const Blob& disk, const VhdOptions& o) {
  Blob file = disk;
  const Blob end = footer(o, disk.size(), 2);
  file.insert(file.end(), end.begin(), end.end());
  return {o.name, {{o.name, file}}};
}

ImageFiles write_vhd_dynamic(const Blob& disk, const VhdOptions& o) {
  return {o.name, {{o.name, sparse_file(disk, nullptr, o, 3, o.bitmaps_all_ones)}}};
}

ImageFiles write_vhd_differencing(const Blob& disk, const Blob& parent_disk, const ImageFiles& parent, std::uint8_t parent_id,
                                  const VhdOptions& o) {
  Blob file = sparse_file(disk, &parent_disk, o, 4, false);
  std::memset(file.data() + 512 + 40, parent_id, 16);
  const auto name = utf8_to_utf16(parent.main);
  for (std::size_t i = 0; i < name.size() && i < 255; ++i) put(file, 512 + 64 + 2 * i, name[i], 2);
  const std::size_t blocks = (disk.size() + o.block_bytes - 1) / o.block_bytes;
  const std::size_t space = 1536 + (blocks * 4 + kSector - 1) / kSector * kSector;
  const std::string path = o.parent_path.empty() ? parent.main : o.parent_path;
  put_locator(file, 0, "W2ku", space, utf8_to_utf16("C:\\VMs\\" + path));
  put_locator(file, 1, "W2ru", space + kSector, utf8_to_utf16(path));
  fix_vhd_header(file);
  ImageFiles out{o.name, {{o.name, file}}};
  return out.add(parent);
}

}  // namespace tq::test
