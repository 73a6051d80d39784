// Names of keys and values: compared where they lie, decoded only when somebody wants to read them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace tq::format::regf {

/// A name as stored: Latin-1 ("compressed") or UTF-16LE.
struct RawName {
  Bytes bytes;
  bool latin1 = false;
};

/// Latin-1 or UTF-16LE, as the name's flag says.
void append_utf8(std::string& out, const RawName& name);
std::string to_utf8(const RawName& name);

/// Simple upper case of one UTF-16 unit: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic. Other letters keep their case.
char16_t upcase(char16_t c);

/// A name to look for, upper-cased once. Up to 256 units without a heap allocation (a key name has at most 255).
class Needle {
 public:
  explicit Needle(std::string_view utf8);
  Needle(const Needle&) = delete;
  Needle& operator=(const Needle&) = delete;
  [[nodiscard]] std::u16string_view units() const { return view_; }
  /// The hash of an lh list: h = h * 37 + upper-case unit.
  [[nodiscard]] std::uint32_t hash() const { return hash_; }
  [[nodiscard]] bool equals(const RawName& name) const;
  /// < 0, 0, > 0 as the needle sorts before, at or after `name` (the order of subkey lists).
  [[nodiscard]] int compare(const RawName& name) const;

 private:
  std::array<char16_t, 256> small_;  // left unset on purpose: the hot path fills only what it needs
  std::u16string large_;
  std::u16string_view view_;
  std::uint32_t hash_ = 0;
};

}  // namespace tq::format::regf
