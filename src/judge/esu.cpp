// What the road past 2020-01 needs: SHA-2 support, a servicing stack, the licensing preparation, a licence.
#include <algorithm>

#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using catalog::UpdateKind;
using model::Tri;

/// In place, absent (only when the packages were read as a whole), or unknown.
Tri any_of_kind(const model::Facts& facts, const catalog::Catalog& catalog, UpdateKind kind, const FileVersion& least) {
  for (const auto& p : facts.packages) {
    const auto u = p.kb != 0 && !p.child && model::present(p.state) ? catalog.find_kb(p.kb) : std::nullopt;
    if (u && u->kind == kind && (p.version.value_or(FileVersion{}) >= least)) return Tri::yes;
  }
  for (const auto& h : facts.hotfixes) {
    const auto u = h.succeeded ? catalog.find_kb(h.kb) : std::nullopt;
    // A list names no package version: an early release of the same KB may be meant, so it proves nothing where that matters.
    if (u && u->kind == kind && least == FileVersion{}) return Tri::yes;
  }
  return packages_speak(facts) ? Tri::no : Tri::unknown;
}

void stack(const model::Facts& facts, const catalog::Catalog& catalog, model::EsuVerdict& e) {
  std::optional<FileVersion> newest;
  for (const auto& s : facts.stacks)
    if (s.source != "cbs_log" && (!newest || s.version > *newest)) newest = s.version;
  std::optional<catalog::Update> update, least;
  for (const auto& u : catalog.updates()) {
    if (u.kind != UpdateKind::servicing_stack || !u.version) continue;
    if (!least) least = u;  // updates come by date: the first stack is the one everything later asks for
    if (newest && *u.version == *newest) update = u;
  }
  if (newest) e.stack_version = newest->text();
  if (update) e.stack_kb = update->kb;
  if (newest && least) e.stack_sufficient = *newest >= *least->version ? Tri::yes : Tri::no;
}

}  // namespace

void judge_esu(const model::Facts& facts, const catalog::Catalog& catalog, model::Verdict& verdict) {
  if (!verdict.product_known) return;
  auto& e = verdict.esu;
  // Only the last release of the SHA-2 update (package version 6.0.4.0) carries everything that later updates need.
  e.sha2 = any_of_kind(facts, catalog, UpdateKind::sha2, FileVersion{6, 0, 4, 0});
  e.preparation = any_of_kind(facts, catalog, UpdateKind::esu_preparation, FileVersion{});
  stack(facts, catalog, e);
}

}  // namespace tq::judge
