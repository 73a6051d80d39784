// CRC-32C (Castagnoli), the checksum of VHDX.
#pragma once

#include <cstdint>

#include "core/bytes.hpp"

namespace tq::image {
/// `before`: the checksum of the bytes that come before; 0 at the start.
std::uint32_t crc32c(Bytes b, std::uint32_t before = 0);
}  // namespace tq::image
