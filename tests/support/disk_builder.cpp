#include "tests/support/disk_builder.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tq::test {
namespace {

using Buffer = std::vector<std::byte>;
constexpr std::size_t kGptEntries = 128, kGptEntryBytes = 128;

void put_le(Buffer& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}
std::uint64_t get_le(const Buffer& b, std::size_t at, std::size_t width) {
  std::uint64_t v = 0;
  for (std::size_t i = width; i-- > 0;) v = v << 8 | static_cast<std::uint64_t>(b.at(at + i));
  return v;
}
void put_text(Buffer& b, std::size_t at, std::string_view s) {
  for (std::size_t i = 0; i < s.size(); ++i) b.at(at + i) = static_cast<std::byte>(s[i]);
}

std::uint64_t sectors_of(const Partition& p, std::uint32_t sector_size) {
  return std::max<std::uint64_t>({p.sectors, (p.content.size() + sector_size - 1) / sector_size, 1});
}
std::uint64_t aligned(std::uint64_t sector, std::uint32_t to) { return (sector + to - 1) / to * to; }

struct Placed {
  const Partition* partition;
  std::uint64_t first, count;
};

void copy_content(Buffer& disk, const Placed& p, std::uint32_t sector_size) {
  std::ranges::copy(p.partition->content, disk.begin() + static_cast<std::ptrdiff_t>(p.first * sector_size));
}

/// A slot of a table in the sector at `at`. The cylinder, head and sector fields say "too large", as on every disk of today.
void put_slot(Buffer& disk, std::size_t at, std::size_t slot, std::uint8_t type, std::uint64_t first, std::uint64_t count, bool active) {
  const std::size_t e = at + 446 + slot * 16;
  put_le(disk, e, active ? 0x80 : 0, 1);
  put_le(disk, e + 1, 0xFFFFFE, 3);
  put_le(disk, e + 4, type, 1);
  put_le(disk, e + 5, 0xFFFFFE, 3);
  put_le(disk, e + 8, first, 4);
  put_le(disk, e + 12, count, 4);
  put_le(disk, at + 510, 0xAA55, 2);
}

void put_guid(Buffer& b, std::size_t at, const std::string& text) {
  static constexpr std::size_t kOrder[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  std::string digits;
  for (const char c : text)
    if (c != '-') digits += c;
  for (std::size_t i = 0; i < 16; ++i) b.at(at + kOrder[i]) = static_cast<std::byte>(std::stoul(digits.substr(2 * i, 2), nullptr, 16));
}

std::uint32_t crc_of(const Buffer& b, std::size_t at, std::size_t size) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(b.data() + at), static_cast<uInt>(size)));
}

/// Everything of a header but its checksums.
void put_gpt_header(Buffer& disk, std::uint64_t lba, std::uint64_t other, std::uint64_t entries_lba, std::uint64_t table_sectors,
                    std::uint32_t sector_size) {
  const std::size_t h = lba * sector_size;
  const std::uint64_t sectors = disk.size() / sector_size;
  put_text(disk, h, "EFI PART");
  put_le(disk, h + 8, 0x00010000, 4);
  put_le(disk, h + 12, 92, 4);
  put_le(disk, h + 24, lba, 8);
  put_le(disk, h + 32, other, 8);
  put_le(disk, h + 40, 2 + table_sectors, 8);
  put_le(disk, h + 48, sectors - table_sectors - 2, 8);
  put_guid(disk, h + 56, "11111111-2222-3333-4444-555555555555");
  put_le(disk, h + 72, entries_lba, 8);
  put_le(disk, h + 80, kGptEntries, 4);
  put_le(disk, h + 84, kGptEntryBytes, 4);
}

void put_gpt_entries(Buffer& disk, std::size_t at, const std::vector<Placed>& placed) {
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const std::size_t e = at + i * kGptEntryBytes;
    put_guid(disk, e, placed[i].partition->gpt_type);
    put_guid(disk, e + 16, "AAAAAAAA-BBBB-CCCC-DDDD-0000000000" + std::string(i + 1 < 10 ? "0" : "") + std::to_string(i + 1));
    put_le(disk, e + 32, placed[i].first, 8);
    put_le(disk, e + 40, placed[i].first + placed[i].count - 1, 8);
    const std::string& name = placed[i].partition->gpt_name;
    for (std::size_t c = 0; c < std::min<std::size_t>(name.size(), 35); ++c)
      put_le(disk, e + 56 + 2 * c, static_cast<std::uint8_t>(name[c]), 2);
  }
}

void put_fat(Buffer& b, std::uint32_t cluster_sectors, std::uint32_t sectors, std::uint16_t table_sectors, const char* label, bool fat32) {
  put_text(b, 0, "\xEB\x3C\x90MSDOS5.0");
  put_le(b, 11, 512, 2);
  put_le(b, 13, cluster_sectors, 1);
  put_le(b, 14, fat32 ? 32 : 1, 2);
  put_le(b, 16, 2, 1);
  put_le(b, 17, fat32 ? 0 : 512, 2);
  put_le(b, 21, 0xF8, 1);
  put_le(b, 32, sectors, 4);
  put_le(b, fat32 ? 36 : 22, table_sectors, fat32 ? 4 : 2);
  put_text(b, fat32 ? 82 : 54, label);
}

}  // namespace

