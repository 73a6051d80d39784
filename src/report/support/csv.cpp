#include "report/support/csv.hpp"

#include <array>

#include "core/text.hpp"

namespace tq::report {
namespace {

/// The signs that begin a formula, the full-width ones too: spreadsheets of East Asian systems take them for the others.
bool begins_formula(std::string_view s) {
  constexpr std::array<std::string_view, 8> kSigns = {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  const std::string_view text = trim(s);
  for (const auto sign : kSigns)
    if (text.starts_with(sign)) return true;
  return false;
}

std::string without_formulas(std::string_view s) {
  std::string out;
  for (std::size_t at = 0; at <= s.size();) {
    const std::size_t end = std::min(s.find(';', at), s.size());
    const std::string_view part = s.substr(at, end - at);
    if (at != 0) out += ';';
    if (begins_formula(part)) out += '\'';
    out += part;
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string csv_field(std::string_view value) {
  std::string s = without_formulas(printable(value));
  if (s.find_first_of(",;\"\r\n") == std::string::npos) return s;
  std::string quoted = "\"";
  for (const char c : s) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace tq::report
