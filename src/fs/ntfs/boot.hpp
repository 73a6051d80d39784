// The boot sector of an NTFS volume: sizes, and where the master file table begins.
#pragma once

#include <cstdint>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::fs::ntfs {

struct Geometry {
  std::uint32_t sector_size = 0;       ///< bytes
  std::uint32_t cluster_size = 0;      ///< bytes
  std::uint32_t record_size = 0;       ///< bytes of one MFT record
  std::uint32_t index_block_size = 0;  ///< bytes; folders name their own, this is for when they cannot
  std::uint64_t size = 0;              ///< bytes of the volume, without the backup boot sector behind it
  std::uint64_t clusters = 0;
  std::uint64_t mft_cluster = 0, mirror_cluster = 0;
  std::uint64_t serial = 0;
};

/// `sector`: at least the first 512 bytes. Errors: unsupported (not NTFS), corrupt (a field that cannot be, named).
Result<Geometry> parse_boot(Bytes sector);

}  // namespace tq::fs::ntfs
