// One element of DER at a time, bounds-checked: just enough to find the digest inside an Authenticode statement.
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.hpp"

namespace tq::format::authenticode {

struct DerElement {
  std::uint8_t tag = 0;
  Bytes value;
};

/// Takes the first element off `rest`; nullopt (rest unchanged) when it is malformed or does not fit.
inline std::optional<DerElement> take(Bytes& rest) {
  const auto tag = rest.try_get<std::uint8_t>(0), first = rest.try_get<std::uint8_t>(1);
  if (!tag || !first || (*tag & 0x1F) == 0x1F) return std::nullopt;
  std::uint64_t length = *first, head = 2;
  if (*first >= 0x80) {
    const unsigned count = *first & 0x7FU;
    if (count == 0 || count > 4) return std::nullopt;  // indefinite lengths are BER, not DER
    length = 0;
    for (unsigned i = 0; i < count; ++i) {
      const auto b = rest.try_get<std::uint8_t>(2 + i);
      if (!b) return std::nullopt;
      length = length << 8 | *b;
    }
    head += count;
  }
  const auto value = rest.try_sub(head, length);
  if (!value) return std::nullopt;
  rest = rest.from(head + length);
  return DerElement{*tag, *value};
}

}  // namespace tq::format::authenticode
