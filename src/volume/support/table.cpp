#include "volume/support/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tq::volume {
namespace {

/// Dynamic disks and storage spaces put volumes together from parts of partitions; that is not done here.
bool is_part_of_something(std::string_view role) { return role == "dynamic" || role == "storage_spaces"; }

}  // namespace

void add_volume(const io::ByteSource& disk, Table& table, Volume v, Extent where, const std::string& place, std::uint64_t entry_at) {
  const std::uint64_t sectors_of_disk = disk.size() / table.sector_size + (disk.size() % table.sector_size != 0 ? 1 : 0);
  if (where.first >= sectors_of_disk || where.count == 0) {
    table.lost.push_back({ErrorCode::corrupt, place, fmt::format("a partition inside the disk of {} sectors", sectors_of_disk),
                          fmt::format("{} sectors from sector {} on", where.count, where.first), entry_at});
    return;
  }
  // Compared in sectors first: the multiplication below cannot overflow then.
  const std::uint64_t count = std::min(where.count, sectors_of_disk - where.first);
  v.offset = where.first * table.sector_size;
  v.size = std::min(count * table.sector_size, disk.size() - v.offset);
  if (count < where.count || v.size < count * table.sector_size)
    table.lost.push_back({ErrorCode::truncated, place, fmt::format("{} sectors from sector {} on", where.count, where.first),
                          fmt::format("a disk of {} sectors; the volume is cut", sectors_of_disk), entry_at,
                          "the image may be incomplete: compare its size with the disk's"});
  if (is_part_of_something(v.role))
    table.lost.push_back({ErrorCode::unsupported, place, "a volume that lies in one piece",
                          fmt::format("a partition of kind {}: its volumes are not put together", v.role), entry_at});
  table.volumes.push_back(std::move(v));
}

std::string_view mbr_role(std::uint8_t type) {
  switch (type) {
    case 0x01:
    case 0x04:
    case 0x06:
    case 0x07:
    case 0x0B:
    case 0x0C:
    case 0x0E: return "basic";
    case 0x11:
    case 0x14:
    case 0x16:
    case 0x17:
    case 0x1B:
    case 0x1C:
    case 0x1E: return "hidden";
    case 0x12:
    case 0xDE: return "oem";
    case 0x27: return "recovery";
    case 0x42: return "dynamic";
    case 0x82:
    case 0x83:
    case 0x8E: return "linux";
    case 0xEF: return "efi";
    default: return "";
  }
}

std::string_view gpt_role(std::string_view type_guid) {
  // Microsoft, PARTITION_INFORMATION_GPT; the last three: UAPI discoverable partitions, GRUB manual.
  static constexpr std::pair<std::string_view, std::string_view> kRoles[] = {
      {"EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "basic"},          {"C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "efi"},
      {"E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "reserved"},       {"DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "recovery"},
      {"5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "metadata"},       {"AF9B60A0-1431-4F62-BC68-3311714A69AD", "dynamic"},
      {"E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "storage_spaces"}, {"0FC63DAF-8483-4772-8E79-3D69D8477DE4", "linux"},
      {"E6D6D379-F507-44C2-A23C-238F2A3DF928", "linux"},          {"21686148-6449-6E6F-744E-656564454649", "bios_boot"},
  };
  for (const auto& [guid, role] : kRoles)
    if (guid == type_guid) return role;
  return "";
}

Result<std::vector<std::byte>> read_exactly(const io::ByteSource& source, std::uint64_t at, std::uint64_t size, const char* what) {
  std::vector<std::byte> out(size);
  std::size_t n = 0;
  if (size != 0 && at < source.size()) {
    TQ_TRY(n, source.read_at(at, out));
  }
  if (n == size) return out;
  return Error{ErrorCode::truncated, what, fmt::format("{} bytes", size), fmt::format("{} bytes", n), at};
}

}  // namespace tq::volume
