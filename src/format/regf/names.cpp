#include "format/regf/names.hpp"

#include <algorithm>
#include <cstring>

#include "core/text.hpp"

namespace tq::format::regf {
namespace {

std::size_t length(const RawName& name) { return name.latin1 ? name.bytes.size() : name.bytes.size() / 2; }

char16_t unit(const RawName& name, std::size_t i) {
  const std::byte* p = name.bytes.data();
  if (name.latin1) return static_cast<char16_t>(std::to_integer<unsigned>(p[i]));
  return static_cast<char16_t>(std::to_integer<unsigned>(p[2 * i]) | (std::to_integer<unsigned>(p[2 * i + 1]) << 8));
}

/// Eight bytes at a time: nearly every name of a hive comes through here.
bool ascii(std::string_view s) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= s.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, s.data() + i, 8);
    seen |= word;
  }
  for (; i < s.size(); ++i) seen |= static_cast<unsigned char>(s[i]);
  return (seen & kHighBits) == 0;
}

char16_t upcase_wide(char16_t c) {
  if (c < 0x100) return (c >= 0xE0 && c != 0xF7) ? static_cast<char16_t>(c == 0xFF ? 0x178 : c - 32) : c;
  // Latin Extended-A pairs upper and lower case; which of the two is even changes at two places.
  if (c >= 0x139 && c <= 0x148) return static_cast<char16_t>(c % 2 == 0 ? c - 1 : c);
  if (c >= 0x179 && c <= 0x17E) return static_cast<char16_t>(c % 2 == 0 ? c - 1 : c);
  if (c < 0x178) return (c % 2 == 1 && c != 0x131 && c != 0x149) ? static_cast<char16_t>(c - 1) : c;
  if (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) return static_cast<char16_t>(c - 32);
  if (c >= 0x430 && c <= 0x44F) return static_cast<char16_t>(c - 32);
  if (c >= 0x450 && c <= 0x45F) return static_cast<char16_t>(c - 80);
  return c;
}

}  // namespace

char16_t upcase(char16_t c) {
  if (c < 0x80) return (c >= u'a' && c <= u'z') ? static_cast<char16_t>(c - 32) : c;
  return upcase_wide(c);
}

void append_utf8(std::string& out, const RawName& name) {
  if (!name.latin1) {
    out += utf16le_to_utf8(name.bytes);
  } else if (ascii(name.bytes.chars())) {
    out += name.bytes.chars();
  } else {
    out += latin1_to_utf8(name.bytes);
  }
}

std::string to_utf8(const RawName& name) {
  std::string out;
  append_utf8(out, name);
  return out;
}

Needle::Needle(std::string_view utf8) {
  if (utf8.size() <= small_.size() && ascii(utf8)) {
    for (std::size_t i = 0; i < utf8.size(); ++i) small_[i] = upcase(static_cast<char16_t>(utf8[i]));
    view_ = {small_.data(), utf8.size()};
  } else {
    large_ = utf8_to_utf16(utf8);
    for (char16_t& c : large_) c = upcase(c);
    view_ = large_;
  }
  for (const char16_t c : view_) hash_ = hash_ * 37 + c;
}

bool Needle::equals(const RawName& name) const {
  if (length(name) != view_.size()) return false;
  for (std::size_t i = 0; i < view_.size(); ++i)
    if (upcase(unit(name, i)) != view_[i]) return false;
  return true;
}

int Needle::compare(const RawName& name) const {
  const std::size_t n = length(name);
  for (std::size_t i = 0; i < std::min(n, view_.size()); ++i) {
    const char16_t other = upcase(unit(name, i));
    if (view_[i] != other) return view_[i] < other ? -1 : 1;
  }
  return view_.size() == n ? 0 : view_.size() < n ? -1 : 1;
}

}  // namespace tq::format::regf
