// From targets to steps: what they need, in the order servicing takes it, with licence and restarts where they must be.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plan/plan.hpp"
#include "plan/support/draft.hpp"

namespace tq::plan {
namespace {

using catalog::UpdateKind;

const Approval* approval_of(const Options& o, std::uint32_t kb) {
  const Approval* last = nullptr;  // of several lines for one KB the last one stands
  for (const auto& a : o.approvals)
    if (a.kb == kb) last = &a;
  return last;
}

void impossible_goals(const State& s, const catalog::Catalog& catalog, Plan& p) {
  std::optional<Date> best;
  for (const auto& g : catalog.goals()) {
    if (g.nt_version != s.nt_version) continue;
    std::string why = why_impossible(s, catalog, g);
    if (!why.empty()) {
      p.impossible.push_back({std::string(g.id), std::move(why)});
    } else if (!best || g.date > *best) {
      best = g.date;
      p.farthest = g.id;
    }
  }
}

/// Says what is missing in the evidence, as far as it changes the plan.
void ask(const State& s, const catalog::Catalog& catalog, Plan& p) {
  if (s.nt_version.empty()) p.unknown.emplace_back("which Windows it is");
  if (s.arch.empty()) p.unknown.emplace_back("the processor architecture: the steps are those of x86 and x64; Itanium ends earlier");
  if (!s.product_class)
    p.unknown.emplace_back("whether it is a server or a client: the steps are those of a server; a client may end earlier");
  if (!s.build && !s.service_pack) p.unknown.emplace_back("the build and the service pack");
  if (s.restart_pending == Tri::unknown)
    p.unknown.emplace_back("whether a restart is pending: a saved hive does not hold that key; look on the machine before the first step");
  if (p.goal_kb != 0)
    if (const auto u = catalog.find_kb(p.goal_kb); u && u->esu_required && s.licensed == Tri::unknown)
      p.unknown.emplace_back("whether a licence for Extended Security Updates is active: only the running machine can say");
}

void notes(const State& s, const catalog::Catalog& catalog, Plan& p) {
  if (p.steps.empty()) return;
  p.notes.emplace_back("Make a backup that was tried, and keep the media of every step.");
  if (p.line == Line::security_only)
    p.notes.emplace_back(
        "Security-only updates are not cumulative: each month counts, Internet Explorer's cumulative update comes beside them, and "
        "nothing before their first month is covered.");
  for (const auto& step : p.steps) {
    const auto u = step.kb != 0 ? catalog.find_kb(step.kb) : std::nullopt;
    if (u && u->confidence > catalog::Confidence::high && !u->note.empty())
      p.notes.push_back(fmt::format("{}: {}", kb_text(u->kb), u->note));
  }
  if (s.product_class == catalog::ProductClass::client)
    p.notes.emplace_back("These updates were made for Windows Server 2008: on this client they are unofficial.");
}

void nothing_to_do(const catalog::Goal& goal, Plan& p) {
  p.notes.push_back(fmt::format("{} is in place or covered: nothing has to be done for the goal.", kb_text(goal.kb)));
}

/// Written at every step that is an update; without a list nothing is written, and nothing forbidden.
void approve(const Options& o, Plan& p) {
  if (!o.has_approvals) return;
  for (auto& step : p.steps) {
    if (step.kb == 0) continue;
    const auto* a = approval_of(o, step.kb);
    step.approval = a != nullptr ? a->status : "not_listed";
    if (a == nullptr) continue;
    step.approval_note = a->by;
    if (!a->date.empty()) step.approval_note += (step.approval_note.empty() ? "" : ", ") + a->date;
    if (!a->note.empty()) step.approval_note += (step.approval_note.empty() ? "" : ": ") + a->note;
    if (a->status == "rejected")
      p.impossible.push_back({p.goal, fmt::format("{} is needed and the approvals reject it", kb_text(step.kb))});
  }
}

}  // namespace

const char* to_string(Need n) { return n == Need::yes ? "yes" : "if_absent"; }

Plan make_plan(const State& state, const catalog::Catalog& catalog, const Options& options) {
  Plan p;
  p.from = state;
  p.goal = options.goal;
  p.line = options.line == Line::automatic ? line_of(state, catalog) : options.line;
  const auto goal = catalog.find_goal(state.nt_version, options.goal);
  if (goal) p.goal_kb = goal->kb;
  ask(state, catalog, p);
  if (state.nt_version.empty()) {
    p.answered = false;
    return p;
  }
  if (!goal) {
    p.impossible.push_back({options.goal, fmt::format("the catalog knows no such goal for Windows NT {}: it plans NT 6.0 (Windows Server "
                                                      "2008, not 2008 R2) only",
                                                      state.nt_version)});
    return p;
  }
  impossible_goals(state, catalog, p);
  const auto refused = std::any_of(p.impossible.begin(), p.impossible.end(), [&](const auto& i) { return i.goal == p.goal; });
  if (refused) return p;

  Draft draft(state, catalog, options, p.line);
  draft.want(targets_of(state, catalog, *goal, p.line));
  p.steps = draft.steps(*goal);
  p.relied_on = draft.relied_on();
  if (p.steps.empty()) nothing_to_do(*goal, p);
  approve(options, p);
  notes(state, catalog, p);
  return p;
}

}  // namespace tq::plan
