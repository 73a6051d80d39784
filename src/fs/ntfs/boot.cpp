#include "fs/ntfs/boot.hpp"

#include <fmt/format.h>

#include <bit>

#include "core/text.hpp"
#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

/// Only the fields that lead to $MFT. What DOS keeps between them (geometry of heads, media) is not looked at: tools write
/// anything there.
struct BootSector {
  std::array<std::uint8_t, 3> jump;
  std::array<char, 8> oem;
  le16 bytes_per_sector;
  std::uint8_t sectors_per_cluster;
  std::array<std::uint8_t, 26> unused;
  le64 sectors;
  le64 mft_cluster;
  le64 mirror_cluster;
  std::int8_t clusters_per_record;
  std::array<std::uint8_t, 3> pad1;
  std::int8_t clusters_per_index_block;
  std::array<std::uint8_t, 3> pad2;
  le64 serial;
};
static_assert(OnDisk<BootSector> && sizeof(BootSector) == 0x50);

Error wrong(ErrorCode code, const char* field, Bytes at, std::uint64_t offset, std::string wanted, std::string found) {
  return Error{code, std::string("ntfs.boot.") + field, std::move(wanted), std::move(found), at.base() + offset};
}

bool power_between(std::uint64_t v, std::uint64_t least, std::uint64_t most) { return std::has_single_bit(v) && v >= least && v <= most; }

/// Positive: a number of clusters. Negative: a power of two in bytes, for structures smaller than a cluster.
std::uint64_t coded_size(std::int8_t v, std::uint32_t cluster) {
  if (v >= 0) return static_cast<std::uint64_t>(v) * cluster;
  return v >= -31 ? std::uint64_t{1} << -v : 0;
}

/// Up to 128 as it is; from 0xF4 on, two to the power of what is missing to 256.
std::uint64_t sectors_per_cluster(std::uint8_t v) {
  if (v <= 0x80) return v;
  return v >= 0xE1 ? std::uint64_t{1} << (256 - v) : 0;
}

}  // namespace

Result<Geometry> parse_boot(Bytes sector) {
  TQ_TRY(const auto boot, sector.get<BootSector>(0, "ntfs.boot"));
  const std::string_view oem(boot.oem.data(), boot.oem.size());
  if (oem != "NTFS    ") return wrong(ErrorCode::unsupported, "oem", sector, 3, "NTFS", "\"" + printable(oem, true) + "\"");
  Geometry g;
  g.sector_size = boot.bytes_per_sector;
  if (!power_between(g.sector_size, kMinSector, kMaxSector))
    return wrong(ErrorCode::corrupt, "bytes_per_sector", sector, 11, "a power of two from 256 to 4096", fmt::format("{}", g.sector_size));
  const std::uint64_t cluster = sectors_per_cluster(boot.sectors_per_cluster) * g.sector_size;
  if (!power_between(cluster, g.sector_size, kMaxCluster))
    return wrong(ErrorCode::corrupt, "sectors_per_cluster", sector, 13, "a cluster of up to 2 MiB",
                 fmt::format("{:#x}", boot.sectors_per_cluster));
  g.cluster_size = static_cast<std::uint32_t>(cluster);
  const std::uint64_t record = coded_size(boot.clusters_per_record, g.cluster_size);
  if (!power_between(record, kMinRecord, kMaxRecord))
    return wrong(ErrorCode::corrupt, "clusters_per_record", sector, 64, "a record of 512 to 65536 bytes", fmt::format("{}", record));
  g.record_size = static_cast<std::uint32_t>(record);
  const std::uint64_t block = coded_size(boot.clusters_per_index_block, g.cluster_size);
  // Only a hint: each folder states the size of its own blocks.
  g.index_block_size = power_between(block, kMinIndexBlock, kMaxIndexBlock) ? static_cast<std::uint32_t>(block) : 4096;
  if (boot.sectors == 0 || __builtin_mul_overflow(std::uint64_t{boot.sectors}, std::uint64_t{g.sector_size}, &g.size) || g.size >> 62 != 0)
    return wrong(ErrorCode::corrupt, "sectors", sector, 40, "1 to 2^62 bytes", fmt::format("{} sectors", std::uint64_t{boot.sectors}));
  // The last clusters may be cut off by the size of a sector; no run may reach into what is left of them.
  g.clusters = g.size / g.cluster_size;
  g.mft_cluster = boot.mft_cluster;
  g.mirror_cluster = boot.mirror_cluster;
  g.serial = boot.serial;
  // One of the two may be damaged: the other is tried in its place.
  if (g.mft_cluster >= g.clusters && g.mirror_cluster >= g.clusters)
    return wrong(ErrorCode::corrupt, "mft_cluster", sector, 48, fmt::format("below {}", g.clusters), fmt::format("{}", g.mft_cluster));
  return g;
}

}  // namespace tq::fs::ntfs
