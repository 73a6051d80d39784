// The low-level calls are deprecated in OpenSSL 3, but they alone link statically without the provider
// machinery, which would cost the start of every run some milliseconds.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "core/hash.hpp"

namespace tq {

namespace {
SHA256_CTX* context(std::array<std::byte, 112>& state) {
  static_assert(sizeof(SHA256_CTX) == sizeof state && alignof(SHA256_CTX) <= 8);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}
}  // namespace

Sha256::~Sha256() = default;
Sha256::Sha256() { SHA256_Init(context(state_)); }
void Sha256::add(Bytes b) { SHA256_Update(context(state_), b.data(), b.size()); }

std::string Sha256::hex() {
  std::array<std::byte, SHA256_DIGEST_LENGTH> d{};
  SHA256_Final(reinterpret_cast<unsigned char*>(d.data()), context(state_));
  return tq::hex(Bytes(d));
}

}  // namespace tq
