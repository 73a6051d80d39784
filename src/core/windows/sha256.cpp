// SHA-256 by Windows' own cryptography (CNG), there since NT 6.0.
#ifndef NOMINMAX
#define NOMINMAX
#endif
// clang-format off
#include <windows.h>
#include <bcrypt.h>  // wants the names of the one above
// clang-format on

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "core/hash.hpp"

namespace tq {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kOneCall = 1U << 30;

void must(NTSTATUS status) {
  // Not a matter of input: memory, or a system without its own cryptography.
  if (status < 0) throw std::runtime_error("Windows' cryptography is not available");
}

BCRYPT_ALG_HANDLE algorithm() {
  static const BCRYPT_ALG_HANDLE opened = [] {
    BCRYPT_ALG_HANDLE h = nullptr;
    must(::BCryptOpenAlgorithmProvider(&h, BCRYPT_SHA256_ALGORITHM, nullptr, 0));
    return h;
  }();
  return opened;
}

BCRYPT_HASH_HANDLE& handle(std::array<std::byte, 112>& state) {
  static_assert(sizeof(BCRYPT_HASH_HANDLE) <= sizeof state);
  return *reinterpret_cast<BCRYPT_HASH_HANDLE*>(state.data());
}

}  // namespace

Sha256::Sha256() { must(::BCryptCreateHash(algorithm(), &handle(state_), nullptr, 0, nullptr, 0, 0)); }
Sha256::~Sha256() { ::BCryptDestroyHash(handle(state_)); }

void Sha256::add(Bytes b) {
  // The function takes what it reads as writable, and 32 bits of length.
  auto* at = reinterpret_cast<PUCHAR>(const_cast<std::byte*>(b.data()));
  for (std::size_t left = b.size(); left > 0;) {
    const std::size_t n = std::min(left, kOneCall);
    must(::BCryptHashData(handle(state_), at, static_cast<ULONG>(n), 0));
    at += n;
    left -= n;
  }
}

std::string Sha256::hex() {
  std::array<std::byte, kDigestBytes> d{};
  must(::BCryptFinishHash(handle(state_), reinterpret_cast<PUCHAR>(d.data()), kDigestBytes, 0));
  return tq::hex(Bytes(d));
}

}  // namespace tq
