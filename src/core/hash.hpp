// SHA-256, by OpenSSL or by Windows.
#pragma once
#include <string>

#include "core/bytes.hpp"

namespace tq {
/// Lower-case hex, 64 characters.
std::string sha256_hex(Bytes b);
/// Two lower-case digits a byte, without separators.
std::string hex(Bytes b);

/// The same over bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void add(Bytes b);
  /// Of all that was added. Call it once: what is added afterwards does not count.
  [[nodiscard]] std::string hex();

 private:
  /// The state of OpenSSL's SHA256_CTX, so that its header stays out of here, or Windows' handle; the size is checked where it is used.
  alignas(8) std::array<std::byte, 112> state_{};
};
}  // namespace tq
