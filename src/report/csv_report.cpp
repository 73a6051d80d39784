// The patch ledger as CSV (RFC 4180), safe to open in a spreadsheet.
#include "core/text.hpp"
#include "report/renderer.hpp"
#include "report/support/ledger.hpp"

namespace tq::report {
namespace {

/// A spreadsheet runs what begins like a formula, whoever wrote it: an apostrophe before it makes it text.
std::string field(const std::string& value) {
  std::string s = printable(value);
  if (!s.empty() && std::string_view("=+-@").find(s.front()) != std::string_view::npos) s.insert(s.begin(), '\'');
  if (s.find_first_of(",\"\r\n") == std::string::npos) return s;
  std::string quoted = "\"";
  for (const char c : s) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

template <class Cells>
void line(std::string& out, const Cells& cells) {
  bool first = true;
  for (const auto& c : cells) {
    if (!first) out += ',';
    out += field(c);
    first = false;
  }
  out += "\r\n";
}

std::string render(const model::Report& r, const Options&) {
  std::string out;
  line(out, kLedgerColumns);
  for (const auto& row : ledger(r)) line(out, row);
  return out;
}

}  // namespace

extern const Renderer csv_report;
const Renderer csv_report{"csv", render};

}  // namespace tq::report
