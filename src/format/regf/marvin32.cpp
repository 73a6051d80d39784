#include "format/regf/marvin32.hpp"

#include <bit>

namespace tq::format::regf {
namespace {

struct State {
  std::uint32_t lo, hi;
  void feed(std::uint32_t word) {
    lo += word;
    hi ^= lo;
    lo = std::rotl(lo, 20) + hi;
    hi = std::rotl(hi, 9) ^ lo;
    lo = std::rotl(lo, 27) + hi;
    hi = std::rotl(hi, 19);
  }
};

}  // namespace

std::uint64_t marvin32(Bytes data, std::uint64_t seed) {
  State s{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  std::uint64_t at = 0;
  for (; at + 4 <= data.size(); at += 4) s.feed(data.try_get<std::uint32_t>(at).value_or(0));
  // The tail of 0 to 3 bytes is closed by one 0x80 byte, then one more round mixes it in.
  std::uint32_t tail = 0x80;
  for (std::uint64_t i = data.size(); i > at; --i) tail = (tail << 8) | data.try_get<std::uint8_t>(i - 1).value_or(0);
  s.feed(tail);
  s.feed(0);
  return s.lo | (static_cast<std::uint64_t>(s.hi) << 32);
}

}  // namespace tq::format::regf
