// The checksum that headers, region tables and log entries of a VHDX share.
#pragma once

#include "core/bytes.hpp"

namespace tq::image::vhdx_format {
/// CRC-32C of the block with its bytes 4 to 7 taken as zeros. The block has at least eight bytes.
std::uint32_t checksum_of(Bytes block);
}  // namespace tq::image::vhdx_format
