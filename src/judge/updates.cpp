// The lists: what the machine names, what is to be installed for the goal, what cannot be told, and what newer ones hold.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;
using model::Tri;

model::MissingUpdate missing(const Judged& j, std::uint32_t i, std::string why) {
  const auto& u = j.entry(i).update;
  model::MissingUpdate m;
  m.kb = u.kb;
  m.kind = to_string(u.kind);
  m.title = u.title;
  m.released = u.released;
  m.cves = u.n_cves;
  m.why = std::move(why);
  if (const Seen* s = j.seen.at(i); s != nullptr && s->package && s->state != model::PackageState::absent) m.state = to_string(s->state);
  return m;
}

class Lists {
 public:
  Lists(Judged& j, model::Verdict& v) : j_(j), v_(v), taken_(j.state.size(), 0), goal_(goal_row()), goal_verdict_(verdict_of_goal()) {
    v_.unknown.reserve(j.state.size());
  }

  void make() {
    if (!j_.c.options.goal.empty()) os_line();
    cumulative(Line::ie, UpdateKind::ie_cumulative);
    dotnet();
    groundwork();
    singles();
    covered();
  }

 private:
  /// Of the monthly line: the goal's rollup with all that it stands for, or each month of a security-only machine.
  void os_line() {
    const auto goal = goal_;
    if (goal == kNone || !j_.entry(goal).offered) return;
    if (reached(goal) == Tri::yes) {
      stand_for_all(kNone, false);
      return;
    }
    if (j_.security_only) return months(j_.entry(goal).update.released);
    if (j_.state[goal] == State::waiting) return;
    if (reached(goal) == Tri::no) {
      auto covers = stand_for_all(goal, true);
      lacks(goal, goal_why(goal)).covers = std::move(covers);
    } else {
      unknown(goal, j_.reason[goal] == Reason::none ? Reason::nothing_read : j_.reason[goal]);
      stand_for_all(goal, false);
    }
  }

  /// Marks what an update of the line stands for; gives the KBs of those that are absent, rising.
  /// `asked`: the goal's update is to be installed, so what files prove to be missing is stood for as well.
  std::vector<std::uint32_t> stand_for_all(std::uint32_t goal, bool asked) {
    std::vector<std::uint32_t> kbs;
    for (const auto i : j_.view.of(Line::os)) {
      if (i == goal || j_.holds(i) || j_.state[i] == State::not_applicable) continue;
      if (goal != kNone && !holds(j_.entry(goal), j_.entry(i))) continue;
      stand_for(i, asked, kbs);
    }
    // A rollup carries the fixes of Internet Explorer; a goal that was reached month by month does not.
    if (goal != kNone)
      for (const auto i : j_.view.of(Line::ie))
        if (!j_.holds(i) && j_.state[i] != State::not_applicable && j_.entry(i).update.released <= j_.entry(goal).update.released)
          stand_for(i, asked, kbs);
    std::sort(kbs.begin(), kbs.end());
    return kbs;
  }

  void stand_for(std::uint32_t i, bool asked, std::vector<std::uint32_t>& kbs) {
    if (j_.reason[i] == Reason::files_too_old && !asked) return;
    taken_[i] = 1;
    if (j_.state[i] == State::absent) kbs.push_back(j_.view.kbs[i]);
  }

  void months(const Date& goal) {
    for (const auto i : j_.view.of(Line::os)) {
      const auto& u = j_.entry(i).update;
      taken_[i] = 1;
      if (u.kind != UpdateKind::security_only || u.released > goal) continue;
      if (j_.state[i] == State::absent) lacks(i, text(j_.reason[i]));
      if (j_.state[i] == State::unknown || j_.state[i] == State::either) unknown(i, j_.reason[i]);
    }
  }

