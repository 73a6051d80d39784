// For people who file it: one page that needs nothing else, prints well, and can be read in ten years.
#include <fmt/format.h>

#include "report/renderer.hpp"
#include "report/support/html.hpp"

namespace tq::report {
namespace {

using html::element;
using html::text;

std::string overview(const model::Report& r) {
  if (r.machines.size() < 2) return {};
  html::Table t({"Machine", "Product", "Build", "Level", "Findings"});
  for (std::size_t i = 0; i < r.machines.size(); ++i) {
    const auto& m = r.machines[i];
    const auto& v = m.verdict;
    std::size_t findings = 0;
    for (const auto& f : m.findings) findings += f.severity != model::Severity::info ? 1 : 0;
    t.row({fmt::format("<a href=\"#m{}\">{}</a>", i + 1, text(m.facts.identity.name.empty() ? m.facts.target : m.facts.identity.name)),
           text(m.facts.identity.product),
           text(v.build.version) + " " + html::badge(to_string(v.build.status), html::tone_of(v.build.status)),
           v.level ? text(v.level->month.month_text()) : "unknown", std::to_string(findings)});
  }
  return element("h3", "", "Machines") + t.markup();
}

std::string unread(const model::Report& r) {
  html::Table t({"Target", "Where", "What"});
  for (const auto& e : r.errors) t.row({text(e.target), text(e.where), text(e.what)});
  return t.empty() ? std::string{} : element("h3", "", "Not read") + t.markup();
}

std::string render(const model::Report& r, const Options&) {
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
  out += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
  // Nothing may be loaded and no script may run, whatever a target managed to smuggle in.
  out += R"(<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">)";
  out += "<title>Tourniquet report</title><style>" + std::string(html::style()) + "</style></head><body>\n";
  out += element("header", "",
                 element("h1", "", "Patch state of Windows machines") +
                     element("p", "soft", fmt::format("Judged as of {} against the goal &ldquo;{}&rdquo;.", text(r.as_of), text(r.goal))));
  out += overview(r);
  for (std::size_t i = 0; i < r.machines.size(); ++i) out += html::machine(r.machines[i], r, i + 1);
  out += unread(r);
  out +=
      element("footer", "",
              fmt::format("tourniquet {} &middot; catalog {} (data as of {}) &middot; the same input, catalog and day give the same page.",
                          text(r.tool_version), text(r.catalog_id), text(r.catalog_data_as_of)));
  return out + "</body></html>\n";
}

}  // namespace

extern const Renderer html_report;
const Renderer html_report{"html", render};

}  // namespace tq::report