std::vector<std::byte> write_mbr(const std::vector<Partition>& partitions, std::uint32_t sector_size, std::uint32_t align_sectors,
                                 std::uint32_t signature) {
  std::vector<Placed> primary, logical;
  std::uint64_t next = align_sectors;
  for (const Partition& p : partitions) {
    if (p.logical) continue;
    primary.push_back({&p, next, sectors_of(p, sector_size)});
    next = aligned(next + primary.back().count, align_sectors);
  }
  const std::uint64_t extended = next;
  for (const Partition& p : partitions) {
    if (!p.logical) continue;
    next += align_sectors;  // its own table lies that far before it
    logical.push_back({&p, next, sectors_of(p, sector_size)});
    next = aligned(next + logical.back().count, align_sectors);
  }
  if (primary.size() + (logical.empty() ? 0 : 1) > 4) throw std::runtime_error("an MBR has four slots");
  Buffer disk(next * sector_size);
  put_le(disk, 440, signature, 4);
  put_le(disk, 510, 0xAA55, 2);
  for (std::size_t i = 0; i < primary.size(); ++i) {
    put_slot(disk, 0, i, primary[i].partition->mbr_type, primary[i].first, primary[i].count, primary[i].partition->active);
    copy_content(disk, primary[i], sector_size);
  }
  if (!logical.empty()) put_slot(disk, 0, primary.size(), 0x0F, extended, next - extended, false);
  for (std::size_t i = 0; i < logical.size(); ++i) {
    const std::uint64_t table = logical[i].first - align_sectors;
    put_slot(disk, table * sector_size, 0, logical[i].partition->mbr_type, align_sectors, logical[i].count, false);
    if (i + 1 < logical.size()) {
      const std::uint64_t next_table = logical[i + 1].first - align_sectors;
      put_slot(disk, table * sector_size, 1, 0x05, next_table - extended, logical[i + 1].count + align_sectors, false);
    }
    copy_content(disk, logical[i], sector_size);
  }
  return disk;
}

std::vector<std::byte> write_gpt(const std::vector<Partition>& partitions, std::uint32_t sector_size, std::uint32_t align_sectors) {
  const std::uint64_t table_sectors = kGptEntries * kGptEntryBytes / sector_size;
  std::vector<Placed> placed;
  std::uint64_t next = aligned(2 + table_sectors, align_sectors);
  for (const Partition& p : partitions) {
    placed.push_back({&p, next, sectors_of(p, sector_size)});
    next = aligned(next + placed.back().count, align_sectors);
  }
  const std::uint64_t last = next + table_sectors;
  Buffer disk((last + 1) * sector_size);
  put_slot(disk, 0, 0, 0xEE, 1, std::min<std::uint64_t>(last, 0xFFFFFFFF), false);
  put_gpt_header(disk, 1, last, 2, table_sectors, sector_size);
  put_gpt_header(disk, last, 1, next, table_sectors, sector_size);
  put_gpt_entries(disk, 2 * sector_size, placed);
  put_gpt_entries(disk, next * sector_size, placed);
  fix_gpt_checksums(disk, 1, sector_size);
  fix_gpt_checksums(disk, last, sector_size);
  for (const Placed& p : placed) copy_content(disk, p, sector_size);
  return disk;
}

void fix_gpt_checksums(std::vector<std::byte>& disk, std::uint64_t lba, std::uint32_t sector_size) {
  const std::size_t h = lba * sector_size;
  const std::size_t entries = get_le(disk, h + 72, 8) * sector_size, bytes = get_le(disk, h + 80, 4) * get_le(disk, h + 84, 4);
  // A test may have made the table lie outside: its checksum is never looked at then.
  if (entries <= disk.size() && bytes <= disk.size() - entries) put_le(disk, h + 88, crc_of(disk, entries, bytes), 4);
  put_le(disk, h + 16, 0, 4);
  put_le(disk, h + 16, crc_of(disk, h, std::min<std::size_t>(get_le(disk, h + 12, 4), sector_size)), 4);
}

std::vector<std::byte> boot_sectors(const std::string& filesystem, std::size_t size_bytes) {
  Buffer b(std::max<std::size_t>(size_bytes, 4096));
  put_le(b, 510, 0xAA55, 2);
  if (filesystem == "ntfs") {
    put_text(b, 0, "\xEB\x52\x90NTFS    ");
    put_le(b, 11, 512, 2);
    put_le(b, 13, 8, 1);
    put_le(b, 40, b.size() / 512 - 1, 8);
  } else if (filesystem == "bitlocker") {
    put_text(b, 0, "\xEB\x52\x90-FVE-FS-");
  } else if (filesystem == "refs") {
    put_text(b, 3, "ReFS");
    put_text(b, 16, "FSRS");
  } else if (filesystem == "exfat") {
    put_text(b, 0,
             "\xEB\x76\x90"
             "EXFAT   ");
  } else if (filesystem == "fat12") {
    put_fat(b, 1, 2880, 9, "FAT12   ", false);
  } else if (filesystem == "fat16") {
    put_fat(b, 1, 20000, 80, "FAT16   ", false);
  } else if (filesystem == "fat32") {
    put_fat(b, 1, 200000, 1600, "FAT32   ", true);
  } else if (filesystem == "ext") {
    put_le(b, 510, 0, 2);
    put_le(b, 1080, 0xEF53, 2);
    put_le(b, 1048, 2, 4);
  } else if (filesystem == "lvm") {
    put_le(b, 510, 0, 2);
    put_text(b, 512, "LABELONE");
    put_text(b, 536, "LVM2 001");
  } else {
    throw std::runtime_error("no such file system: " + filesystem);
  }
  return b;
}

}  // namespace tq::test
