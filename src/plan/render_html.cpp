#include <fmt/format.h>

#include "core/html.hpp"
#include "plan/render.hpp"

namespace tq::plan {
namespace {

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Runbook</title>
<style>
body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
ol{padding-left:2.2rem}li{margin:.6rem 0}.kind{font-weight:700}
.detail{color:#444;font-size:.92rem;margin:.1rem 0}.maybe{border-left:4px solid #c80;padding-left:.6rem}
.stop{border-left:4px solid #b00;padding-left:.6rem}.box{display:inline-block;width:1em;height:1em;border:1px solid #333;vertical-align:-.15em}
@media print{body{margin:0}li{break-inside:avoid}}
</style></head><body>
)";

const char* class_of(const Step& s) {
  if (!s.approval.empty() && s.approval != "approved") return "stop";
  return s.need == Need::yes ? "" : "maybe";
}

std::string html_steps(const Plan& p) {
  std::string out = "<h2>Steps</h2>\n<ol>\n";
  for (const auto& s : p.steps) {
    const auto t = describe(s);
    out += fmt::format(
        "<li class=\"{}\"><span class=\"box\" role=\"img\" aria-label=\"to tick off\"></span> <span class=\"kind\">{}</span> {}",
        class_of(s), html_text(s.kind), html_text(t.what));
    for (const auto& d : t.details) out += "<div class=\"detail\">" + html_text(d) + "</div>";
    out += "</li>\n";
  }
  return out + "</ol>\n";
}

std::string html_bullets(const char* title, const std::vector<std::string>& list) {
  if (list.empty()) return {};
  std::string out = fmt::format("<h2>{}</h2>\n<ul>\n", title);
  for (const auto& s : list) out += "<li>" + html_text(s) + "</li>\n";
  return out + "</ul>\n";
}

}  // namespace

std::string to_html(const Plan& p, const Origin& origin) {
  std::string out = kHead;
  out += fmt::format("<h1>Runbook: {} to goal {}</h1>\n<p>{}", html_text(p.from.name.empty() ? origin.target : p.from.name),
                     html_text(p.goal), html_text(describe(p.from)));
  if (p.goal_kb != 0) out += fmt::format("<br>Goal: {} ({})", html_text(p.goal), kb_text(p.goal_kb));
  out += fmt::format("<br>Made by tourniquet {} on {}; knowledge of {} (catalog {})</p>\n", html_text(origin.tool_version),
                     html_text(origin.as_of), html_text(origin.catalog_data_as_of), html_text(origin.catalog_id));
  std::vector<std::string> impossible;
  for (const auto& i : p.impossible) impossible.push_back(i.goal + ": " + i.why);
  out += html_bullets("Not possible", impossible);
  out += html_bullets("Find out first", p.unknown);
  out += html_bullets("Before you start", p.notes);
  if (!p.steps.empty()) out += html_steps(p);
  return out + "</body></html>\n";
}

}  // namespace tq::plan
