// Sector bitmaps of differencing disks: runs of equal bits, so that neighbouring sectors are read at once.
#pragma once

#include <cstddef>
#include <span>

namespace tq::image {

enum class BitOrder { high_first, low_first };  ///< which bit of a byte is its first sector: VHD, VHDX

/// Bit `at` of `bits`; the caller keeps `at` inside.
bool bit_at(std::span<const std::byte> bits, std::size_t at, BitOrder order);
/// First index in (from, end] at which the bit differs from bit `from`; `end` when all are equal. from < end <= 8 * bits.size().
std::size_t run_end(std::span<const std::byte> bits, std::size_t from, std::size_t end, BitOrder order);

}  // namespace tq::image
