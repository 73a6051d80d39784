// VHD on disk. All numbers are big-endian. Source: Microsoft, Virtual Hard Disk Image Format Specification 1.0 (2006).
#pragma once

#include <cstdint>

#include "core/big_endian.hpp"

namespace tq::image::vhd_format {

constexpr std::uint64_t kSector = 512;
constexpr std::uint32_t kUnusedBlock = 0xFFFFFFFF;
constexpr std::uint32_t kVersionMajor = 1;

enum class DiskType : std::uint32_t { fixed = 2, dynamic = 3, differencing = 4 };

/// At the end of the file; dynamic and differencing disks keep a copy at its start.
struct Footer {
  std::array<char, 8> cookie;  ///< "conectix"
  be32 features, version;
  be64 data_offset;  ///< of the dynamic header
  be32 time_stamp;
  std::array<char, 4> creator;
  be32 creator_version, creator_host;
  be64 original_bytes, disk_bytes;
  be32 geometry, disk_type, checksum;
  std::array<std::byte, 16> id;
  std::uint8_t saved_state;
  std::array<std::byte, 427> reserved;
};
static_assert(OnDisk<Footer> && sizeof(Footer) == 512);

struct Locator {
  std::array<char, 4> platform;  ///< "W2ru": relative path, "W2ku": absolute path, both UTF-16LE
  be32 space, length, reserved;
  be64 offset;
};
static_assert(OnDisk<Locator> && sizeof(Locator) == 24);

struct DynamicHeader {
  std::array<char, 8> cookie;  ///< "cxsparse"
  be64 data_offset, table_offset;
  be32 version, table_entries, block_bytes, checksum;
  std::array<std::byte, 16> parent_id;
  be32 parent_time_stamp, reserved;
  std::array<std::byte, 512> parent_name;  ///< UTF-16BE
  std::array<Locator, 8> locators;
  std::array<std::byte, 256> reserved2;
};
static_assert(OnDisk<DynamicHeader> && sizeof(DynamicHeader) == 1024);

}  // namespace tq::image::vhd_format
