// What the region table and the metadata of a VHDX say of its disk, checked.
#pragma once

#include <string>
#include <vector>

#include "image/vhdx/layout.hpp"
#include "io/byte_source.hpp"

namespace tq::image::vhdx_format {

struct Region {
  std::uint64_t offset = 0, size = 0;
};

struct Parameters {
  Region table, metadata;  ///< the allocation table; the metadata itself
  std::uint64_t disk_bytes = 0;
  std::uint32_t block_bytes = 0, sector_bytes = 0;
  bool fixed = false, has_parent = false;
  std::vector<std::string> parent_ids;    ///< GUIDs as guid_text() writes them: parent_linkage, parent_linkage2
  std::vector<std::string> parent_names;  ///< paths, the relative one first
};

/// `file`: after the log was replayed. Errors name the field; unsupported for a required region or item that is not known.
Result<Parameters> read_parameters(const io::ByteSource& file, std::vector<std::string>& notes);

}  // namespace tq::image::vhdx_format
