#include "io/workbook.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::io {
namespace {

constexpr std::size_t kCellUnits = 32767;  // ECMA-376 leaves it to Excel; its documented limit, in UTF-16 units

/// Excel reads "_x0041_" in any text as one character; its own underscore, written that way, keeps the rest as it is.
std::string without_escapes(const std::string& s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::string_view rest = std::string_view(s).substr(i, 7);
    const bool escape =
        rest.size() == 7 && rest.starts_with("_x") && rest[6] == '_' && std::all_of(rest.begin() + 2, rest.begin() + 6, is_hex_digit);
    out += escape ? "_x005F_" : std::string(1, s[i]);
  }
  return out;
}

/// U+FFFE and U+FFFF are no characters of XML; the rest of what is not shown has been escaped before.
std::string without_noncharacters(std::string s) {
  constexpr std::pair<const char*, const char*> kBad[] = {{"\xEF\xBF\xBE", "\\u{fffe}"}, {"\xEF\xBF\xBF", "\\u{ffff}"}};
  for (const auto& [bad, shown] : kBad)
    for (std::size_t at = s.find(bad); at != std::string::npos; at = s.find(bad)) s.replace(at, 3, shown);
  return s;
}

std::string cut(const std::string& s) {
  const auto units = utf8_to_utf16(s);
  if (units.size() <= kCellUnits) return s;
  const std::string said = " [cut: it has " + std::to_string(units.size()) + " characters]";
  std::size_t keep = kCellUnits - said.size();
  if (units[keep - 1] >= 0xD800 && units[keep - 1] < 0xDC00) --keep;  // not through the middle of a pair
  return utf16_to_utf8(std::u16string_view(units).substr(0, keep)) + said;
}

}  // namespace

std::string workbook_cell(std::string_view s) { return cut(without_escapes(without_noncharacters(printable(s)))); }

}  // namespace tq::io
