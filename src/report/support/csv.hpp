// Comma-separated values (RFC 4180), safe to open in a spreadsheet.
#pragma once

#include <string>
#include <string_view>

namespace tq::report {

/// One field: control and direction characters made visible, quoted where it has to be, and an apostrophe before whatever a
/// spreadsheet would run as a formula - at its beginning, and behind a semicolon, at which other countries' spreadsheets split.
std::string csv_field(std::string_view value);

/// One line with its CR LF; `cells` is any range of strings.
template <class Cells>
std::string csv_line(const Cells& cells) {
  std::string out;
  bool first = true;
  for (const auto& c : cells) {
    if (!first) out += ',';
    out += csv_field(c);
    first = false;
  }
  return out + "\r\n";
}

}  // namespace tq::report
