// The parent locator of a differencing VHDX: keys and values in UTF-16.
#pragma once

#include "image/vhdx/metadata.hpp"

namespace tq::image::vhdx_format {
/// Fills the parent's ids and names in. Errors: unsupported for a locator of another kind, corrupt without parent_linkage.
Status read_locator(Bytes item, Parameters& out);
}  // namespace tq::image::vhdx_format
