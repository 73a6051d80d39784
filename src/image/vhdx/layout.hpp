// VHDX on disk, little-endian. Source: Microsoft, [MS-VHDX] Virtual Hard Disk v2 (VHDX) File Format.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/bytes.hpp"

namespace tq::image::vhdx_format {

using Guid = std::array<std::byte, 16>;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kHeaderOffsets[] = {64U << 10, 128U << 10};
constexpr std::uint64_t kRegionTableOffsets[] = {192U << 10, 256U << 10};
constexpr std::uint64_t kHeaderBytes = 4096, kTableBytes = 64U << 10;
constexpr std::uint64_t kHeaderAreaBytes = kMiB;  ///< nothing of the disk lies in the first MiB
constexpr std::uint64_t kLogSector = 4096;
constexpr std::uint64_t kChecksumAt = 4;  ///< in headers, region tables and log entries

struct Header {
  std::array<char, 4> signature;  ///< "head"
  le32 checksum;
  le64 sequence;
  Guid file_write_guid, data_write_guid, log_guid;
  le16 log_version, version;
  le32 log_bytes;
  le64 log_offset;
};
static_assert(OnDisk<Header> && sizeof(Header) == 80);

struct RegionTable {
  std::array<char, 4> signature;  ///< "regi"
  le32 checksum, entries, reserved;
};
static_assert(OnDisk<RegionTable> && sizeof(RegionTable) == 16);

struct RegionEntry {
  Guid id;
  le64 offset;
  le32 size, required;
};
static_assert(OnDisk<RegionEntry> && sizeof(RegionEntry) == 32);

struct MetadataTable {
  std::array<char, 8> signature;  ///< "metadata"
  le16 reserved, entries;
  std::array<std::byte, 20> reserved2;
};
static_assert(OnDisk<MetadataTable> && sizeof(MetadataTable) == 32);

struct MetadataEntry {
  Guid id;
  le32 offset, size, flags, reserved;
};
static_assert(OnDisk<MetadataEntry> && sizeof(MetadataEntry) == 32);
constexpr std::uint32_t kMetadataRequired = 4;
constexpr std::uint16_t kMaxEntries = 2047;  ///< of a region table and of a metadata table

struct LocatorHeader {
  Guid type;
  le16 reserved, entries;
};
static_assert(OnDisk<LocatorHeader> && sizeof(LocatorHeader) == 20);

struct LocatorEntry {
  le32 key_offset, value_offset;
  le16 key_bytes, value_bytes;
};
static_assert(OnDisk<LocatorEntry> && sizeof(LocatorEntry) == 12);

struct LogEntry {
  std::array<char, 4> signature;  ///< "loge"
  le32 checksum, size, tail;
  le64 sequence;
  le32 descriptors, reserved;
  Guid log_guid;
  le64 flushed_bytes, last_bytes;  ///< sizes of the file before and after
};
static_assert(OnDisk<LogEntry> && sizeof(LogEntry) == 64);

struct LogDescriptor {
  std::array<char, 4> signature;  ///< "desc": a sector of data; "zero": a stretch of zeros
  le32 trailing;                  ///< desc: the last four bytes of the sector
  le64 leading;                   ///< desc: its first eight bytes; zero: the length
  le64 offset, sequence;
};
static_assert(OnDisk<LogDescriptor> && sizeof(LogDescriptor) == 32);

struct LogDataEnds {
  std::array<char, 4> signature;  ///< "data"
  le32 sequence_high;
};
static_assert(OnDisk<LogDataEnds> && sizeof(LogDataEnds) == 8);

/// States of a payload block in the low three bits of an entry of the allocation table.
enum class BlockState : std::uint8_t { not_present = 0, undefined = 1, zero = 2, unmapped = 3, fully_present = 6, partially_present = 7 };
constexpr std::uint64_t kBitmapPresent = 6;
constexpr std::uint64_t kSectorsPerChunk = std::uint64_t{1} << 23;  ///< what one sector bitmap block of 1 MiB covers

/// A GUID as it is written down, first three parts little-endian on disk.
constexpr Guid guid(std::uint32_t a, std::uint16_t b, std::uint16_t c, std::array<std::uint8_t, 8> d) {
  Guid g{};
  for (unsigned i = 0; i < 4; ++i) g[i] = static_cast<std::byte>(a >> (8 * i));
  for (unsigned i = 0; i < 2; ++i) g[4 + i] = static_cast<std::byte>(b >> (8 * i));
  for (unsigned i = 0; i < 2; ++i) g[6 + i] = static_cast<std::byte>(c >> (8 * i));
  for (unsigned i = 0; i < 8; ++i) g[8 + i] = static_cast<std::byte>(d[i]);
  return g;
}

constexpr Guid kTableRegion = guid(0x2DC27766, 0xF623, 0x4200, {0x9D, 0x64, 0x11, 0x5E, 0x9B, 0xFD, 0x4A, 0x08});
constexpr Guid kMetadataRegion = guid(0x8B7CA206, 0x4790, 0x4B9A, {0xB8, 0xFE, 0x57, 0x5F, 0x05, 0x0F, 0x88, 0x6E});
constexpr Guid kFileParameters = guid(0xCAA16737, 0xFA36, 0x4D43, {0xB3, 0xB6, 0x33, 0xF0, 0xAA, 0x44, 0xE7, 0x6B});
constexpr Guid kVirtualDiskSize = guid(0x2FA54224, 0xCD1B, 0x4876, {0xB2, 0x11, 0x5D, 0xBE, 0xD8, 0x3B, 0xF4, 0xB8});
constexpr Guid kVirtualDiskId = guid(0xBECA12AB, 0xB2E6, 0x4523, {0x93, 0xEF, 0xC3, 0x09, 0xE0, 0x00, 0xC7, 0x46});
constexpr Guid kLogicalSector = guid(0x8141BF1D, 0xA96F, 0x4709, {0xBA, 0x47, 0xF2, 0x33, 0xA8, 0xFA, 0xAB, 0x5F});
constexpr Guid kPhysicalSector = guid(0xCDA348C7, 0x445D, 0x4471, {0x9C, 0xC9, 0xE9, 0x88, 0x52, 0x51, 0xC5, 0x56});
constexpr Guid kParentLocator = guid(0xA8D35F2D, 0xB30B, 0x454D, {0xAB, 0xF7, 0xD3, 0xD8, 0x48, 0x34, 0xAB, 0x0C});
constexpr Guid kVhdxLocator = guid(0xB04AEFB7, 0xD19E, 0x4A81, {0xB7, 0x89, 0x25, 0xB8, 0xE9, 0x44, 0x59, 0x13});

}  // namespace tq::image::vhdx_format
