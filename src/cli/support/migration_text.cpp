// The migration for a terminal, and as Markdown: the same parts in the same order.
#include <fmt/format.h>

#include <algorithm>

#include "cli/support/migration_view.hpp"
#include "core/text.hpp"

namespace tq::cli {
namespace {

using model::MigrationPath;

constexpr std::size_t kEvidenceShown = 6;  ///< on a terminal; the JSON holds every one

std::string bold(bool color, const std::string& s) { return color ? "\033[1m" + s + "\033[0m" : s; }

/// "2012, then 2016": the names of the stops without what they share with the start.
std::string stops(const MigrationPath& p) {
  std::string out;
  for (std::size_t i = 0; i < p.hops.size(); ++i) out += (i == 0 ? "" : ", then ") + printable(p.hops[i].to);
  return out;
}

bool has_kind(const MigrationView& v, const char* kind) {
  return std::any_of(v.paths.begin(), v.paths.end(), [&](const auto& p) { return p.kind == kind; });
}

void first_screen(const MigrationView& v, bool color, std::string& out) {
  out += bold(color, "What it can become") + "\n";
  for (const char* kind : {"in_place", "clean_install", "rehost"}) {
    if (!has_kind(v, kind)) out += fmt::format("  {:<20} nothing that is supported today\n", kind_text(kind));
    for (std::size_t i = 0, shown = 0; i < v.paths.size(); ++i) {
      const auto& p = v.paths[i];
      if (p.kind != kind) continue;
      out += fmt::format("  {:<20} {}{}\n", shown++ == 0 ? kind_text(kind) : "", printable(p.to),
                         v.ends[i].empty() ? "" : ", updates to " + v.ends[i]);
      if (p.kind == "in_place") out += fmt::format("  {:<20}   {} hop{}: {}\n", "", p.hops.size(), p.hops.size() == 1 ? "" : "s", stops(p));
    }
  }
}

/// A hop that several paths share is told once.
void hops(const MigrationView& v, bool color, std::string& out) {
  std::vector<std::string> told;
  if (has_kind(v, "in_place")) out += "\n" + bold(color, "Upgrades in place, hop by hop") + "\n";
  for (const auto& p : v.paths) {
    if (p.kind != "in_place") continue;
    for (const auto& h : p.hops) {
      const std::string head = printable(h.from) + " -> " + printable(h.to);
      if (std::find(told.begin(), told.end(), head) != told.end()) continue;
      told.push_back(head);
      out += "  " + head + "\n";
      for (const auto& c : h.conditions) out += "    - " + printable(c) + "\n";
      out += "    source: " + printable(h.source) + "\n";
    }
  }
}

void elsewhere(const MigrationView& v, bool color, std::string& out) {
  for (const char* kind : {"clean_install", "rehost"}) {
    if (!has_kind(v, kind)) continue;
    out += "\n" + bold(color, kind == std::string("rehost") ? "Moved as it is" : "Clean installs") + "\n";
    for (const auto& p : v.paths) {
      if (p.kind != kind) continue;
      out += "  " + printable(p.to) + "\n";
      for (const auto& h : p.hops) {
        for (const auto& c : h.conditions) out += "    - " + printable(c) + "\n";
        out += "    source: " + printable(h.source) + "\n";
      }
    }
  }
}

void obstacles(const MigrationView& v, bool color, std::string& out) {
  if (v.obstacles.empty()) return;
  out += "\n" + bold(color, "What stands in the way on this machine, or has to move along") + "\n";
  for (const auto& o : v.obstacles) {
    out += fmt::format("  {}: {}\n    when: {}\n", printable(o.blocker.kind), printable(o.blocker.what), printable(o.where));
    for (std::size_t i = 0; i < std::min(o.blocker.evidence.size(), kEvidenceShown); ++i)
      out += "    found: " + printable(o.blocker.evidence[i]) + "\n";
    if (o.blocker.evidence.size() > kEvidenceShown)
      out += fmt::format("    and {} more, in the JSON\n", o.blocker.evidence.size() - kEvidenceShown);
    if (!o.blocker.source.empty()) out += "    source: " + printable(o.blocker.source) + "\n";
  }
}

void software(const MigrationView& v, bool color, std::string& out) {
  if (v.software.empty()) return;
  out += "\n" + bold(color, "Software on it without support") + "\n";
  for (const auto& s : v.software)
    out += fmt::format("  {} {}: {}\n    found: {}\n", printable(s.name), printable(s.version),
                       s.state == "ended" ? "ended " + s.end + (s.source.empty() ? "" : " (" + printable(s.source) + ")")
                                          : std::string("its end is not known to this catalog"),
                       printable(s.where));
}

void impossible(const MigrationView& v, bool color, std::string& out) {
  if (v.impossible.empty()) return;
  out += "\n" + bold(color, "Impossible") + "\n";
  for (const auto& b : v.impossible)
    out += fmt::format("  {}\n    {}\n    source: {}\n", printable(b.to), printable(b.why), printable(b.source));
}

void gains(const MigrationView& v, bool color, std::string& out) {
  if (v.gains.empty()) return;
  out += "\n" + bold(color, "What only newer releases have") + "\n";
  for (const auto& g : v.gains) out += fmt::format("  {}: {} ({})\n", printable(g.feature), printable(g.first_in), printable(g.source));
}

}  // namespace

std::string migration_text(const MigrationView& v, bool color) {
  std::string out =
      fmt::format("{}  {}{}\n", bold(color, printable(v.name.empty() ? v.target : v.name)),
                  v.from.empty() ? "Windows not known" : printable(v.from), v.version.empty() ? "" : ", " + printable(v.version));
  if (!v.support.empty()) out += "  " + printable(v.support) + "\n";
  out += fmt::format("  as of {}, catalog data of {}\n\n", v.as_of, v.data_as_of);
  if (v.paths.empty() && v.impossible.empty())
    return out + "  too little was read to say what it can become: product, build or service pack is not known\n";
  first_screen(v, color, out);
  for (const auto& n : v.not_read) out += "  " + printable(n) + "\n";
  obstacles(v, color, out);
  software(v, color, out);
  hops(v, color, out);
  elsewhere(v, color, out);
  impossible(v, color, out);
  gains(v, color, out);
  return out;
}

namespace {

/// Text from a target must stay text: no table, no HTML, no emphasis.
std::string md(const std::string& s) {
  std::string out;
  for (const char c : printable(s)) {
    if (std::string_view("\\`*_{}[]<>|#&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string migration_markdown(const MigrationView& v) {
  std::string out = fmt::format("# {}\n\n{}{}. {}.\n\nAs of {}, catalog data of {}.\n", md(v.name.empty() ? v.target : v.name), md(v.from),
                                v.version.empty() ? "" : ", " + md(v.version), md(v.support), v.as_of, v.data_as_of);
  for (std::size_t i = 0; i < v.paths.size(); ++i) {
    const auto& p = v.paths[i];
    out += fmt::format("\n## {} ({}{})\n\n", md(p.to), kind_text(p.kind), v.ends[i].empty() ? "" : ", updates to " + v.ends[i]);
    for (std::size_t n = 0; n < p.hops.size(); ++n) {
      out += fmt::format("{}. {} to {} ({})\n", n + 1, md(p.hops[n].from), md(p.hops[n].to), md(p.hops[n].source));
      for (const auto& c : p.hops[n].conditions) out += "   - [ ] " + md(c) + "\n";
    }
  }
  if (!v.obstacles.empty()) out += "\n## In the way\n\n";
  for (const auto& o : v.obstacles) {
    out += fmt::format("- [ ] {} ({}){}\n", md(o.blocker.what), md(o.where),
                       o.blocker.source.empty() ? "" : ", source: " + md(o.blocker.source));
    for (const auto& e : o.blocker.evidence) out += "  - " + md(e) + "\n";
  }
  for (const auto& n : v.not_read) out += "\n" + md(n) + "\n";
  if (!v.impossible.empty()) out += "\n## Impossible\n\n";
  for (const auto& b : v.impossible) out += fmt::format("- {}: {} ({})\n", md(b.to), md(b.why), md(b.source));
  return out;
}

}  // namespace tq::cli
