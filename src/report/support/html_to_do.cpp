#include <fmt/format.h>

#include <set>

#include "report/support/html_parts.hpp"

namespace tq::report::html {
namespace {

std::string step(const model::WayStep& s) {
  std::string out = "<span class=\"box\"></span>" + element("strong", "", text(s.what));
  if (s.only_if_absent) out += " " + badge("only if it is not there yet", "warn");
  for (const auto& d : s.details) out += element("p", "soft", text(d));
  return element("li", "", out);
}

std::string bullets(const char* heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string items;
  for (const auto& l : lines) items += element("li", "", text(l));
  return element("p", "trail", heading) + element("ul", "", items);
}

std::string planned(const model::Way& w) {
  std::string items;
  for (const auto& s : w.steps) items += step(s);
  return bullets("Find out first", w.unknown) + bullets("Before you start", w.notes) +
         (items.empty() ? items : element("ol", "todo", items)) + bullets("Not possible", w.impossible);
}

std::string to_install(const model::Verdict& v) {
  std::string items;
  for (const auto& u : v.missing) {
    std::string s = element("strong", "", text(kb_text(u.kb))) + " " + text(u.title);
    if (u.cves != 0) s += fmt::format(" &middot; {} vulnerabilities", u.cves);
    if (!u.covers.empty()) s += fmt::format(" &middot; stands for {} earlier updates", u.covers.size());
    items += element("li", "", s);
  }
  return items.empty() ? items : element("ol", "todo", items);
}

/// What findings advise, the most severe first, each sentence once however many findings share it.
std::string advice(const model::Machine& m) {
  std::set<std::string_view> said;
  std::string items;
  for (int severity = static_cast<int>(model::Severity::critical); severity > static_cast<int>(model::Severity::info); --severity)
    for (const auto& f : m.findings)
      if (static_cast<int>(f.severity) == severity && !f.advice.empty() && said.insert(f.advice).second)
        items += element("li", "", text(f.advice) + element("span", "soft", " (" + text(f.id) + ")"));
  return items.empty() ? items : element("p", "trail", "Besides, from the findings") + element("ul", "todo", items);
}

}  // namespace

std::string to_do(const model::Machine& m) {
  const std::string out = (m.way ? planned(*m.way) : to_install(m.verdict)) + advice(m);
  return out.empty() ? element("p", "", "Nothing.") : out;
}

}  // namespace tq::report::html
