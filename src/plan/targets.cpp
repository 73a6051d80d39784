// What a goal asks for on this machine, and which goals it can never reach.
#include <fmt/format.h>

#include "plan/plan.hpp"

namespace tq::plan {
namespace {

using catalog::UpdateKind;

/// The newest of a kind for this machine that a source confirms; nothing after `until` when that is given.
std::optional<catalog::Update> newest(const State& s, const catalog::Catalog& catalog, UpdateKind kind, std::optional<Date> until) {
  std::optional<catalog::Update> best;
  for (const auto& u : catalog.updates()) {
    if (u.kind != kind || !made_for(u, s) || u.confidence > catalog::Confidence::medium) continue;
    // The public goal takes no stack of the ESU years: whether those install without a licence is not known.
    if (until && (u.released > *until || u.esu_year != 0)) continue;
    if (!best || u.released > best->released) best = u;
  }
  return best;
}

std::vector<catalog::Update> security_only(const State& s, const catalog::Catalog& catalog, const catalog::Goal& goal) {
  std::vector<catalog::Update> out;
  for (const auto& u : catalog.updates())
    if (u.kind == UpdateKind::security_only && u.released <= goal.date && made_for(u, s)) out.push_back(u);
  return out;
}

}  // namespace

std::optional<Line> line_from(const std::string& word) {
  if (word == "auto") return Line::automatic;
  if (word == "rollup") return Line::rollup;
  if (word == "security-only") return Line::security_only;
  return std::nullopt;
}

Line line_of(const State& s, const catalog::Catalog& catalog) {
  bool single = false;
  for (const auto kb : s.in_place) {
    const auto u = catalog.find_kb(kb);
    if (!u) continue;
    if (u->kind == UpdateKind::monthly_rollup || u->kind == UpdateKind::preview) return Line::rollup;
    single |= u->kind == UpdateKind::security_only;
  }
  return single ? Line::security_only : Line::rollup;
}

Targets targets_of(const State& s, const catalog::Catalog& catalog, const catalog::Goal& goal, Line line) {
  Targets t;
  const auto last = catalog.find_kb(goal.kb);
  if (!last) return t;
  if (line == Line::security_only)
    t.line = security_only(s, catalog, goal);
  else
    t.line.push_back(*last);
  const Presence presence(s, catalog);
  bool all = true;
  for (const auto& u : t.line) all &= presence.of(u) == Tri::yes;
  if (all) return {};
  if (const auto stack = newest(s, catalog, UpdateKind::servicing_stack, last->esu_required ? std::nullopt : std::optional(goal.date)))
    t.groundwork.push_back(*stack);
  if (last->esu_required)
    if (const auto preparation = newest(s, catalog, UpdateKind::esu_preparation, std::nullopt)) t.groundwork.push_back(*preparation);
  return t;
}

std::string why_impossible(const State& s, const catalog::Catalog& catalog, const catalog::Goal& goal) {
  const auto u = catalog.find_kb(goal.kb);
  if (!u) return fmt::format("the catalog has no row for {}", kb_text(goal.kb));
  if (s.product_class == catalog::ProductClass::client)
    for (const auto& l : catalog.lifecycles())
      if (l.nt_version == s.nt_version && l.product_class == *s.product_class && l.last_patch.known() && l.last_patch < goal.date)
        return fmt::format("{} got its last update on {}; {} of {} was made for Windows Server 2008 and is unofficial here", l.product,
                           l.last_patch.text(), kb_text(goal.kb), goal.date.text());
  if (!made_for(*u, s)) {
    std::string last = "none at all";
    for (const auto& other : catalog.updates())
      if (other.kind == u->kind && made_for(other, s)) last = fmt::format("{} of {}", kb_text(other.kb), other.released.text());
    return fmt::format("{} was not made for {}: the last such update for it is {}", kb_text(goal.kb), s.arch, last);
  }
  return {};
}

}  // namespace tq::plan
