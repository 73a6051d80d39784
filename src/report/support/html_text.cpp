#include "core/html.hpp"
#include "report/support/html.hpp"

namespace tq::report::html {

std::string text(std::string_view s) { return html_text(s); }

std::string element(std::string_view tag, std::string_view cls, std::string_view content) {
  std::string out = "<" + std::string(tag);
  if (!cls.empty()) out += " class=\"" + std::string(cls) + "\"";
  return out + ">" + std::string(content) + "</" + std::string(tag) + ">";
}

std::string badge(std::string_view word, std::string_view tone) { return element("span", "badge " + std::string(tone), text(word)); }

const char* tone_of(model::Standing s) {
  switch (s) {
    case model::Standing::proven: return "good";
    case model::Standing::claimed: return "warn";
    case model::Standing::contradicted: return "bad";
    case model::Standing::unknown: return "warn";
  }
  return "mute";
}

const char* tone_of(model::Severity s) {
  switch (s) {
    case model::Severity::critical:
    case model::Severity::high: return "bad";
    case model::Severity::medium:
    case model::Severity::low: return "warn";
    case model::Severity::info: return "mute";
  }
  return "mute";
}

const char* tone_of(model::CoverageStatus s) {
  switch (s) {
    case model::CoverageStatus::read: return "good";
    case model::CoverageStatus::absent:
    case model::CoverageStatus::skipped: return "mute";
    case model::CoverageStatus::unsupported:
    case model::CoverageStatus::failed: return "bad";
  }
  return "mute";
}

std::string Table::markup() const {
  if (rows_.empty()) return {};
  std::string out = widths_.empty() ? "<table>" : "<table class=\"fixed\"><colgroup>";
  for (const auto& w : widths_) out += w.empty() ? "<col>" : "<col class=\"w" + w.substr(0, w.size() - 1) + "\">";
  out += widths_.empty() ? "<thead><tr>" : "</colgroup><thead><tr>";
  for (const auto& h : head_) out += element("th", "", text(h));
  out += "</tr></thead><tbody>\n";
  for (const auto& r : rows_) {
    out += "<tr>";
    for (const auto& c : r) out += element("td", "", c);
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

}  // namespace tq::report::html