  /// The newest of a cumulative line up to the goal, with the older ones it stands for.
  void cumulative(Line line, UpdateKind kind) {
    std::uint32_t newest = kNone;
    std::vector<std::uint32_t> covers;
    const auto& all = j_.view.of(line);
    for (std::size_t n = all.size(); n-- > 0;) {
      const auto i = all[n];
      if (taken_[i] != 0 || !j_.within_goal(i) || j_.entry(i).update.kind != kind) continue;
      if (j_.state[i] != State::absent && j_.state[i] != State::unknown) continue;
      taken_[i] = 1;
      if (newest == kNone)
        newest = i;
      else if (j_.state[i] == State::absent)
        covers.push_back(j_.view.kbs[i]);
    }
    if (newest == kNone) return;
    if (j_.state[newest] == State::unknown) return unknown(newest, j_.reason[newest]);
    std::sort(covers.begin(), covers.end());
    lacks(newest, text(j_.reason[newest])).covers = std::move(covers);
  }

  /// .NET has rollups and security-only months of its own; the machine's line decides which are asked for.
  void dotnet() {
    bool security_only = j_.c.options.line == UpdateLine::security_only;
    if (j_.c.options.line == UpdateLine::automatic)
      for (const auto i : j_.view.of(Line::dotnet))
        if (j_.state[i] == State::present) security_only = j_.entry(i).update.kind == UpdateKind::dotnet_security_only;
    if (!security_only) {
      cumulative(Line::dotnet, UpdateKind::dotnet_rollup);
      return each(Line::dotnet, UpdateKind::dotnet_security);
    }
    each(Line::dotnet, UpdateKind::dotnet_security);
    each(Line::dotnet, UpdateKind::dotnet_security_only);
  }

  void each(Line line, UpdateKind kind) {
    for (const auto i : j_.view.of(line)) {
      if (!j_.within_goal(i) || j_.entry(i).update.kind != kind) continue;
      if (j_.state[i] == State::absent) lacks(i, text(j_.reason[i]));
      if (j_.state[i] == State::unknown) unknown(i, j_.reason[i]);
    }
  }

  /// Asked for only where something of Windows is missing that needs it: by itself none of it repairs anything.
  void groundwork() {
    std::set<std::uint32_t> wanted;
    std::vector<std::uint32_t> asking;
    for (const auto& m : v_.missing) asking.push_back(m.kb);
    bool newest_stack = false, newest_preparation = false;
    for (const auto kb : asking) {
      const Entry* e = j_.view.find(kb);
      if (e == nullptr || e->line != Line::os) continue;
      for (const Range group : j_.view.range(j_.view.need_groups, e->needs)) want_one_of(group, wanted);
      newest_stack = newest_stack || e->needs.count != 0;
      newest_preparation = newest_preparation || e->update.esu_required;
    }
    if (newest_stack) want_newest(Line::servicing_stack, wanted);
    if (newest_preparation) want_newest(Line::esu_preparation, wanted);
    for (const auto i : wanted) {
      if (j_.state[i] == State::absent) lacks(i, text(j_.reason[i]));
      if (j_.state[i] == State::unknown) unknown(i, j_.reason[i]);
    }
  }

  void want_one_of(Range group, std::set<std::uint32_t>& wanted) {
    std::uint32_t first = kNone;
    for (const auto i : j_.view.range(j_.view.need_entries, group)) {
      if (j_.view.lines[i] == Line::os) continue;
      if (j_.holds(i)) return;
      if (first == kNone) first = i;
    }
    if (first != kNone) wanted.insert(first);
  }

  void want_newest(Line line, std::set<std::uint32_t>& wanted) {
    const auto& all = j_.view.of(line);
    for (std::size_t n = all.size(); n-- > 0;) {
      const auto i = all[n];
      if (j_.entry(i).update.kind == UpdateKind::esu_test || !j_.within_goal(i)) continue;
      wanted.insert(i);
      return;
    }
  }

  /// Of single updates that replace one another only the newest is to be installed.
  void singles() {
    if (!j_.view.files.empty()) files_behind();
    const auto& all = j_.view.of(Line::single);
    for (std::size_t n = all.size(); n-- > 0;) {
      const auto i = all[n];
      if (!j_.within_goal(i) || taken_[i] != 0) continue;
      if (j_.state[i] == State::absent) {
        auto covers = replaced(i);
        lacks(i, file_reason(j_, i)).covers = std::move(covers);
      } else if (j_.state[i] == State::unknown && wanted(i)) {
        unknown(i, j_.reason[i]);
      }
    }
  }

