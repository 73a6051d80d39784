// What the footer and the dynamic header of a VHD say, checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/vhd/layout.hpp"
#include "io/byte_source.hpp"

namespace tq::image::vhd_format {

struct Header {
  DiskType type = DiskType::fixed;
  std::uint64_t disk_bytes = 0;
  std::string id;  ///< "01234567-..."
  // Dynamic and differencing disks only:
  std::uint64_t header_offset = 0, table_offset = 0;
  std::uint32_t table_entries = 0, block_bytes = 0;
  std::string parent_id;
  std::vector<std::string> parent_names;  ///< as written down: names and paths, the relative ones first
  std::vector<std::string> notes;         ///< damage that was got around
};

/// True when the file ends with a footer that is whole, or starts with the copy of one.
bool has_signature(const io::ByteSource& file);
/// Errors: truncated, corrupt and unsupported name the field.
Result<Header> read_header(const io::ByteSource& file);
/// The unique id of the image; nullopt when the file is no VHD.
std::optional<std::string> id_of(const io::ByteSource& file);

}  // namespace tq::image::vhd_format
