#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/ascii.hpp"
#include "core/utf8.hpp"

namespace tq {
namespace {

constexpr char32_t kBad = 0xFFFFFFFF;

/// Decodes one code point at i and moves i past it; kBad consumes one byte.
char32_t next_utf8(std::string_view s, std::size_t& i) {
  const auto at = [&](std::size_t k) { return static_cast<std::uint8_t>(s[k]); };
  const std::uint8_t b = at(i++);
  if (b < 0x80) return b;
  const int more = b >= 0xF0 ? 3 : b >= 0xE0 ? 2 : b >= 0xC2 ? 1 : -1;
  if (more < 0 || b > 0xF4 || i + static_cast<std::size_t>(more) > s.size()) return kBad;
  char32_t c = b & (0x3F >> more);
  for (int k = 0; k < more; ++k) {
    const std::uint8_t t = at(i + static_cast<std::size_t>(k));
    if ((t & 0xC0) != 0x80) return kBad;
    c = (c << 6) | (t & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return kBad;
  i += static_cast<std::size_t>(more);
  return c;
}

template <class At>
std::string decode_utf16(std::size_t n, At at) {
  std::string out;
  out.reserve(n + n / 8);
  for (std::size_t i = 0; i < n; ++i) {
    const char32_t u = at(i);
    if (u >= 0xD800 && u < 0xDC00 && i + 1 < n) {
      const char32_t v = at(i + 1);
      if (v >= 0xDC00 && v < 0xE000) {
        append_utf8(out, 0x10000 + ((u - 0xD800) << 10) + (v - 0xDC00));
        ++i;
        continue;
      }
    }
    append_utf8(out, u >= 0xD800 && u < 0xE000 ? 0xFFFD : u);
  }
  return out;
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string utf16le_to_utf8(Bytes b) {
  const auto s = b.span();
  return decode_utf16(s.size() / 2, [&](std::size_t i) {
    return static_cast<char32_t>(std::to_integer<unsigned>(s[2 * i]) | (std::to_integer<unsigned>(s[2 * i + 1]) << 8));
  });
}

std::string utf16_to_utf8(std::u16string_view s) {
  return decode_utf16(s.size(), [&](std::size_t i) { return static_cast<char32_t>(s[i]); });
}

std::u16string utf8_to_utf16(std::string_view s) {
  std::u16string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    char32_t c = next_utf8(s, i);
    if (c == kBad) c = 0xFFFD;
    if (c >= 0x10000) {
      c -= 0x10000;
      out += static_cast<char16_t>(0xD800 + (c >> 10));
      out += static_cast<char16_t>(0xDC00 + (c & 0x3FF));
    } else {
      out += static_cast<char16_t>(c);
    }
  }
  return out;
}

std::string latin1_to_utf8(Bytes b) {
  std::string out;
  out.reserve(b.size());
  for (std::byte c : b.span()) append_utf8(out, std::to_integer<unsigned char>(c));
  return out;
}

bool is_utf8(std::string_view s) {
  for (std::size_t i = 0; i < s.size();)
    if (next_utf8(s, i) == kBad) return false;
  return true;
}

std::string to_valid_utf8(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    const char32_t c = next_utf8(s, i);
    append_utf8(out, c == kBad ? 0xFFFD : c);
  }
  return out;
}

std::string printable(std::string_view s, bool escape_backslash) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t start = i;
    const char32_t c = next_utf8(s, i);
    const bool bidi = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
    if (c == kBad) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(s[start]));
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else if (bidi || c == 0x2028 || c == 0x2029 || c == 0xFEFF) {
      out += fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(c));
    } else if (c == '\\' && escape_backslash) {
      out += "\\\\";
    } else {
      out.append(s.substr(start, i - start));
    }
  }
  return out;
}

std::string lower_ascii(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool istarts_with(std::string_view s, std::string_view prefix) {
  return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}

std::size_t ifind(std::string_view haystack, std::string_view needle, std::size_t from) {
  if (needle.size() > haystack.size()) return std::string_view::npos;
  for (std::size_t i = from; i + needle.size() <= haystack.size(); ++i)
    if (iequals(haystack.substr(i, needle.size()), needle)) return i;
  return std::string_view::npos;
}

std::string_view trim(std::string_view s) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const auto a = s.find_first_not_of(kSpace);
  if (a == std::string_view::npos) return {};
  return s.substr(a, s.find_last_not_of(kSpace) - a + 1);
}

bool parse_u64(std::string_view s, std::uint64_t& out) {
  if (s.empty() || s.size() > 20) return false;
  std::uint64_t v = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return false;
    if (__builtin_mul_overflow(v, std::uint64_t{10}, &v)) return false;
    if (__builtin_add_overflow(v, static_cast<std::uint64_t>(c - '0'), &v)) return false;
  }
  out = v;
  return true;
}

}  // namespace tq
