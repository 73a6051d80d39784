// What one volume may ask for. Windows' own limits are lower or equal, unless a comment says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/limits.hpp"

namespace tq::fs::ntfs {

inline constexpr std::uint32_t kMinSector = 256, kMaxSector = 4096;
inline constexpr std::uint32_t kMaxCluster = 2U << 20;  ///< bytes; since Windows 10 1709, 64 KiB before
inline constexpr std::uint32_t kMinRecord = 512, kMaxRecord = 65536;
inline constexpr std::uint32_t kMinIndexBlock = 512, kMaxIndexBlock = 65536;
/// Runs of one attribute. A 1 GiB file with every 4 KiB cluster apart from the next stays inside.
inline constexpr std::size_t kMaxExtents = 262144;
inline constexpr std::uint64_t kMaxAttributeList = 1U << 20;    ///< bytes; 256 KiB in Windows
inline constexpr std::uint64_t kMaxCompressionUnit = 1U << 20;  ///< bytes; 64 KiB in Windows
inline constexpr std::uint64_t kMaxReparsePoint = 65536;        ///< bytes; 16 KiB in Windows
inline constexpr int kMaxIndexDepth = 24;                       ///< levels of one folder's tree; real ones have up to 4
inline constexpr std::size_t kMaxWalkDepth = 512;               ///< folders in folders
inline constexpr std::uint64_t kMaxMftBitmap = 16U << 20;       ///< bytes: 134 million records

/// How much of one volume is looked at. A volume that reaches these has gigabytes: tests give smaller ones.
struct Bounds {
  std::size_t index_blocks = 1U << 18;  ///< visited in one walk over a folder
  std::size_t folder_names = limits::kDirEntries;
  std::size_t walk_names = limits::kDirEntries;
  std::size_t parent_links = 2U << 20;  ///< names remembered when folders are put together from the MFT: 8 bytes each
};

}  // namespace tq::fs::ntfs
