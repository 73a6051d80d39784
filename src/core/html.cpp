#include "core/html.hpp"

#include "core/text.hpp"

namespace tq {

std::string html_text(std::string_view s) {
  std::string out;
  const std::string visible = printable(s);
  out.reserve(visible.size());
  for (const char c : visible) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace tq
