// Disks from volumes: MBR and GPT tables around the bytes of partitions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tq::test {

struct Partition {
  std::vector<std::byte> content = {};  ///< padded with zeros to whole sectors
  std::uint8_t mbr_type = 0x07;
  std::string gpt_type = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7";  ///< basic data
  std::string gpt_name = "Basic data partition";
  bool active = false;
  bool logical = false;       ///< MBR: inside the extended partition
  std::uint64_t sectors = 0;  ///< 0: as many as the content takes
};

/// A disk with an MBR: primaries by slot, then one extended partition (type 0x0F, in the next slot) with the logical
/// ones, each behind its own table. Partitions start at multiples of `align_sectors`.
std::vector<std::byte> write_mbr(const std::vector<Partition>& partitions, std::uint32_t sector_size = 512,
                                 std::uint32_t align_sectors = 64, std::uint32_t signature = 0x1A2B3C4D);

/// A disk with a protective MBR, GPT headers at both ends, and 128 entries.
std::vector<std::byte> write_gpt(const std::vector<Partition>& partitions, std::uint32_t sector_size = 512,
                                 std::uint32_t align_sectors = 64);

/// Recomputes both checksums of the GPT header in sector `lba`, after a test has changed it or its entries.
void fix_gpt_checksums(std::vector<std::byte>& disk, std::uint64_t lba, std::uint32_t sector_size = 512);

/// The first sectors of a file system, as much as its signature needs: "ntfs", "bitlocker", "refs", "fat12", "fat16",
/// "fat32", "exfat", "ext", "lvm". `size_bytes`: of the whole volume, whose remaining bytes are zeros.
std::vector<std::byte> boot_sectors(const std::string& filesystem, std::size_t size_bytes = 65536);

}  // namespace tq::test
