// EWF (Expert Witness, E01) on disk, little-endian. Sources: ASR Data, Expert Witness Compression Format Specification
// (2002); J. Metz, EWF specification (libewf documentation).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/bytes.hpp"

namespace tq::image::ewf_format {

using Guid = std::array<std::byte, 16>;

struct FileHeader {
  std::array<char, 8> signature;  ///< "EVF\t\r\n\xff\0"
  std::uint8_t fields_start;
  le16 segment;  ///< from 1 on
  le16 fields_end;
};
static_assert(OnDisk<FileHeader> && sizeof(FileHeader) == 13);

struct SectionHeader {
  std::array<char, 16> type;
  le64 next;  ///< offset of the next section; of itself for the last of a segment
  le64 size;  ///< this header included; 0 in the last section of some writers
  std::array<std::byte, 40> padding;
  le32 checksum;
};
static_assert(OnDisk<SectionHeader> && sizeof(SectionHeader) == 76);

/// The first fields of "volume", "disk" and "data", in the long form of EnCase and the short one of SMART.
struct Volume {
  le32 media_type;  ///< and three bytes of padding
  le32 chunks, chunk_sectors, sector_bytes;
  le64 sectors;  ///< 32 bits in the short form
};
static_assert(OnDisk<Volume> && sizeof(Volume) == 24);
constexpr std::uint64_t kVolumeBytes = 1052, kSmartVolumeBytes = 94;
constexpr std::uint64_t kSetIdAt = 64;

struct TableHeader {
  le32 entries, padding;
  le64 base;  ///< added to every entry's offset
  le32 padding2, checksum;
};
static_assert(OnDisk<TableHeader> && sizeof(TableHeader) == 24);
constexpr std::uint32_t kCompressed = 0x80000000;

}  // namespace tq::image::ewf_format
