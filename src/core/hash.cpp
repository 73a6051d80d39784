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
  Sha256 digest;
  digest.add(b);
  return digest.hex();
}

namespace {
SHA256_CTX* context(std::array<std::byte, 112>& state) {
  static_assert(sizeof(SHA256_CTX) == sizeof state && alignof(SHA256_CTX) <= 8);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}
}  // namespace

Sha256::Sha256() { SHA256_Init(context(state_)); }
void Sha256::add(Bytes b) { SHA256_Update(context(state_), b.data(), b.size()); }

std::string Sha256::hex() {
  std::array<std::byte, SHA256_DIGEST_LENGTH> d{};
  SHA256_Final(reinterpret_cast<unsigned char*>(d.data()), context(state_));
  return tq::hex(Bytes(d));
}

}  // namespace tq
