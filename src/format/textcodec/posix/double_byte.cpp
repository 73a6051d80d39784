#include <iconv.h>

#include <array>

#include "core/utf8.hpp"
#include "format/textcodec/codepage.hpp"

namespace tq::format::textcodec {

bool from_double_byte(const char* iconv_name, std::string_view s, Converted& out) {
  const iconv_t cd = ::iconv_open("UTF-8", iconv_name);
  // iconv reports failure as the pointer value -1.
  if (cd == reinterpret_cast<iconv_t>(-1)) return false;  // NOLINT
  out = {};
  std::string in(s);
  std::array<char, 4096> buffer{};
  char* from = in.data();
  std::size_t left = in.size();
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t before = left;
    ::iconv(cd, &from, &left, &to, &room);
    out.utf8.append(buffer.data(), buffer.size() - room);
    if (left == before && room == buffer.size()) {  // a byte that means nothing here, or half a character at the end
      append_utf8(out.utf8, kReplacement);
      ++out.bad;
      ++from;
      --left;
    }
  }
  ::iconv_close(cd);
  return true;
}

}  // namespace tq::format::textcodec
