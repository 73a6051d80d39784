// Big-endian integers for on-disk structs: the counterpart of le<T> in core/bytes.hpp.
#pragma once

#include <array>
#include <cstdint>

#include "core/bytes.hpp"

namespace tq {

/// Alignment 1, so structs of these have no padding.
template <class T>
struct be {
  static_assert(std::is_unsigned_v<T>);
  std::array<std::uint8_t, sizeof(T)> raw;
  constexpr operator T() const {  // NOLINT: reads as the integer it is
    std::uint64_t v = 0;
    for (const std::uint8_t byte : raw) v = (v << 8) | byte;
    return static_cast<T>(v);
  }
};
using be16 = be<std::uint16_t>;
using be32 = be<std::uint32_t>;
using be64 = be<std::uint64_t>;

}  // namespace tq
