// What the road past 2020-01 needs: SHA-2 support, a servicing stack, the licensing preparation, a licence.
#include <algorithm>

#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using catalog::UpdateKind;
using model::Tri;

/// In place, absent (only when the packages were read as a whole), or unknown.
Tri any_of_kind(const Case& c, catalog::Line line, UpdateKind kind, const FileVersion& least) {
  for (const auto i : c.view->of(line)) {
    const Seen* s = c.seen.at(i);
    if (s == nullptr || c.view->entries[i].update.kind != kind) continue;
    if (s->package_present() && s->version >= least) return Tri::yes;
    // A list names no package version: an early release of the same KB may be meant, so it proves nothing where that matters.
    if (s->named() && least == FileVersion{}) return Tri::yes;
  }
  return c.packages ? Tri::no : Tri::unknown;
}

/// A package in place that could not have been installed without SHA-2. Its own release says which it needed.
bool implies_sha2(const Case& c) {
  const auto& all = c.view->sha2_needers;
  return std::any_of(all.begin(), all.end(), [&](auto i) { return c.seen.package_present(i); });
}

void stack(const Case& c, model::EsuVerdict& e) {
  std::optional<FileVersion> newest;
  for (const auto& s : c.facts.stacks)
    if (s.source != "cbs_log" && (!newest || s.version > *newest)) newest = s.version;
  const catalog::Update *update = nullptr, *least = nullptr;
  for (const auto i : c.view->of(catalog::Line::servicing_stack)) {
    const auto& u = c.view->entries[i].update;
    if (!u.version) continue;
    if (least == nullptr) least = &u;  // updates come by date: the first stack is the one everything later asks for
    if (newest && *u.version == *newest) update = &u;
  }
  if (newest) e.stack_version = newest->text();
  if (update != nullptr) e.stack_kb = update->kb;
  if (newest && least != nullptr) e.stack_sufficient = *newest >= *least->version ? Tri::yes : Tri::no;
}

void licence(const Case& c, model::EsuVerdict& e) {
  const auto& l = c.facts.licence;
  for (const auto& id : l.ids) {
    std::string name = id.name;
    for (const auto& row : c.knowledge.catalog().esu_ids())
      if (row.activation_id == id.name) name = std::string(row.licence) + " (" + id.name + ")";
    e.licence_ids.push_back(std::move(name));
  }
  e.licence = !l.ids.empty() ? "keys_present" : l.store == Tri::unknown ? "unknown" : "absent";
}

}  // namespace

void judge_esu(const Case& c, model::Verdict& verdict) {
  if (!verdict.product_known) return;
  auto& e = verdict.esu;
  // Only the last release of the SHA-2 update (package version 6.0.4.0) carries everything that later updates need.
  e.sha2 = any_of_kind(c, catalog::Line::sha2, UpdateKind::sha2, FileVersion{6, 0, 4, 0});
  if (e.sha2 != Tri::yes && implies_sha2(c)) e.sha2 = Tri::yes;
  e.preparation = any_of_kind(c, catalog::Line::esu_preparation, UpdateKind::esu_preparation, FileVersion{});
  stack(c, e);
  licence(c, e);
}

}  // namespace tq::judge
