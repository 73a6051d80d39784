// VHDX images of all kinds, real bytes, from the bytes of a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/image_files.hpp"

namespace tq::test {

struct VhdxOptions {
  std::string name = "disk.vhdx";
  std::uint8_t id = 1;                   ///< every byte of the data write GUID, by which children know this image
  std::uint32_t block_bytes = 1U << 20;  ///< a power of two from 1 MiB to 256 MiB
  std::uint32_t sector_bytes = 512;      ///< logical: 512 or 4096
  bool fixed = false;                    ///< every block is there, zeros too
  /// The allocation table and the first sector of the first block are right only after the log's entries are played: the file
  /// itself holds an older state of them.
  bool dirty_log = false;
  std::string parent_path = {};  ///< differencing: relative_path, ".\\base.vhdx"; empty: the parent's name
};

/// Dynamic unless `o.fixed`; blocks of zeros are left out. Disks are whole logical sectors.
ImageFiles write_vhdx(const std::vector<std::byte>& disk, const VhdxOptions& o = {});
/// Holds only the sectors in which `disk` differs from `parent_disk`, with sector bitmaps. The files of the parent are
/// included. `parent_id`: of the parent's VhdxOptions.
ImageFiles write_vhdx_differencing(const std::vector<std::byte>& disk, const std::vector<std::byte>& parent_disk, const ImageFiles& parent,
                                   std::uint8_t parent_id, const VhdxOptions& o);

/// Recomputes the checksum (at byte 4) of a header (4096 bytes), a region table (65536) or a log entry at `offset`.
void fix_vhdx_checksum(std::vector<std::byte>& file, std::size_t offset, std::size_t size);

}  // namespace tq::test
