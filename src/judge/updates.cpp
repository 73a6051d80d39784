// Which servicing updates are in place, and what is to be installed for the goal. Never missing because it was not read.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::PackageState;
using model::Tri;

/// The strongest word of several packages of one KB: in place before on its way before not there.
int rank(PackageState s) {
  switch (s) {
    case PackageState::installed: return 0;
    case PackageState::superseded: return 1;
    case PackageState::pending_install: return 2;
    case PackageState::pending_removal: return 3;
    case PackageState::partial: return 4;
    case PackageState::broken: return 5;
    case PackageState::staged_or_superseded: return 6;
    case PackageState::staged: return 7;
    case PackageState::in_progress: return 8;
    case PackageState::unknown: return 9;
    case PackageState::absent: return 10;
  }
  return 11;
}

void installed(const model::Facts& facts, model::Verdict& v) {
  std::map<std::uint32_t, PackageState> states;
  std::map<std::uint32_t, std::vector<std::string>> evidence;
  const auto cite = [&evidence](std::uint32_t kb, const std::string& source) {
    auto& e = evidence[kb];
    if (std::find(e.begin(), e.end(), source) == e.end()) e.push_back(source);
  };
  for (const auto& p : facts.packages) {
    if (p.kb == 0 || p.child || p.state == PackageState::absent) continue;
    const auto it = states.try_emplace(p.kb, p.state).first;
    if (rank(p.state) < rank(it->second)) it->second = p.state;
    cite(p.kb, "cbs");
  }
  for (const auto& h : facts.hotfixes)
    if (h.succeeded && h.kb != 0) cite(h.kb, h.source);
  for (auto& [kb, sources] : evidence) {
    const auto it = states.find(kb);
    v.installed.push_back({kb, it != states.end() ? to_string(it->second) : "listed", std::move(sources)});
  }
}

std::vector<std::uint32_t> covered(const catalog::Catalog& catalog, const catalog::Update& newest,
                                   const std::optional<model::LevelVerdict>& level) {
  std::vector<std::uint32_t> out;
  for (const auto& u : catalog.updates())
    if (u.kind == catalog::UpdateKind::monthly_rollup && u.released < newest.released && (!level || u.released > level->month))
      out.push_back(u.kb);
  return out;
}

/// Of the cumulative line only the newest up to the goal: it stands for all that lie between.
void missing_rollup(const catalog::Catalog& catalog, const Options& options, model::Verdict& v) {
  const auto goal = std::find_if(v.goals.begin(), v.goals.end(), [&](const auto& g) { return g.name == options.goal; });
  if (goal == v.goals.end() || goal->reached == Tri::yes) return;
  const auto u = catalog.find_kb(goal->kb);
  if (!u) return;
  if (goal->reached == Tri::unknown) {
    v.unknown.push_back({u->kb, goal->why});
    return;
  }
  model::MissingUpdate m;
  m.kb = u->kb;
  m.kind = to_string(u->kind);
  m.title = u->title;
  m.released = u->released;
  m.cves = u->n_cves;
  m.covers = covered(catalog, *u, v.level);
  m.why = goal->why;
  v.missing.push_back(std::move(m));
}

void broken(const model::Facts& facts, model::Verdict& v) {
  for (const auto& p : facts.packages)
    if (p.state == PackageState::partial || p.state == PackageState::broken)
      v.broken_packages.push_back(
          fmt::format("{} (state {}{})", p.identity, p.raw_state, p.last_error != 0 ? fmt::format(", error {:#010x}", p.last_error) : ""));
}

}  // namespace

void judge_updates(const model::Facts& facts, const catalog::Catalog& catalog, const Options& options, model::Verdict& verdict) {
  installed(facts, verdict);
  broken(facts, verdict);
  missing_rollup(catalog, options, verdict);
}

}  // namespace tq::judge
