// Ed25519 signatures (RFC 8032), by OpenSSL. The same as `openssl pkeyutl -sign -rawin` makes and `-verify -rawin` takes.
#pragma once

#include <string>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq {

inline constexpr std::size_t kSignatureBytes = 64;

/// `key`: PEM of a private key without a passphrase (`openssl genpkey -algorithm ed25519`). Returns the 64 bytes.
/// Errors: usage (no such key in it).
Result<std::string> sign_ed25519(const std::string& key, Bytes message);
/// `key`: PEM of the public key. Errors: usage (no such key in it), corrupt (the signature is not one of this key over these bytes).
Status verify_ed25519(const std::string& key, Bytes message, Bytes signature);

}  // namespace tq
