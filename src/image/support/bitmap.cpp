#include "image/support/bitmap.hpp"

namespace tq::image {

bool bit_at(std::span<const std::byte> bits, std::size_t at, BitOrder order) {
  const std::size_t in_byte = at % 8;
  const auto mask = order == BitOrder::low_first ? std::byte{1} << in_byte : std::byte{0x80} >> in_byte;
  return (bits[at / 8] & mask) != std::byte{0};
}

std::size_t run_end(std::span<const std::byte> bits, std::size_t from, std::size_t end, BitOrder order) {
  const bool wanted = bit_at(bits, from, order);
  const std::byte whole = wanted ? std::byte{0xFF} : std::byte{0};
  std::size_t at = from + 1;
  while (at < end) {
    // Nearly every byte is all ones or all zeros: eight sectors a step.
    if (at % 8 == 0 && end - at >= 8 && bits[at / 8] == whole) {
      at += 8;
      continue;
    }
    if (bit_at(bits, at, order) != wanted) return at;
    ++at;
  }
  return end;
}

}  // namespace tq::image
