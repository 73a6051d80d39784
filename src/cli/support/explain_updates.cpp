#include <fmt/format.h>

#include <map>
#include <set>

#include "cli/support/explain.hpp"

namespace tq::cli {
namespace {

template <class Kbs>
std::string kb_list(const Kbs& kbs, const char* between) {
  std::string s;
  for (const std::uint32_t kb : kbs) s += (s.empty() ? "" : between) + kb_text(kb);
  return s;
}

/// Names are many: the first few, and how many more there are.
std::string shortened(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 12;
  std::string s;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) s += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? fmt::format("{} and {} more", s, names.size() - kShown) : s;
}

/// Machines list children where Microsoft's data names the parent.
void add_children(std::uint32_t kb, const catalog::Catalog& c, Answer& a) {
  std::string s;
  for (const auto& child : c.children_of(kb))
    s += fmt::format("{}{} for .NET Framework {}", s.empty() ? "" : "; ", kb_text(child.child), child.framework);
  a.add("machines list", s);
}

void explain_child(std::uint32_t kb, const catalog::Catalog& c, std::vector<Answer>& out) {
  for (const auto& p : c.parents_of(kb)) {
    Answer a{"child", fmt::format("{}: a part of {}", kb_text(kb), kb_text(p.parent)), {}};
    a.add("for", fmt::format(".NET Framework {}", p.framework));
    if (const auto u = c.find_kb(p.parent)) a.add("released", u->released.text());
    a.source(p);
    out.push_back(std::move(a));
  }
}

}  // namespace

void Answer::source(const catalog::Provenance& p) {
  add("note", p.note);
  add("source", p.confidence == catalog::Confidence::unconfirmed ? std::string("unconfirmed (no source)")
                                                                 : fmt::format("{} ({} confidence)", p.source, to_string(p.confidence)));
}

void explain_kb(std::uint32_t kb, const catalog::Catalog& c, std::vector<Answer>& out) {
  explain_child(kb, c, out);
  const auto u = c.find_kb(kb);
  if (!u) return;
  Answer a{"update", fmt::format("{}: {}", kb_text(kb), u->title), {}};
  a.add("kind", to_string(u->kind));
  a.add("released", u->released.text());
  if (u->version)
    a.add("version", fmt::format("{}{}", u->version->text(), u->version_file.empty() ? "" : fmt::format(" ({})", u->version_file)));
  a.add("supersedes", kb_list(u->supersedes, ", "));
  a.add("superseded by", kb_list(c.superseded_by(kb), ", "));
  std::string needs;
  for (const auto& group : u->requirements) needs += (needs.empty() ? "" : "; ") + kb_list(group, " or ");
  a.add("needs", needs);
  if (u->esu_required) a.add("licence", fmt::format("Extended Security Updates, year {}", u->esu_year));
  std::vector<std::string> cves;
  if (const auto row = c.row_of_kb(kb))
    for (const auto cve : c.cves_of_update(*row)) cves.push_back(catalog::cve_text(c.cves()[cve].cve));
  if (!cves.empty()) a.add("fixes", fmt::format("{} CVEs: {}", cves.size(), shortened(cves)));
  if (cves.empty() && u->n_cves != 0) a.add("fixes", fmt::format("{} CVEs", u->n_cves));
  add_children(kb, c, a);
  a.source(*u);
  out.push_back(std::move(a));
}

void explain_cve(catalog::CveId cve, const catalog::Catalog& c, std::vector<Answer>& out) {
  const auto row = c.find_cve(cve);
  if (!row) return;
  Answer a{"cve", fmt::format("{}: {}", catalog::cve_text(cve), row->title), {}};
  if (row->severity != catalog::Rating::none) a.add("severity", to_string(row->severity));
  a.add("impact", row->impact);
  if (row->first.known()) a.add("first update", row->first.text());
  if (row->known_exploited())
    a.add("exploited", fmt::format("on CISA's list since {}{}", row->exploited.text(), row->ransomware ? ", in ransomware campaigns" : ""));
  // By Windows: the updates that repair it there, by release.
  std::map<std::string, std::vector<std::string>> by_windows;
  std::set<std::pair<std::string, std::uint32_t>> seen;
  for (const auto& f : c.fixes_of_cve(row->row)) {
    const auto product = c.products()[f.product];
    const auto update = c.updates()[f.update];
    const std::string windows = "NT " + std::string(product.nt_version.empty() ? "?" : product.nt_version);
    if (seen.insert({windows, update.kb}).second)
      by_windows[windows].push_back(fmt::format("{} ({}, {})", kb_text(update.kb), update.released.text(), to_string(update.kind)));
  }
  for (const auto& [windows, updates] : by_windows) a.add(("on " + windows).c_str(), shortened(updates));
  a.source(*row);
  out.push_back(std::move(a));
}

}  // namespace tq::cli
