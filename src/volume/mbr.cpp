#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "volume/support/table.hpp"

namespace tq::volume {
namespace {

constexpr std::uint64_t kTableAt = 446;
constexpr std::uint32_t kMaxLogical = 256;  // Windows stops at its drive letters, others far below this
constexpr std::uint32_t kFirstLogical = 5;

Volume volume_of(const MbrEntry& e, std::uint32_t number, std::uint32_t signature) {
  Volume v;
  v.number = number;
  v.scheme = "mbr";
  v.type = fmt::format("0x{:02X}", e.type);
  v.id = fmt::format("{:08X}-{:02d}", signature, number);
  v.role = mbr_role(e.type);
  return v;
}

/// One chain of tables inside an extended partition. Its links count from the start of the extended partition, its
/// volumes from the table that names them.
struct Chain {
  const io::ByteSource& disk;
  const Mbr& mbr;
  Table& table;
  std::uint32_t next_number;

  /// Adds the table's volumes; the link to the next table, 0 when it is the last.
  std::uint64_t add_tables_volumes(const Mbr& ebr, std::uint64_t table_lba, std::uint64_t extended_lba) {
    std::uint64_t link = 0;
    for (std::size_t i = 0; i < ebr.entries.size(); ++i) {
      const MbrEntry& e = ebr.entries[i];
      if (!e.used()) continue;
      if (e.extended()) {
        if (link == 0) link = extended_lba + e.first_lba;
        continue;
      }
      const std::uint32_t number = next_number++;
      add_volume(disk, table, volume_of(e, number, mbr.disk_signature), {table_lba + e.first_lba, e.sectors},
                 fmt::format("volume.mbr.logical {}", number), table_lba * table.sector_size + kTableAt + i * sizeof(MbrEntry));
    }
    return link;
  }

  void walk(std::uint64_t extended_lba) {
    std::set<std::uint64_t> visited;
    for (std::uint64_t lba = extended_lba; lba != 0;) {
      const std::uint64_t at = lba * table.sector_size;  // lba < 2^33, so this cannot overflow
      if (!visited.insert(lba).second || visited.size() > kMaxLogical) {
        table.lost.push_back({ErrorCode::limit, "volume.mbr.extended", fmt::format("a chain of at most {} tables that ends", kMaxLogical),
                              visited.size() > kMaxLogical ? "more" : "a loop", at});
        return;
      }
      const auto sector = read_exactly(disk, at, 512, "volume.mbr.extended");
      if (!sector) return table.lost.push_back(sector.error());
      const auto ebr = parse_mbr(bytes_of(*sector));
      if (!ebr) {
        table.lost.push_back({ErrorCode::corrupt, "volume.mbr.extended.signature", "55 aa", "something else", at + 510});
        return;
      }
      lba = add_tables_volumes(*ebr, lba, extended_lba);
    }
  }
};

}  // namespace

std::optional<Mbr> parse_mbr(Bytes first_sector) {
  const auto end = first_sector.try_get<le16>(510);
  if (!end || *end != 0xAA55) return std::nullopt;
  Mbr m;
  m.disk_signature = *first_sector.try_get<le32>(440);
  for (std::size_t i = 0; i < m.entries.size(); ++i) m.entries[i] = *first_sector.try_get<MbrEntry>(kTableAt + i * sizeof(MbrEntry));
  return m;
}

bool plausible(const Mbr& mbr, std::uint64_t disk_size, std::uint32_t sector_size) {
  const auto valid = [](const MbrEntry& e) { return e.status == 0x00 || e.status == 0x80; };
  const auto inside = [&](const MbrEntry& e) {
    return e.used() && e.first_lba != 0 && std::uint64_t{e.first_lba} * sector_size < disk_size;
  };
  return std::ranges::all_of(mbr.entries, valid) && std::ranges::any_of(mbr.entries, inside);
}

void read_mbr(const io::ByteSource& disk, const Mbr& mbr, Table& table) {
  Chain chain{disk, mbr, table, kFirstLogical};
  for (std::size_t i = 0; i < mbr.entries.size(); ++i) {
    const MbrEntry& e = mbr.entries[i];
    if (!e.used() || e.protective()) continue;
    const auto number = static_cast<std::uint32_t>(i + 1);
    if (e.extended())
      chain.walk(e.first_lba);
    else
      add_volume(disk, table, volume_of(e, number, mbr.disk_signature), {e.first_lba, e.sectors},
                 fmt::format("volume.mbr.entry {}", number), kTableAt + i * sizeof(MbrEntry));
  }
}

}  // namespace tq::volume
