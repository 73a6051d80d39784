// The low-level calls are deprecated in OpenSSL 3, but they alone link statically without the provider
// machinery, which would cost the start of every run some milliseconds.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/hash.hpp"

#include <openssl/sha.h>

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
  std::array<std::byte, SHA256_DIGEST_LENGTH> d{};
  SHA256_CTX c;
  SHA256_Init(&c);
  SHA256_Update(&c, b.data(), b.size());
  SHA256_Final(reinterpret_cast<unsigned char*>(d.data()), &c);
  return hex(Bytes(d));
}

}  // namespace tq
