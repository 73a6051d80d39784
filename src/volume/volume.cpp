#include "volume/volume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "volume/support/table.hpp"

namespace tq::volume {
namespace {

constexpr std::array<std::uint32_t, 2> kSectorSizes = {512, 4096};

/// File systems whose own first sector is the first of the volume. ext and LVM leave it free, so that a partition table
/// may share the disk's start with what is left of them.
bool owns_first_sector(std::string_view filesystem) { return filesystem != "unknown" && filesystem != "ext" && filesystem != "lvm"; }

bool any_volume_recognised(const io::ByteSource& disk, const Mbr& mbr, std::uint32_t sector_size) {
  return std::ranges::any_of(mbr.entries, [&](const MbrEntry& e) {
    return e.used() && !e.extended() && !e.protective() && filesystem_of(disk, std::uint64_t{e.first_lba} * sector_size) != "unknown";
  });
}

bool is_protective(const Mbr& mbr) {
  return std::ranges::any_of(mbr.entries, [](const MbrEntry& e) { return e.used() && e.protective(); });
}

std::uint32_t other_size(std::uint32_t sector_size) { return sector_size == kSectorSizes[0] ? kSectorSizes[1] : kSectorSizes[0]; }

void use_sector_size(Table& table, std::uint32_t size) {
  if (size == table.sector_size) return;
  table.sector_size = size;
  table.notes.push_back(fmt::format("the table counts in sectors of {} bytes", size));
}

/// True when the disk has a GPT by the signature in sector 1 or in the last one; sets the sector size it was found with.
bool find_gpt(const io::ByteSource& disk, Table& table) {
  const std::array<std::uint32_t, 2> sizes = {table.sector_size, other_size(table.sector_size)};
  const auto found = [&](std::uint32_t size, std::uint64_t lba) {
    if (!has_gpt_signature(disk, lba, size)) return false;
    use_sector_size(table, size);
    return true;
  };
  return std::ranges::any_of(sizes, [&](std::uint32_t size) { return found(size, 1); }) ||
         std::ranges::any_of(sizes, [&](std::uint32_t size) { return disk.size() / size > 1 && found(size, disk.size() / size - 1); });
}

Table whole_disk(const io::ByteSource& disk, Table table) {
  Volume v;
  v.scheme = "none";
  v.size = disk.size();
  table.scheme = "none";
  table.volumes.push_back(std::move(v));
  return table;
}

/// Slots beside the protective one. What the GPT also knows is the usual hybrid; anything else would be overlooked if
/// it were not added.
void add_hybrid_slots(const io::ByteSource& disk, const Mbr& mbr, Table& table) {
  Table beside;
  beside.sector_size = table.sector_size;
  read_mbr(disk, mbr, beside);
  table.lost.insert(table.lost.end(), beside.lost.begin(), beside.lost.end());
  if (beside.volumes.empty()) return;
  table.notes.emplace_back("hybrid MBR: the GPT was used");
  std::uint32_t number = 0;
  for (const Volume& v : table.volumes) number = std::max(number, v.number);
  for (Volume& v : beside.volumes) {
    const bool known = std::ranges::any_of(table.volumes, [&](const Volume& g) { return g.offset == v.offset; });
    if (known) continue;
    v.number = ++number;
    table.notes.push_back(fmt::format("volume {} is in the MBR only", number));
    table.volumes.push_back(std::move(v));
  }
}

void finish(Table& table) {
  std::ranges::sort(table.volumes, {}, [](const Volume& v) { return std::pair(v.offset, v.number); });
  for (std::size_t i = 1; i < table.volumes.size(); ++i) {
    const Volume& a = table.volumes[i - 1];
    const Volume& b = table.volumes[i];
    if (b.offset - a.offset < a.size) table.notes.push_back(fmt::format("volumes {} and {} overlap", a.number, b.number));
  }
}

/// A raw image does not say how large its sectors were: when nothing is found at the starts with one size and something
/// with the other, it is the other.
void choose_mbr_sector_size(const io::ByteSource& disk, const Mbr& mbr, Table& table) {
  if (any_volume_recognised(disk, mbr, table.sector_size)) return;
  const std::uint32_t other = other_size(table.sector_size);
  if (any_volume_recognised(disk, mbr, other)) use_sector_size(table, other);
}

/// A partition table in sector 0 although a file system seems to start there: formatting a disk without partitions and
/// partitioning it later leaves the old boot code, with its name, in place.
bool table_overrules_boot_sector(const io::ByteSource& disk, const Mbr& mbr, std::uint32_t sector_size) {
  if (!plausible(mbr, disk.size(), sector_size)) return false;
  return any_volume_recognised(disk, mbr, sector_size) || (is_protective(mbr) && has_gpt_signature(disk, 1, sector_size));
}

/// An MBR without a protective slot, against what is left of a GPT: disks are partitioned anew without the old headers being
/// wiped. The MBR counts when its slots make sense, unless none of them leads anywhere.
bool prefer_mbr(const io::ByteSource& disk, const Mbr& mbr, const Table& table) {
  if (!plausible(mbr, disk.size(), table.sector_size)) return false;
  return !has_gpt_signature(disk, 1, table.sector_size) || any_volume_recognised(disk, mbr, table.sector_size);
}

Table read_as_mbr(const io::ByteSource& disk, const Mbr& mbr, Table table) {
  choose_mbr_sector_size(disk, mbr, table);
  table.scheme = "mbr";
  read_mbr(disk, mbr, table);
  return table;
}

Table read_as_gpt(const io::ByteSource& disk, const std::optional<Mbr>& mbr, Table table) {
  table.scheme = "gpt";
  read_gpt(disk, mbr ? &*mbr : nullptr, table);
  if (!mbr || !is_protective(*mbr))
    table.notes.emplace_back("GPT without a protective MBR");
  else
    add_hybrid_slots(disk, *mbr, table);
  return table;
}

Table read_partitioned(const io::ByteSource& disk, const std::optional<Mbr>& mbr, Table table) {
  const bool protective = mbr && is_protective(*mbr);
  if (mbr && !protective && prefer_mbr(disk, *mbr, table)) return read_as_mbr(disk, *mbr, std::move(table));
  if (find_gpt(disk, table) || protective) return read_as_gpt(disk, mbr, std::move(table));
  return whole_disk(disk, std::move(table));
}

}  // namespace

Result<Table> read_table(const io::ByteSource& disk, std::uint32_t sector_size) {
  if (disk.size() == 0) return Error{ErrorCode::truncated, "volume.disk", "a disk", "0 bytes", 0};
  Table table;
  table.sector_size = sector_size == kSectorSizes[1] ? kSectorSizes[1] : kSectorSizes[0];
  if (disk.size() < kSectorSizes[0]) return whole_disk(disk, std::move(table));
  TQ_TRY(const auto first, read_exactly(disk, 0, kSectorSizes[0], "volume.first_sector"));
  const auto mbr = parse_mbr(bytes_of(first));
  if (owns_first_sector(filesystem_of(disk)) && !(mbr && table_overrules_boot_sector(disk, *mbr, table.sector_size)))
    return whole_disk(disk, std::move(table));
  table = read_partitioned(disk, mbr, std::move(table));
  finish(table);
  return table;
}

}  // namespace tq::volume
