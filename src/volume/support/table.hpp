// What the readers of partition tables share: placing partitions on the disk, and naming their types.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "volume/volume.hpp"

namespace tq::volume {

/// One slot of an MBR or of a table of the extended chain.
struct MbrEntry {
  std::uint8_t status;
  std::array<std::uint8_t, 3> first_chs;
  std::uint8_t type;
  std::array<std::uint8_t, 3> last_chs;
  le32 first_lba, sectors;

  [[nodiscard]] bool used() const { return type != 0 && sectors != 0; }
  [[nodiscard]] bool extended() const { return type == 0x05 || type == 0x0F || type == 0x85; }
  [[nodiscard]] bool protective() const { return type == 0xEE; }
};
static_assert(OnDisk<MbrEntry> && sizeof(MbrEntry) == 16);

struct Mbr {
  std::uint32_t disk_signature = 0;
  std::array<MbrEntry, 4> entries{};
};

/// nullopt without the 55 AA at the end of the first 512 bytes.
std::optional<Mbr> parse_mbr(Bytes first_sector);
/// True when every status is 0x00 or 0x80 and at least one used slot starts inside the disk: boot code in the place of
/// a table hardly ever looks so, the table of a disk that was cut does.
bool plausible(const Mbr& mbr, std::uint64_t disk_size, std::uint32_t sector_size);

/// Adds the volumes of the MBR's own slots and of the extended chains. Protective slots are passed over.
void read_mbr(const io::ByteSource& disk, const Mbr& mbr, Table& table);

/// Adds the volumes of a GPT. `mbr` (may be null) tells where its end was when the disk was partitioned.
/// What is damaged, or not there, is named in table.lost.
void read_gpt(const io::ByteSource& disk, const Mbr* mbr, Table& table);
/// True when sector `lba` carries the signature of a GPT header.
bool has_gpt_signature(const io::ByteSource& disk, std::uint64_t lba, std::uint32_t sector_size);

/// Where a partition lies. `first` and `count` in sectors of the table's size, any values.
struct Extent {
  std::uint64_t first = 0, count = 0;
};
/// Puts `v` into the table at that place, cut to the disk. A volume that lies behind the end is lost; a cut one is kept and named.
/// `place` and `entry_at` (bytes) name the entry it came from.
void add_volume(const io::ByteSource& disk, Table& table, Volume v, Extent where, const std::string& place, std::uint64_t entry_at);

/// What a partition type stands for, "" when not known.
std::string_view mbr_role(std::uint8_t type);
/// "efi", "basic", "recovery" ...; empty for a type that is not known.
std::string_view gpt_role(std::string_view type_guid);

/// Exactly `size` bytes of a source; an Error naming `what` when they are not there.
Result<std::vector<std::byte>> read_exactly(const io::ByteSource& source, std::uint64_t at, std::uint64_t size, const char* what);

}  // namespace tq::volume
