#include "image/support/crc32c.hpp"

namespace tq::image {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reversed; RFC 3720, appendix B.4
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

/// Eight tables: eight bytes a step. A log of some MiB is summed at every open of a disk that was not shut down.
constexpr Tables make_tables() {
  Tables t{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? (c >> 1) ^ kPolynomial : c >> 1;
    t[0][i] = c;
  }
  for (std::size_t slice = 1; slice < 8; ++slice)
    for (std::size_t i = 0; i < 256; ++i) t[slice][i] = (t[slice - 1][i] >> 8) ^ t[0][t[slice - 1][i] & 0xFF];
  return t;
}
constexpr Tables kTables = make_tables();

}  // namespace

std::uint32_t crc32c(Bytes b, std::uint32_t before) {
  std::uint32_t crc = ~before;
  std::uint64_t at = 0;
  for (; at + 8 <= b.size(); at += 8) {
    const std::uint64_t v = *b.try_get<le64>(at) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= kTables[7 - i][(v >> (8 * i)) & 0xFF];
  }
  for (; at < b.size(); ++at) crc = (crc >> 8) ^ kTables[0][(crc ^ *b.try_get<std::uint8_t>(at)) & 0xFF];
  return ~crc;
}

}  // namespace tq::image
