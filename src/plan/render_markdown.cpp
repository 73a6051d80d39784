#include <fmt/format.h>

#include "core/text.hpp"
#include "plan/render.hpp"

namespace tq::plan {
namespace {

/// Text of a target or of a list of approvals cannot become markup: every character that Markdown or HTML reads is escaped.
std::string md(const std::string& s) {
  std::string out;
  for (const char c : printable(s)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '#':
      case '|':
      case '!':
      case '~': out += '\\', out += c; break;
      default: out += c;
    }
  }
  return out;
}

std::string markdown_steps(const Plan& p) {
  std::string out = "\n## Steps\n\n";
  for (const auto& s : p.steps) {
    const auto t = describe(s);
    out += fmt::format("{}. [ ] **{}** {}\n", s.n, md(s.kind), md(t.what));
    for (const auto& d : t.details) out += "    * " + md(d) + "\n";
    out += "    * done on: ____________ by: ____________\n";
  }
  return out;
}

std::string markdown_bullets(const char* title, const std::vector<std::string>& list) {
  if (list.empty()) return {};
  std::string out = fmt::format("\n## {}\n\n", title);
  for (const auto& s : list) out += "* " + md(s) + "\n";
  return out;
}

}  // namespace

std::string to_markdown(const Plan& p, const Origin& origin) {
  std::string out = fmt::format("# Runbook: {} to goal {}\n\n", md(p.from.name.empty() ? origin.target : p.from.name), md(p.goal));
  out += fmt::format("Machine: {}  \n", md(describe(p.from)));
  if (p.goal_kb != 0) out += fmt::format("Goal: {} ({})  \n", md(p.goal), kb_text(p.goal_kb));
  out += fmt::format("Made by tourniquet {} on {}; knowledge of {} (catalog {})\n", md(origin.tool_version), md(origin.as_of),
                     md(origin.catalog_data_as_of), md(origin.catalog_id));
  std::vector<std::string> impossible;
  for (const auto& i : p.impossible) impossible.push_back(i.goal + ": " + i.why);
  out += markdown_bullets("Not possible", impossible);
  out += markdown_bullets("Find out first", p.unknown);
  out += markdown_bullets("Before you start", p.notes);
  if (!p.steps.empty()) out += markdown_steps(p);
  return out;
}

}  // namespace tq::plan
