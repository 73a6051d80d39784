// Which volumes lie on a disk: MBR, GPT, or the whole disk as one volume. docs/formats/volumes.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "io/byte_source.hpp"

namespace tq::volume {

/// A part of a disk that may hold a file system.
struct Volume {
  /// MBR: 1-4 by slot, logical ones from 5 in the order of their chain. GPT: index of the entry + 1. 0: the whole disk.
  std::uint32_t number = 0;
  std::string scheme;                  ///< "mbr", "gpt" or "none"
  std::string type;                    ///< MBR: "0x07"; GPT: the type GUID in capitals; none: empty
  std::string name;                    ///< GPT: the partition's name as it is stored (escape before printing); else empty
  std::string id;                      ///< GPT: the partition GUID in capitals; MBR: disk signature and number, "1A2B3C4D-01"; none: empty
  std::uint64_t offset = 0, size = 0;  ///< bytes from the start of the disk; always inside the disk, size is never 0
  std::string role;                    ///< what the type stands for: "basic", "efi", "recovery", ...; empty when not known
};

/// The volumes of a disk. Damage takes volumes away and is named.
struct Table {
  std::string scheme;               ///< "mbr", "gpt" or "none"
  std::uint32_t sector_size = 512;  ///< the one the table was read with, bytes
  std::vector<Volume> volumes;      ///< in the order of their offsets
  std::vector<Error> lost;          ///< what was damaged; the rest was read
  std::vector<std::string> notes;   ///< "hybrid MBR", "primary header damaged, backup used"; safe to print
};

/// Reads the partition table of a disk. `sector_size`: the disk's logical sector, 512 or 4096; a table that only makes sense
/// with the other one is read with that, and a note says so (a raw image does not tell). A disk that begins with a file
/// system, or has no table, is one volume of scheme "none".
/// Errors: the disk has no bytes, or its first sector cannot be read. Everything else is in `lost`.
Result<Table> read_table(const io::ByteSource& disk, std::uint32_t sector_size);

/// What a volume holds, by its signature alone: "ntfs", "bitlocker", "refs", "fat12", "fat16", "fat32", "exfat", "ext",
/// "lvm", or "unknown" (also when it cannot be read). `volume_at`: where the volume starts in `source`, bytes.
std::string_view filesystem_of(const io::ByteSource& source, std::uint64_t volume_at = 0);
/// The same of a volume whose end is known too: "ntfs" also where the boot sector is ruined and its copy in the last sector
/// is not. What lies there may be left of an older NTFS: opening it tells.
std::string_view filesystem_of(const io::ByteSource& disk, const Volume& volume);

}  // namespace tq::volume
