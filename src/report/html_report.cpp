// For people who file it: one page that needs nothing else, prints well, and can be read in ten years.
#include <fmt/format.h>

#include "report/renderer.hpp"
#include "report/support/html.hpp"
#include "report/support/html_parts.hpp"

namespace tq::report {
namespace {

using html::element;
using html::text;

/// What was judged, when, and with which knowledge: the first thing an inspector asks.
std::string head(const model::Report& r) {
  const auto fact = [](const char* what, const std::string& value) {
    return element("div", "", element("span", "soft", what) + element("strong", "", text(value)));
  };
  std::string facts = fact("Machines", std::to_string(r.machines.size())) + fact("Judged as of", r.as_of) + fact("Goal", r.goal) +
                      fact("Knowledge of", r.catalog_data_as_of) + fact("Catalog", r.catalog_id);
  if (!r.errors.empty()) facts += fact("Not read", std::to_string(r.errors.size()));
  return element("header", "", element("h1", "", "Patch state of Windows machines") + element("div", "facts", facts));
}

std::string overview(const model::Report& r) {
  if (r.machines.size() < 2) return {};
  html::Table t({"Machine", "Product", "Build", "Level", "Goal", "To install", "Exploited", "Findings"},
                {"17%", "", "17%", "10%", "17%", "9%", "10%", "9%"});
  for (std::size_t i = 0; i < r.machines.size(); ++i) {
    const auto& m = r.machines[i];
    const auto& v = m.verdict;
    t.row({fmt::format("<a href=\"#m{}\">{}</a>", i + 1, html::name_of(m)), text(m.facts.identity.product),
           text(v.build.version.empty() ? "unknown" : v.build.version) + " " +
               html::badge(to_string(v.build.status), html::tone_of(v.build.status)),
           v.level ? text(v.level->month.month_text()) : "unknown", html::goal_badge(m, r.goal), std::to_string(v.missing.size()),
           std::to_string(v.cves.known_exploited.size()), std::to_string(html::real_findings(m))});
  }
  return element("h3", "", "Machines") + t.markup();
}

std::string unread(const model::Report& r) {
  html::Table t({"Target", "Where", "What"}, {"25%", "25%", ""});
  for (const auto& e : r.errors) t.row({text(e.target), text(e.where), text(e.what)});
  return html::section("Not read", t.markup());
}

std::string bundles(const model::Report& r) {
  html::Table t({"Evidence bundle", "Signature", "Written by", "Judged then"}, {"30%", "16%", "", "26%"});
  for (const auto& b : r.bundles)
    t.row({text(b.path), html::badge(b.signature == "not_checked" ? "not checked" : b.signature, b.signature == "valid" ? "good" : "mute"),
           text(fmt::format("tourniquet {}, catalog {}", b.tool_version, b.catalog_id)),
           text(fmt::format("{}, goal {}", b.as_of, b.goal))});
  return html::section("Read from", t.markup());
}

std::string foot(const model::Report& r) {
  // Lines for a name and a day: shown on paper only, where somebody signs.
  const std::string sign = element("div", "sign", "<span>Reviewed by</span><span>Date</span><span>Signature</span>");
  return sign + element("footer", "",
                        fmt::format("tourniquet {} &middot; catalog {} (data as of {}) &middot; the same input, catalog and day give the "
                                    "same page.",
                                    text(r.tool_version), text(r.catalog_id), text(r.catalog_data_as_of)));
}

Result<std::string> render_html(const model::Report& r, const Options&) {
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
  out += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
  // Nothing may be loaded and no script may run, whatever a target managed to smuggle in.
  out += R"(<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">)";
  out += "<title>Tourniquet report</title><style>" + std::string(html::style()) + "</style></head><body>\n" + head(r) + overview(r) +
         unread(r);
  for (std::size_t i = 0; i < r.machines.size(); ++i) out += html::machine(r.machines[i], r, i + 1);
  return out + bundles(r) + foot(r) + "</body></html>\n";
}

}  // namespace

extern const Renderer html_report;
const Renderer html_report{"html", render_html};

}  // namespace tq::report
