// VHD images of all three kinds, real bytes, from the bytes of a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/image_files.hpp"

namespace tq::test {

struct VhdOptions {
  std::string name = "disk.vhd";
  std::uint8_t id = 1;                   ///< every byte of the unique id
  std::uint32_t block_bytes = 2U << 20;  ///< a power of two
  bool bitmaps_all_ones = true;          ///< dynamic: mark every sector of a block; else only those that are not zeros
  std::string parent_path = {};          ///< differencing: in the locators, "..\\base.vhd"; empty: the parent's name
};

/// Disks are whole sectors of 512 bytes.
ImageFiles write_vhd_fixed(const std::vector<std::byte>& disk, const VhdOptions& o = {});
/// Blocks of zeros are left out.
ImageFiles write_vhd_dynamic(const std::vector<std::byte>& disk, const VhdOptions& o = {});
/// Holds only the sectors in which `disk` differs from `parent_disk`. The files of the parent are included. `parent_id`: of
/// the parent's VhdOptions.
ImageFiles write_vhd_differencing(const std::vector<std::byte>& disk, const std::vector<std::byte>& parent_disk, const ImageFiles& parent,
                                  std::uint8_t parent_id, const VhdOptions& o);

/// Recomputes the checksum of the footer (or of its copy) at `offset`, after a test has changed it.
void fix_vhd_footer(std::vector<std::byte>& file, std::size_t offset);
/// The same for the header of a dynamic disk.
void fix_vhd_header(std::vector<std::byte>& file, std::size_t offset = 512);

}  // namespace tq::test
