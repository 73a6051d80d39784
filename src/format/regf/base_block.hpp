// The first sector of a hive or of its log: who wrote it, how often, and whether the write was finished.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/bytes.hpp"

namespace tq::format::regf {

static_assert(std::endian::native == std::endian::little, "the hot path reads little-endian fields by memcpy");

inline constexpr std::uint64_t kBaseBlockBytes = 4096;  ///< in a primary file; a log keeps only the first sector
inline constexpr std::uint64_t kSectorBytes = 512;
inline constexpr std::uint64_t kBinAlign = 4096;
inline constexpr std::uint64_t kBinHeaderBytes = 32;
inline constexpr std::uint32_t kNil = 0xFFFFFFFF;  ///< "no cell"

enum class FileType : std::uint32_t { primary = 0, dirt_log = 1, hvle_log = 6 };

/// Layout of the first 512 bytes. Source: M. Suhanov, "Windows registry file format specification".
struct BaseBlock {
  std::array<char, 4> signature;  ///< "regf"
  le32 seq1;                      ///< raised when a write begins
  le32 seq2;                      ///< raised when a write ends: unequal = the write was cut off
  le64 last_written;
  le32 major_version;
  le32 minor_version;
  le32 type;
  le32 format;
  le32 root;        ///< cell offset, relative to the first bin
  le32 bins_bytes;  ///< size of all bins
  le32 cluster;
  std::array<std::byte, 64> file_name;  ///< UTF-16LE tail of the path, for debugging
  std::array<std::byte, 396> reserved;
  le32 checksum;
};
static_assert(OnDisk<BaseBlock> && sizeof(BaseBlock) == kSectorBytes);

/// XOR of the first 127 words; Windows never stores 0 or 0xFFFFFFFF.
std::uint32_t base_block_checksum(Bytes sector);
/// True when `file` starts with "regf" and the checksum holds.
bool base_block_valid(Bytes file);
/// True when the last write to this primary was not finished (or its header cannot be trusted).
bool base_block_dirty(Bytes file);

/// What a replay leaves in the header: both sequence numbers equal, type primary, checksum right.
/// `header` is the log's copy of the base block. Shape: primary.size() >= 512, else nothing happens.
void write_base_block(std::vector<std::byte>& primary, BaseBlock header, std::uint32_t sequence, std::uint32_t bins_bytes);

}  // namespace tq::format::regf
