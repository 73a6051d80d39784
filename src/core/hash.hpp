// SHA-256, by OpenSSL.
#pragma once
#include <string>

#include "core/bytes.hpp"

namespace tq {
/// Lower-case hex, 64 characters.
std::string sha256_hex(Bytes b);
std::string hex(Bytes b);
}  // namespace tq
