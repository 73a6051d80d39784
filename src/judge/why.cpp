// `check --why`: the proof of one answer, from the same steps that made the verdict.
#include <fmt/format.h>

#include <algorithm>

#include "judge/run.hpp"

namespace tq::judge {
namespace {

const char* answer_word(State s) {
  switch (s) {
    case State::present: return "installed";
    case State::covered: return "covered";
    case State::waiting: return "waiting";
    case State::absent: return "missing";
    case State::not_applicable: return "not_applicable";
    case State::undecided:
    case State::either:
    case State::unknown: return "unknown";
  }
  return "unknown";
}

std::string row_text(const catalog::Update& u) {
  return fmt::format("updates: {} {} {} ({}; source: {}{})", kb_text(u.kb), u.released.text(), to_string(u.kind), to_string(u.confidence),
                     u.source.empty() ? "none" : u.source, u.note.empty() ? "" : fmt::format("; {}", u.note));
}

/// What could have told, and whether it was there to be read.
void searched(const Judged& j, Proof& p) {
  const auto& f = j.c.facts;
  p.searched.push_back(j.packages                           ? "packages: read as a whole"
                       : f.packages_read == model::Tri::yes ? "packages: the key was read and holds none, which proves nothing"
                                                            : "packages: not read");
  for (const auto& l : f.hotfix_lists)
    p.searched.push_back(fmt::format("hotfix list {}: {} entries, {} ({})", l.source, l.listed, l.complete ? "whole" : "cut", l.where));
  if (f.hotfix_lists.empty()) p.searched.emplace_back("hotfix lists: none");
  const auto& k = j.c.kernel;
  p.searched.push_back(k.kernel ? fmt::format("kernel: {} ({})", k.kernel->version.text(), k.kernel->where)
                                : "kernel: no version was read");
  if (!k.match.why.empty()) p.searched.push_back("kernel says: " + k.match.why);
  p.searched.push_back(j.view.files.empty()
                           ? "files of updates: the catalog has no table of them"
                           : fmt::format("files of updates: {} rows, {} files of this machine", j.view.files.size(), f.files.size()));
  if (f.servicing.pending_operations == model::Tri::yes)
    p.searched.emplace_back("servicing work waits for a restart: every answer is provisional");
}

void found_packages(const Judged& j, std::uint32_t kb, Proof& p) {
  const auto& f = j.c.facts;
  for (const auto& x : f.packages)
    if (x.kb == kb)
      p.found.push_back(fmt::format("package {}: {} (state {}){} ({})", x.identity, to_string(x.state), x.raw_state,
                                    x.child ? ", one target of the update" : "", x.where));
  for (const auto& h : f.hotfixes)
    if (h.kb == kb) p.found.push_back(fmt::format("{}{}: {} ({})", h.source, h.succeeded ? "" : " (failed)", kb_text(kb), h.where));
}

void found_files(const Judged& j, const Entry& e, Proof& p) {
  const auto says = files_say(j, e);
  if (!says) return;
  p.found.push_back(fmt::format("file {} {} ({})", says->file->path, says->file->version.text(), says->file->where));
  if (says->wanted != nullptr)
    p.rows.push_back(fmt::format("files: {} {} {} {} {} (source: {})", kb_text(says->wanted->kb), says->wanted->file,
                                 to_string(says->wanted->arch), to_string(says->wanted->branch), says->wanted->version.text(),
                                 says->wanted->source));
}

void about_update(const Judged& j, std::uint32_t i, Proof& p) {
  const Entry& e = j.entry(i);
  found_packages(j, e.update.kb, p);
  for (const auto& child : j.view.range(j.view.children, e.children)) found_packages(j, child.kb, p);
  found_files(j, e, p);
  p.rows.push_back(row_text(e.update));
  if (j.by[i] != kNone) {
    const auto& by = j.entry(j.by[i]).update;
    found_packages(j, by.kb, p);
    p.rows.push_back(row_text(by));
  }
}

Proof of_update(const Judged& j, std::uint32_t kb) {
  Proof p;
  p.subject = kb_text(kb);
  searched(j, p);
  const Entry* e = j.view.find(kb);
  if (e == nullptr) {
    found_packages(j, kb, p);
    p.answer = p.found.empty() ? "not_in_catalog" : "installed";
    p.rule = "the catalog has no such update for " + std::string(j.view.product.name);
    return p;
  }
  const auto i = j.view.index_of(*e);
  p.answer = answer_word(j.state[i]);
  p.rule = text(j.reason[i]);
  if (j.by[i] != kNone) p.rule += ": " + kb_text(j.entry(j.by[i]).update.kb);
  about_update(j, i, p);
  return p;
}

Proof of_cve(const Judged& j, const model::Verdict& v, catalog::CveId cve) {
  Proof p;
  p.subject = catalog::cve_text(cve);
  searched(j, p);
  const auto it = std::lower_bound(j.view.cves.begin(), j.view.cves.end(), cve);
  if (it == j.view.cves.end() || *it != cve) {
    p.answer = "not_in_catalog";
    p.rule = "Microsoft's data lists no fix of it for " + std::string(j.view.product.name) +
             ": not listed, which is not the same as not affected";
    return p;
  }
  const auto n = static_cast<std::size_t>(it - j.view.cves.begin());
  const bool missing = std::binary_search(v.cves.missing.begin(), v.cves.missing.end(), cve);
  const bool unknown = std::binary_search(v.cves.unknown.begin(), v.cves.unknown.end(), cve);
  p.answer = missing ? "missing" : unknown ? "unknown" : "repaired";
  p.rule = missing   ? "nothing in place repairs it, and an update up to the goal would"
           : unknown ? "whether one of the updates that repair it is in place cannot be told"
                     : "an update that repairs it is in place, or the part it is in is not on this machine";
  for (const CveRef& ref : j.view.range(j.view.cve_refs, j.view.cve_groups[j.view.cve_group[n]])) {
    const auto slot = ref.slot;
    const auto i = j.view.slots[slot].entry;
    const Part& part = j.view.parts[j.view.slots[slot].part];
    p.found.push_back(fmt::format("{}{}: {}, {}{}", kb_text(j.entry(i).update.kb),
                                  part.name.empty() ? "" : fmt::format(" for {} {}", part.name, part.version), answer_word(j.slots[slot]),
                                  text(j.reason[i]), j.by[i] != kNone ? ": " + kb_text(j.entry(j.by[i]).update.kb) : ""));
    p.rows.push_back(row_text(j.entry(i).update));
  }
  if (const auto row = j.c.knowledge.catalog().find_cve(cve))
    p.rows.push_back(fmt::format("cves: {} {}{} (source: {})", p.subject, row->title,
                                 row->known_exploited() ? "; known to be exploited since " + row->exploited.text() : "", row->source));
  return p;
}

}  // namespace

std::optional<Proof> prove(const model::Facts& facts, const Knowledge& knowledge, const Options& options, const std::string& subject) {
  const auto cve = catalog::parse_cve(subject);
  const auto kb = cve ? std::nullopt : parse_kb(subject);
  if (!cve && !kb) return std::nullopt;
  const Case c = make_case(facts, knowledge, options);
  if (c.view == nullptr)
    return Proof{subject, "unknown", "the catalog knows no product that fits this machine, so nothing can be said of its updates",
                 {},      {},        {}};
  const model::Verdict v = cve ? judge(facts, knowledge, options) : identify(c);
  Judged j(c, v);
  decide(j);
  return cve ? of_cve(j, v, *cve) : of_update(j, *kb);
}

}  // namespace tq::judge
