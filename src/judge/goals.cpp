// The three ends of the road: the last public update, the last of a volume ESU contract, the last ever made.
#include <fmt/format.h>

#include <algorithm>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;
using model::GoalVerdict;
using model::Standing;
using model::Tri;

/// The kernel proves a month at or after the goal's. A month that another file than the kernel tells is reached only by name
/// or by a later month.
bool kernel_reaches(const model::Verdict& v, const Date& goal) {
  if (!v.level || v.level->status == Standing::contradicted || v.level->month < goal) return false;
  return v.level->month > goal || v.level->kb != 0 || v.level->how != std::string_view("registered_revision");
}

std::string why_absent(const Judged& j, std::uint32_t i, const catalog::Update& goal) {
  const auto& k = j.c.kernel;
  switch (j.reason[i]) {
    case Reason::kernel_too_old:
      return fmt::format(
          "the kernel {} is older than that of {}", k.kernel->version.text(),
          k.too_new != nullptr && k.too_new->released <= goal.released ? k.too_new->released.month_text() : goal.released.month_text());
    case Reason::build_too_old:
      return fmt::format("build {} is older than build {}", *j.verdict.build.number,
                         goal.version       ? goal.version->build
                         : goal.fixed_build ? goal.fixed_build->build
                                            : 0);
    case Reason::not_in_packages: {
      const Seen* s = j.seen.find(goal.kb);
      if (s != nullptr && s->package && s->state != model::PackageState::absent)
        return fmt::format("{} is {}, not installed", kb_text(goal.kb), to_string(s->state));
      return "no package of that month or later is in place";
    }
    case Reason::not_in_list: return "the hotfix list names no update of that month or later";
    default: return text(j.reason[i]);
  }
}

/// A machine that takes security-only updates reaches a goal month by month: each one since the newest rollup counts.
void by_months(const Judged& j, const Date& goal, GoalVerdict& g) {
  std::vector<std::uint32_t> absent, unknown;
  bool of_goal = false;
  for (const auto i : j.view.of(Line::os)) {
    const auto& u = j.entry(i).update;
    if (u.kind != UpdateKind::security_only || u.released > goal || j.state[i] == State::not_applicable) continue;
    if (j.state[i] == State::absent || j.state[i] == State::waiting) absent.push_back(u.kb);
    if (j.state[i] == State::unknown || j.state[i] == State::either) unknown.push_back(u.kb);
    of_goal = of_goal || (j.holds(i) && months_between(u.released, goal) == 0);
  }
  if (!absent.empty()) {
    g.reached = Tri::no;
    g.why = fmt::format("{} security-only {} not in place, the first is {}", absent.size(),
                        absent.size() == 1 ? "update is" : "updates are", kb_text(absent.front()));
  } else if (unknown.empty() && of_goal) {
    g.reached = Tri::yes;
    g.why = "every security-only update up to that month is in place";
  } else {
    g.why = unknown.empty() ? "no update of that month is in place" : fmt::format("{} cannot be told", kb_text(unknown.front()));
  }
}

/// The kernel that was read, or the build, is older than what this update or one before it brought.
bool kernel_or_build_denies(const Judged& j, const catalog::Update& goal) {
  const auto& k = j.c.kernel;
  const auto& b = j.verdict.build;
  if (k.too_new != nullptr && k.too_new->released <= goal.released && !j.has_security_only) return true;
  return goal.version && b.number && b.status != Standing::contradicted && goal.version->build > *b.number;
}

void reach(const Judged& j, std::uint32_t i, GoalVerdict& g) {
  const auto& goal = j.entry(i).update;
  const auto& v = j.verdict;
  if (!j.entry(i).offered) {
    g.why = "Microsoft made this line of updates for the server, not for this product";
  } else if (j.holds(i)) {
    g.reached = Tri::yes;
    g.why = j.state[i] == State::covered && j.by[i] != kNone ? kb_text(j.entry(j.by[i]).update.kb) + " is in place and holds it"
                                                             : std::string(text(j.reason[i]));
    if (v.level && v.level->month >= goal.released) g.why = v.level->why;
  } else if (j.state[i] == State::absent && kernel_or_build_denies(j, goal)) {
    g.reached = Tri::no;  // whatever else contradicts itself: this kernel is from before the goal
    g.why = why_absent(j, i, goal);
  } else if (j.reason[i] == Reason::files_too_old && !j.security_only) {
    g.reached = Tri::no;  // the kernel is one file of the update; another one of it is not there
    g.why = file_reason(j, i);
  } else if (v.level && v.level->status == Standing::contradicted) {
    g.why = "the witnesses of the level contradict each other";
  } else if (j.state[i] == State::waiting) {
    g.reached = Tri::no;
    g.why = kb_text(goal.kb) + " is installed and waits for a restart";
  } else if (j.has_security_only && v.level && v.level->month >= goal.released) {
    by_months(j, goal.released, g);
  } else if (kernel_reaches(v, goal.released)) {
    g.reached = Tri::yes;
    g.why = v.level->why;
  } else if (j.state[i] == State::absent) {
    g.reached = Tri::no;
    g.why = why_absent(j, i, goal);
  } else if (!v.level) {
    g.why = v.level_unknown_why;
  } else {
    g.why = fmt::format("{} is proven at least; whether {} followed cannot be told from what was read", v.level->month.month_text(),
                        kb_text(goal.kb));
  }
}