  /// The goal is reached, and yet a file of the line is not: a month of a machine that takes each by itself.
  void files_behind() {
    const auto& all = j_.view.of(Line::os);
    for (std::size_t n = all.size(); n-- > 0;) {
      const auto i = all[n];
      if (j_.reason[i] == Reason::files_too_old && taken_[i] == 0 && j_.within_goal(i) && j_.state[i] == State::absent)
        lacks(i, file_reason(j_, i));
    }
  }

  /// Absent ones that this one replaces, link by link.
  std::vector<std::uint32_t> replaced(std::uint32_t from) {
    std::vector<std::uint32_t> kbs, open{from};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      for (const auto older : j_.view.range(j_.view.links, j_.entry(at).replaces)) {
        if (taken_[older] != 0 || j_.state[older] != State::absent || older == from) continue;
        taken_[older] = 1;
        kbs.push_back(j_.entry(older).update.kb);
        open.push_back(older);
      }
    }
    std::sort(kbs.begin(), kbs.end());
    return kbs;
  }

  /// Is one of the parts it repairs on the machine, or may be?
  [[nodiscard]] bool wanted(std::uint32_t i) const {
    const auto& r = j_.entry(i).slots;
    for (std::uint32_t s = r.first; s < r.first + r.count; ++s)
      if (j_.slots[s] != State::not_applicable) return true;
    return r.count == 0;
  }

  void covered() {
    for (std::uint32_t i = 0; i < j_.state.size(); ++i)
      if (j_.state[i] == State::covered && j_.seen.at(i) == nullptr)
        v_.covered.push_back({j_.view.kbs[i], j_.by[i] == kNone ? 0 : j_.view.kbs[j_.by[i]]});
  }

  void unknown(std::uint32_t i, Reason r) {
    j_.listed[i] = 1;
    v_.unknown.push_back({j_.view.kbs[i], text(r)});
  }
  model::MissingUpdate& lacks(std::uint32_t i, std::string why) {
    j_.listed[i] = 1;
    return v_.missing.emplace_back(missing(j_, i, std::move(why)));
  }

  [[nodiscard]] std::uint32_t goal_row() const {
    for (const auto& g : j_.c.knowledge.goals())
      if (g.nt_version == j_.c.facts.identity.nt_version && g.id == j_.c.options.goal) return goal_entry(j_, g);
    // A Windows without goals of its own (a catalog made from feeds): the newest of its line.
    const auto& all = j_.view.of(Line::os);
    for (std::size_t n = all.size(); n-- > 0;)
      if (const auto& e = j_.entry(all[n]);
          j_.within_goal(all[n]) && e.offered && e.update.is_cumulative() && e.update.kind != UpdateKind::preview)
        return all[n];
    return kNone;
  }
  [[nodiscard]] const model::GoalVerdict* verdict_of_goal() const {
    for (const auto& g : v_.goals)
      if (g.name == j_.c.options.goal) return &g;
    return nullptr;
  }
  [[nodiscard]] Tri reached(std::uint32_t row) const {
    if (goal_verdict_ != nullptr) return goal_verdict_->reached;
    return j_.holds(row) ? Tri::yes : j_.state[row] == State::absent ? Tri::no : Tri::unknown;
  }
  [[nodiscard]] std::string goal_why(std::uint32_t row) const {
    return goal_verdict_ != nullptr ? goal_verdict_->why : text(j_.reason[row]);
  }

  Judged& j_;
  model::Verdict& v_;
  std::vector<std::uint8_t> taken_;  ///< already listed, or stood for by one that is
  std::uint32_t goal_;               ///< the goal's update; kNone: this Windows has none
  const model::GoalVerdict* goal_verdict_;
};

}  // namespace

void list_updates(Judged& j, model::Verdict& verdict) { Lists(j, verdict).make(); }

}  // namespace tq::judge
