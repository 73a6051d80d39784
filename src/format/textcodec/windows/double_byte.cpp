// Double-byte code pages by Windows' own tables.
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <charconv>

#include "core/utf8.hpp"
#include "format/textcodec/codepage.hpp"

namespace tq::format::textcodec {
namespace {

/// The one character of these bytes, or 0 when the page has none.
std::uint32_t character(UINT page, std::string_view bytes) {
  wchar_t units[2] = {};
  const int n = ::MultiByteToWideChar(page, MB_ERR_INVALID_CHARS, bytes.data(), static_cast<int>(bytes.size()), units, 2);
  return n == 1 ? units[0] : 0;
}

}  // namespace

bool from_double_byte(const char* iconv_name, std::string_view s, Converted& out) {
  const std::string_view digits = std::string_view(iconv_name).substr(2);  // "CP932"
  UINT page = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), page);
  if (::IsValidCodePage(page) == 0) return false;
  out = {};
  for (std::size_t at = 0; at < s.size();) {
    if (static_cast<unsigned char>(s[at]) < 0x80) {
      out.utf8 += s[at++];
      continue;
    }
    const std::size_t length = ::IsDBCSLeadByteEx(page, static_cast<BYTE>(s[at])) != 0 ? 2 : 1;
    const std::uint32_t c = at + length <= s.size() ? character(page, s.substr(at, length)) : 0;
    append_utf8(out.utf8, c == 0 ? kReplacement : c);
    if (c == 0) ++out.bad;
    at += c == 0 ? 1 : length;  // after a byte that means nothing here, the next one is looked at again
  }
  return true;
}

}  // namespace tq::format::textcodec