/// The last day of a product whose updates ended before those of the line the goals are of: clients, which Extended Security
/// Updates were never made for. nullopt: the goals are the product's own.
std::optional<Date> own_end(const Case& c) {
  if (c.view->product.product_class != catalog::ProductClass::client) return std::nullopt;
  for (const auto& l : c.knowledge.catalog().lifecycles())
    if (l.nt_version == c.view->product.nt_version && l.build == c.view->product.build &&
        l.product_class == catalog::ProductClass::client && l.last_patch.known())
      return l.last_patch;
  return std::nullopt;
}

/// The last public updates of such a product stand side by side, none holds the others: the goal is reached when every
/// update that was made for it is in place. It is named by the last of them.
GoalVerdict own_goal(const Judged& j, const catalog::Goal& goal, const Date& end) {
  GoalVerdict g;
  g.name = goal.id;
  g.released = end;
  std::size_t absent = 0, open = 0;
  std::uint32_t entry = kNone;
  for (const Slot& slot : j.view.slots) {
    const auto& u = j.entry(slot.entry).update;
    if (slot.part != 0 || u.released > end || slot.entry >= j.unborn) continue;
    if (entry == kNone || slot.entry > entry) entry = slot.entry;
    absent += static_cast<std::size_t>(j.state[slot.entry] == State::absent || j.state[slot.entry] == State::waiting);
    open += static_cast<std::size_t>(!j.holds(slot.entry));
  }
  if (entry != kNone) g.kb = j.view.kbs[entry];
  g.reached = entry == kNone ? Tri::unknown : open == 0 ? Tri::yes : absent != 0 ? Tri::no : Tri::unknown;
  g.why = fmt::format("{} got its last updates on {}, each by itself: ", j.view.product.name, end.text());
  g.why += open == 0     ? "every one made for it is in place"
           : absent != 0 ? fmt::format("{} are not in place", absent)
                         : fmt::format("of {} cannot be told whether they are in place", open);
  return g;
}

/// A goal as the catalog has it, which cannot be held against this machine.
GoalVerdict open_goal(const catalog::Goal& goal, std::string why) {
  GoalVerdict g;
  g.name = goal.id;
  g.kb = goal.kb;
  g.revision = goal.version.revision;
  g.released = goal.date;
  g.why = std::move(why);
  return g;
}

/// What the goals of the server's line mean for such a product: the public one is its own, the others are nobody's.
GoalVerdict goal_of_client(const Judged& j, const catalog::Goal& goal, const Date& end) {
  if (goal.id == "public") return own_goal(j, goal, end);
  return open_goal(goal,
                   fmt::format("Extended Security Updates were made for the server, not for this product: {} got its last updates on {}",
                               j.view.product.name, end.text()));
}

}  // namespace

std::uint32_t goal_entry(const Judged& j, const catalog::Goal& goal) {
  if (const auto i = j.view.index.of(goal.kb); i != kNone && i < j.unborn) return i;
  // Not made for this processor, or not out yet: the last one that was.
  const auto& all = j.view.of(Line::os);
  for (std::size_t n = all.size(); n-- > 0;)
    if (const auto& u = j.entry(all[n]).update; all[n] < j.unborn && u.kind == UpdateKind::monthly_rollup && u.released <= goal.date)
      return all[n];
  return kNone;
}

void judge_goals(const Judged& j, model::Verdict& verdict) {
  const auto end = own_end(j.c);
  for (const auto& goal : j.c.knowledge.goals()) {
    if (goal.nt_version != j.c.facts.identity.nt_version) continue;
    if (end && *end < goal.date) {
      verdict.goals.push_back(goal_of_client(j, goal, *end));
      continue;
    }
    const auto i = goal_entry(j, goal);
    if (i == kNone && j.unborn == kNone) continue;
    if (i == kNone) {
      verdict.goals.push_back(open_goal(goal, "the monthly line had not begun on the day that is judged as"));
      continue;
    }
    const auto& u = j.entry(i).update;
    GoalVerdict g;
    g.name = goal.id;
    g.kb = u.kb;
    g.revision = u.kb == goal.kb ? goal.version.revision : u.version ? u.version->revision : u.fixed_build ? u.fixed_build->revision : 0;
    g.released = u.released;
    reach(j, i, g);
    if (u.kb != goal.kb)
      g.why +=
          fmt::format("; {} {}", kb_text(goal.kb),
                      j.view.index.of(goal.kb) == kNone ? "was not made for this processor" : "was not out on the day that is judged as");
    if (g.reached == Tri::yes)
      g.months_behind = 0;
    else if (verdict.level)
      g.months_behind = months_between(verdict.level->month, u.released);
    verdict.goals.push_back(std::move(g));
  }
}

}  // namespace tq::judge
