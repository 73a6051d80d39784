// The disk in a VHDX.
#pragma once

#include <memory>

#include "image/vhdx/metadata.hpp"

namespace tq::image::vhdx_format {

/// Reads through the allocation table and the sector bitmaps, both a page at a time. `parent` is null unless it is a
/// differencing disk. A block that cannot be right is an error of the read that touches it only.
std::unique_ptr<io::ByteSource> open_disk(std::shared_ptr<const io::ByteSource> file, const Parameters& parameters,
                                          std::shared_ptr<const io::ByteSource> parent);

}  // namespace tq::image::vhdx_format
