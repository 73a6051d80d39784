#include "format/textcodec/textcodec.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/text.hpp"
#include "format/textcodec/codepage.hpp"

namespace tq::format::textcodec {
namespace {

enum class Order { little, big };

bool ascii_text(unsigned char c) { return (c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n' || c == '\t'; }

std::string utf16(Bytes b, Order order) {
  if (order == Order::little) return utf16le_to_utf8(b);
  std::vector<std::byte> swapped(b.span().begin(), b.span().end());
  for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
  return utf16le_to_utf8(bytes_of(swapped));
}

/// Share of bad bytes at which a text is still UTF-8 that was cut or patched, not an 8-bit page.
bool nearly_utf8(std::string_view s) {
  std::size_t good = 0, bad = 0;
  for (std::size_t i = 0; i < s.size();) {
    const auto b = static_cast<unsigned char>(s[i]);
    const std::size_t n = b < 0x80 ? 1 : b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC2 ? 2 : 1;
    if (b < 0x80) {
      ++i;
    } else if (n > 1 && is_utf8(s.substr(i, n))) {
      ++good;
      i += n;
    } else {
      ++bad;
      ++i;
    }
  }
  return good >= 4 && good >= bad * 8;
}

/// Adds a part without UTF-16 in it.
void add_bytes(std::string_view s, Decoded& out) {
  const auto named = [&](std::string_view name) {
    if (!out.encoding.empty()) out.encoding += '+';
    out.encoding += name;
  };
  if (s.starts_with("\xEF\xBB\xBF")) s.remove_prefix(3);
  if (is_utf8(s)) {
    const bool ascii = std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    named(ascii ? "ascii" : "utf-8");
    out.utf8.append(s);
    return;
  }
  if (nearly_utf8(s)) {
    named("utf-8");
    out.utf8 += to_valid_utf8(s);
    out.lossy = true;
    return;
  }
  Choice c = choose_code_page(s);
  named(c.name);
  out.utf8 += c.utf8;
  out.lossy = out.lossy || c.lossy;
}

void add_utf16(Bytes b, Order order, Decoded& out) {
  if (!out.encoding.empty()) out.encoding += '+';
  out.encoding += order == Order::little ? "utf-16le" : "utf-16be";
  std::string text = utf16(b, order);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  out.lossy = out.lossy || b.size() % 2 != 0 || text.find("\xEF\xBF\xBD") != std::string::npos;
  out.utf8 += text;
}

/// End of the UTF-16 that starts at `from`: where 8-bit lines were appended. A CR LF of two bytes between bytes that are not
/// NUL is U+0A0D, which is no character; two of them without a NUL between are 8-bit text. It starts behind the last NUL.
std::size_t utf16_end(std::string_view s, std::size_t from) {
  for (std::size_t at = s.find("\r\n", from); at != std::string_view::npos; at = s.find("\r\n", at + 2)) {
    const std::size_t next = s.find("\r\n", at + 2);
    const std::size_t nul = s.find('\0', at);
    if (next == std::string_view::npos || (nul != std::string_view::npos && nul < next)) continue;
    const std::size_t last_nul = s.rfind('\0', at);
    const std::size_t start = last_nul == std::string_view::npos || last_nul < from ? from : last_nul + 1;
    bool ascii = true;
    for (std::size_t i = start; i < next && ascii; ++i)
      ascii = static_cast<unsigned char>(s[i]) != 0 &&
              (ascii_text(static_cast<unsigned char>(s[i])) || static_cast<unsigned char>(s[i]) >= 0x80);
    if (ascii) return start;
  }
  return s.size();
}

struct Utf16Start {
  std::size_t at = 0;
  Order order = Order::little;
};

/// Where UTF-16 without a mark begins: there are enough NULs from there on, nearly all at the same parity.
std::optional<Utf16Start> find_utf16(std::string_view s) {
  const std::size_t first = s.find('\0');
  if (first == std::string_view::npos) return std::nullopt;
  constexpr std::size_t kWindow = std::size_t{64} * 1024;
  std::size_t same = 0, other = 0;
  const std::size_t end = std::min(s.size(), first + kWindow);
  for (std::size_t i = first; i < end; ++i)
    if (s[i] == '\0') ++((i - first) % 2 == 0 ? same : other);
  if (same < 4 || other * 10 > same || same * 20 < end - first) return std::nullopt;
  // A console message in front stands in whole bytes. Else the NUL is the high half of a character of this parity.
  bool message = first >= 16;
  for (std::size_t i = 0; i + 1 < first && message; ++i) message = ascii_text(static_cast<unsigned char>(s[i]));
  if (message) {
    const bool marked = first >= 3 && s.substr(first - 3, 2) == "\xFF\xFE";
    return Utf16Start{marked ? first - 3 : first - 1, Order::little};
  }
  if (const std::size_t mark = s.find("\xFF\xFE"); mark != std::string_view::npos && mark < first) return Utf16Start{mark, Order::little};
  return first % 2 == 1 ? Utf16Start{0, Order::little} : Utf16Start{0, Order::big};
}

}  // namespace

Decoded decode(Bytes bytes) {
  Decoded out;
  // Each round takes one part; a text of more parts than this is not a text.
  for (int part = 0; part < 8 && !bytes.empty(); ++part) {
    const std::string_view s = bytes.chars();
    std::optional<Utf16Start> start;
    if (s.starts_with("\xFF\xFE"))
      start = Utf16Start{0, Order::little};
    else if (s.starts_with("\xFE\xFF"))
      start = Utf16Start{0, Order::big};
    else
      start = find_utf16(s);
    if (!start) break;
    if (start->at > 0) add_bytes(s.substr(0, start->at), out);
    const std::size_t end = utf16_end(s, start->at);
    if (end <= start->at) break;
    add_utf16(Bytes(bytes.span().subspan(start->at, end - start->at), bytes.base() + start->at), start->order, out);
    bytes = bytes.from(end);
  }
  if (!bytes.empty() || out.encoding.empty()) add_bytes(bytes.chars(), out);
  return out;
}

}  // namespace tq::format::textcodec
