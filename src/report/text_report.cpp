// For people: the verdict first, then why, then what to do. Nothing of the target reaches the terminal raw.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/renderer.hpp"
#include "report/support/words.hpp"

namespace tq::report {
namespace {

using model::Severity;
using model::Standing;
using model::Tri;

class Page {
 public:
  explicit Page(bool color) : color_(color) {}
  void line(const std::string& s = {}) { out_ += s + "\n"; }
  /// A label column of 13, then text; further lines are indented alike.
  void row(const char* label, const std::string& s) { line(fmt::format("  {:<11}{}", label, s)); }
  [[nodiscard]] std::string paint(const char* code, const std::string& s) const {
    return color_ ? fmt::format("\033[{}m{}\033[0m", code, s) : s;
  }
  [[nodiscard]] std::string bold(const std::string& s) const { return paint("1", s); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  bool color_;
  std::string out_;
};

const char* severity_color(Severity s) {
  switch (s) {
    case Severity::critical: return "1;31";
    case Severity::high: return "31";
    case Severity::medium: return "33";
    case Severity::low: return "36";
    case Severity::info: return "2";
  }
  return "0";
}

const char* standing_color(Standing s) {
  switch (s) {
    case Standing::proven: return "32";
    case Standing::claimed: return "33";
    case Standing::contradicted: return "1;31";
    case Standing::unknown: return "33";
  }
  return "0";
}

std::string standing(const Page& p, Standing s) { return p.paint(standing_color(s), to_string(s)); }

std::string product(const model::Facts& f) {
  std::string s = f.identity.product.empty() ? "unknown product" : printable(f.identity.product);
  if (!f.identity.arch.empty()) s += ", " + printable(f.identity.arch);
  if (f.identity.service_pack && *f.identity.service_pack > 0) s += fmt::format(", Service Pack {}", *f.identity.service_pack);
  if (f.identity.server_core == Tri::yes) s += ", Server Core";
  return s;
}

void build(Page& p, const model::Verdict& v) {
  const auto& b = v.build;
  p.row("Build", fmt::format("{}  {}", b.version.empty() ? (b.number ? std::to_string(*b.number) : "unknown") : printable(b.version),
                             standing(p, b.status)));
  p.row("", printable(b.why));
}

void level(Page& p, const model::Verdict& v) {
  if (!v.level) return p.row("Level", "unknown: " + printable(v.level_unknown_why));
  const auto& l = *v.level;
  std::string what = l.month.month_text();
  if (l.kb != 0) what += fmt::format(" ({} {})", kb_text(l.kb), l.kind);
  p.row("Level", fmt::format("{}  {}", what, standing(p, l.status)));
  p.row("", printable(l.why));
}

void goals(Page& p, const model::Verdict& v, const std::string& wanted) {
  for (const auto& g : v.goals) {
    const std::string reached = g.reached == Tri::yes  ? p.paint("32", "reached")
                                : g.reached == Tri::no ? p.paint("31", "not reached")
                                                       : p.paint("33", "cannot be told");
    const std::string behind = g.reached != Tri::yes && g.months_behind ? ", " + months_text(*g.months_behind) + " behind" : "";
    p.row(g.name == v.goals.front().name ? "Goals" : "", fmt::format("{}{:<7} {} {}  {}{}", g.name == wanted ? "*" : " ", g.name,
                                                                     g.released.month_text(), kb_text(g.kb), reached, behind));
  }
}

/// Counts only: the findings name what is missing, and `--why` tells the rest.
void updates(Page& p, const model::Verdict& v) {
  if (v.judged_as.empty()) return p.row("Updates", "not judged: the catalog knows no product that fits this machine");
  p.row("Updates", fmt::format("{} to install, {} cannot be told, {} named by the machine, {} held by newer ones", v.missing.size(),
                               v.unknown.size(), v.installed.size(), v.covered.size()));
  std::string cves = fmt::format("{} missing, {} cannot be told", v.cves.missing.size(), v.cves.unknown.size());
  if (!v.cves.known_exploited.empty()) cves += fmt::format("; {} of the missing are known to be exploited", v.cves.known_exploited.size());
  p.row("CVEs", cves);
  p.row("", "judged as " + printable(v.judged_as));
}

void witnesses(Page& p, const model::Verdict& v) {
  constexpr std::size_t kMost = 12;
  bool first = true;
  std::size_t n = 0;
  for (const auto& w : v.build.witnesses) {
    if (n++ == kMost) return p.row("", fmt::format("and {} more (--format json)", v.build.witnesses.size() - kMost));
    p.row(first ? "Witnesses" : "", fmt::format("{}{} says {}", printable(w.source), w.older ? " (older)" : "", printable(w.says)));
    p.row("", p.paint("2", "  " + printable(w.where)));
    first = false;
  }
}

bool has_finding(const model::Machine& m, std::string_view group) {
  return std::any_of(m.findings.begin(), m.findings.end(),
                     [&](const auto& f) { return f.severity != Severity::info && std::string_view(f.id).starts_with(group); });
}

/// A line each, and only where a finding speaks of it: which doors stand open, and what is past its support.
void doors(Page& p, const model::Machine& m) {
  std::string open, ended;
  for (const auto& e : m.verdict.exposure)
    if (is_open(e.state))
      open +=
          (open.empty() ? "" : ", ") + e.id + (e.joined_with.empty() ? "" : fmt::format(" ({} of the missing CVEs)", e.joined_with.size()));
  for (const auto& s : m.verdict.lifecycle.software)
    if (s.state == "ended") ended += (ended.empty() ? "" : ", ") + fmt::format("{} {} ({})", s.name, s.version, s.end);
  if (!open.empty() && has_finding(m, "TQ6")) p.row("Open", printable(open));
  if (!ended.empty() && has_finding(m, "TQ7")) p.row("Unsupported", printable(ended));
}

void findings(Page& p, const model::Machine& m) {
  if (m.findings.empty()) return p.row("Findings", "none in what was read");
  p.line();
  for (const auto& f : m.findings) {
    p.line(
        fmt::format("  {} {} {}", p.paint(severity_color(f.severity), fmt::format("{:<8}", to_string(f.severity))), f.id, p.bold(f.title)));
    if (!f.detail.empty()) p.line("           " + printable(f.detail));
    for (const auto& e : f.evidence) p.line("           " + p.paint("2", printable(e)));
    if (f.severity != Severity::info) p.line("           -> " + printable(f.advice));
  }
}

void coverage(Page& p, const model::Facts& f) {
  std::string read;
  for (const auto& c : f.coverage)
    if (c.status == model::CoverageStatus::read && c.detail.find("dirty") == std::string::npos)
      read += (read.empty() ? "" : ", ") + printable(c.source);
  p.line();
  p.row("Read", read.empty() ? "nothing" : read);
  for (const auto& c : f.coverage)
    if (c.status != model::CoverageStatus::read || c.detail.find("dirty") != std::string::npos)
      p.row("", fmt::format("{} {}{}", to_string(c.status), printable(c.source), c.detail.empty() ? "" : ": " + printable(c.detail)));
}

void machine(Page& p, const model::Machine& m, const std::string& goal) {
  const auto& id = m.facts.identity;
  p.line(p.bold(id.name.empty() ? printable(m.facts.target) : printable(id.name)) +
         (id.name.empty() ? "" : "  " + printable(m.facts.target)));
  p.row("Product", product(m.facts));
  build(p, m.verdict);
  level(p, m.verdict);
  goals(p, m.verdict, goal);
  updates(p, m.verdict);
  doors(p, m);
  findings(p, m);
  p.line();
  witnesses(p, m.verdict);
  coverage(p, m.facts);
  p.line();
}

std::string from_bundle(const model::BundleNote& b) {
  const char* signature = b.signature == "valid"         ? "signed by the key that was given"
                          : b.signature == "not_checked" ? "signed, not checked: no --verify-key"
                                                         : "not signed";
  return fmt::format("Read from the evidence bundle {} (whole; {}), written by tourniquet {} as of {} with catalog {}.", printable(b.path),
                     signature, printable(b.tool_version), printable(b.as_of), printable(b.catalog_id));
}

Result<std::string> render_text(const model::Report& r, const Options& o) {
  Page p(o.color);
  for (const auto& m : r.machines) machine(p, m, r.goal);
  for (const auto& b : r.bundles) p.line(from_bundle(b));
  for (const auto& e : r.errors) p.line(fmt::format("{}: {}: {}", p.paint("31", "not read"), printable(e.target), printable(e.what)));
  p.line(fmt::format("Judged as of {} with catalog {} (data as of {}), goal '{}'.", r.as_of, r.catalog_id, r.catalog_data_as_of, r.goal));
  return p.take();
}

}  // namespace

extern const Renderer text_report;
const Renderer text_report{"text", render_text};

}  // namespace tq::report
