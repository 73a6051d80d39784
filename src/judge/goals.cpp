// The three ends of the road: the last public update, the last of a volume ESU contract, the last ever made.
#include <fmt/format.h>

#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::GoalVerdict;
using model::Standing;
using model::Tri;

/// Build 6002 is older than every month that brings 6003, whatever else was not read.
bool build_too_old(const model::BuildVerdict& b, const FileVersion& goal) {
  return b.number && b.status != Standing::contradicted && *b.number < goal.build;
}

/// Every update of the goal's month or later, and none of them is in a list that was read as a whole.
bool lists_deny(const model::Facts& facts, const catalog::Catalog& catalog, const Date& goal) {
  if (packages_speak(facts)) {
    const auto u = newest_package(facts, catalog);
    return !u || u->released < goal;
  }
  if (!hotfixes_speak(facts) || facts.packages_read == Tri::yes) return false;
  const auto u = newest_hotfix(facts, catalog);
  return !u || u->released < goal;
}

void reach(const model::Facts& facts, const catalog::Catalog& catalog, const model::Verdict& v, const catalog::Goal& goal, GoalVerdict& g) {
  const auto kernel = kernel_of(facts);
  const bool contradicted = v.level && v.level->status == Standing::contradicted;
  if (v.level && !contradicted && v.level->month >= goal.date) {
    // A month that another file than the kernel tells is reached only by name or by a later month.
    if (v.level->month > goal.date || v.level->kb != 0 || v.level->how != std::string_view("registered_revision")) {
      g.reached = Tri::yes;
      g.why = v.level->why;
      return;
    }
  }
  const auto too_new = kernel ? disproved(kernel->version, catalog) : std::nullopt;
  if (too_new && too_new->released <= goal.date) {
    g.reached = Tri::no;
    g.why = fmt::format("the kernel {} is older than that of {}", kernel->version.text(), too_new->released.month_text());
  } else if (build_too_old(v.build, goal.version)) {
    g.reached = Tri::no;
    g.why = fmt::format("build {} is older than build {}", *v.build.number, goal.version.build);
  } else if (!contradicted && lists_deny(facts, catalog, goal.date)) {
    g.reached = Tri::no;
    g.why =
        packages_speak(facts) ? "no package of that month or later is in place" : "the hotfix list names no update of that month or later";
  } else if (contradicted) {
    g.why = "the witnesses of the level contradict each other";
  } else if (!v.level) {
    g.why = v.level_unknown_why;
  } else {
    g.why = fmt::format("{} is proven at least; whether {} followed cannot be told from what was read", v.level->month.month_text(),
                        kb_text(goal.kb));
  }
}

}  // namespace

void judge_goals(const model::Facts& facts, const catalog::Catalog& catalog, model::Verdict& verdict) {
  for (const auto& goal : catalog.goals()) {
    if (goal.nt_version != facts.identity.nt_version) continue;
    GoalVerdict g;
    g.name = goal.id;
    g.kb = goal.kb;
    g.revision = goal.version.revision;
    g.released = goal.date;
    reach(facts, catalog, verdict, goal, g);
    if (g.reached == Tri::yes)
      g.months_behind = 0;
    else if (verdict.level)
      g.months_behind = months_between(verdict.level->month, goal.date);
    verdict.goals.push_back(std::move(g));
  }
}

}  // namespace tq::judge
