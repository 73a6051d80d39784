#include "core/url.hpp"

#include "core/ascii.hpp"

namespace tq {
namespace {

/// Percent-encoded, bytes of UTF-8 included, but for RFC 3986's unreserved characters and those of `also`.
std::string encoded(std::string_view s, std::string_view also) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : s) {
    const auto b = static_cast<unsigned char>(c);
    if (is_alnum(c) || also.find(c) != std::string_view::npos)
      out += c;
    else
      out += {'%', kDigits[b >> 4], kDigits[b & 15]};
  }
  return out;
}

}  // namespace

std::string url_part(std::string_view s) { return encoded(s, "-._~"); }
std::string url_path(std::string_view s) { return encoded(s, "-._~/"); }

}  // namespace tq
