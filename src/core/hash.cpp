#include "core/hash.hpp"

namespace tq {

std::string hex(Bytes b) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * b.size());
  for (std::byte c : b.span()) {
    out += kDigits[std::to_integer<unsigned>(c) >> 4];
    out += kDigits[std::to_integer<unsigned>(c) & 15];
  }
  return out;
}

std::string sha256_hex(Bytes b) {
  Sha256 digest;
  digest.add(b);
  return digest.hex();
}

}  // namespace tq
