#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "core/bytes.hpp"
#include "volume/volume.hpp"

namespace tq::volume {
namespace {

constexpr std::uint64_t kHeadBytes = 4096;  // holds every signature that is looked for

bool has(Bytes head, std::uint64_t at, std::string_view text) {
  const auto field = head.try_sub(at, text.size());
  return field && field->chars() == text;
}

struct FatBoot {
  std::array<std::uint8_t, 3> jump;
  std::array<std::uint8_t, 8> oem;
  le16 sector_bytes;
  std::uint8_t cluster_sectors;
  le16 reserved_sectors;
  std::uint8_t tables;
  le16 root_entries, sectors16;
  std::uint8_t media;
  le16 table_sectors16, track_sectors, heads;
  le32 hidden_sectors, sectors32, table_sectors32;
};
static_assert(OnDisk<FatBoot> && sizeof(FatBoot) == 40);

bool plausible(const FatBoot& b) {
  const bool jumps = b.jump[0] == 0xE9 || (b.jump[0] == 0xEB && b.jump[2] == 0x90);
  const std::uint16_t sector = b.sector_bytes;
  return jumps && std::has_single_bit(sector) && sector >= 512 && sector <= 4096 && std::has_single_bit(b.cluster_sectors) &&
         b.reserved_sectors != 0 && b.tables >= 1 && b.tables <= 4 && b.media >= 0xF0;
}

/// FAT12, 16 and 32 differ by the number of clusters alone; the text in the boot sector is a label without meaning
/// (Microsoft, FAT32 File System Specification, "FAT type determination").
std::string_view fat_kind(Bytes head) {
  const auto b = head.try_get<FatBoot>(0);
  if (!b || !plausible(*b) || !has(head, 510, "\x55\xAA")) return {};
  if (b->table_sectors16 == 0) return b->table_sectors32 != 0 && b->sectors32 != 0 ? "fat32" : "";
  const std::uint64_t all = b->sectors16 != 0 ? std::uint64_t{b->sectors16} : std::uint64_t{b->sectors32};
  const std::uint64_t root = (std::uint64_t{b->root_entries} * 32 + b->sector_bytes - 1) / b->sector_bytes;
  const std::uint64_t before = b->reserved_sectors + std::uint64_t{b->tables} * b->table_sectors16 + root;
  if (all <= before) return {};
  const std::uint64_t clusters = (all - before) / b->cluster_sectors;
  return clusters < 4085 ? "fat12" : clusters < 65525 ? "fat16" : "fat32";
}

/// BitLocker To Go keeps a FAT boot sector for old systems; its own mark is this GUID.
bool is_bitlocker_to_go(Bytes head) {
  constexpr std::string_view kGuid("\x3B\xD6\x67\x49\x29\x2E\xD8\x4A\x83\x99\xF6\xA3\x39\xE3\xD0\x01", 16);
  return has(head, 424, kGuid);
}

bool is_ext(Bytes head) {
  const auto magic = head.try_get<le16>(1080);
  const auto block = head.try_get<le32>(1048);
  return magic && *magic == 0xEF53 && block && *block <= 6;
}

/// A physical volume's label lies in one of the first four sectors.
bool is_lvm(Bytes head) {
  for (std::uint64_t at = 0; at < std::uint64_t{4} * 512; at += 512)
    if (has(head, at, "LABELONE") && has(head, at + 24, "LVM2 001")) return true;
  return false;
}

}  // namespace

std::string_view filesystem_of(const io::ByteSource& source, std::uint64_t volume_at) {
  std::array<std::byte, kHeadBytes> buffer{};
  const auto n = source.read_at(volume_at, buffer);
  if (!n) return "unknown";
  const Bytes head(std::span<const std::byte>(buffer).first(std::min<std::size_t>(*n, buffer.size())));
  if (has(head, 3, "-FVE-FS-") || is_bitlocker_to_go(head)) return "bitlocker";
  if (has(head, 3, "NTFS    ")) return "ntfs";
  if (has(head, 3, std::string_view("ReFS\0\0\0\0", 8))) return "refs";
  if (has(head, 3, "EXFAT   ")) return "exfat";
  if (const auto fat = fat_kind(head); !fat.empty()) return fat;
  if (is_lvm(head)) return "lvm";
  if (is_ext(head)) return "ext";
  return "unknown";
}

std::string_view filesystem_of(const io::ByteSource& disk, const Volume& volume) {
  const auto by_start = filesystem_of(disk, volume.offset);
  if (by_start != "unknown") return by_start;
  for (const std::uint64_t sector : {std::uint64_t{512}, kHeadBytes}) {
    std::array<std::byte, 512> last{};
    if (volume.size < 2 * sector) continue;
    const auto n = disk.read_at(volume.offset + (volume.size / sector - 1) * sector, last);
    if (n && has(Bytes(std::span<const std::byte>(last).first(*n)), 3, "NTFS    ")) return "ntfs";
  }
  return by_start;
}

}  // namespace tq::volume
