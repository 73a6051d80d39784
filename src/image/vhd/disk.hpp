// The disk in a dynamic or differencing VHD.
#pragma once

#include <memory>

#include "image/vhd/header.hpp"

namespace tq::image::vhd_format {

/// Reads through the allocation table and the sector bitmaps, both a page at a time. `parent` is null for a dynamic disk.
/// A block that cannot be right (outside the file, over the table) is an error of the read that touches it only.
std::unique_ptr<io::ByteSource> open_disk(std::shared_ptr<const io::ByteSource> file, const Header& header,
                                          std::shared_ptr<const io::ByteSource> parent);

}  // namespace tq::image::vhd_format
