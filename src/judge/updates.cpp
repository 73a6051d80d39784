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
  if (const Seen* s = find(j.seen, u.kb); s != nullptr && s->package && s->state != model::PackageState::absent)
    m.state = to_string(s->state);
  return m;
}

/// "tcpip.sys is 6.0.6002.18005, the update brings 6.0.6002.18091".
std::string file_reason(const Judged& j, std::uint32_t i) {
  const auto says = files_say(j, j.entry(i));
  if (!says || says->wanted == nullptr) return text(j.reason[i]);
  return fmt::format("{} is {}, the update brings {}", says->file->path, says->file->version.text(), says->wanted->version.text());
}

class Lists {
 public:
  Lists(const Judged& j, model::Verdict& v) : j_(j), v_(v), taken_(j.state.size(), 0) { v_.unknown.reserve(j.state.size()); }

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
    const auto goal = goal_row();
    if (goal == kNone || !j_.entry(goal).offered) return;
    if (reached(goal) == Tri::yes) {
      stand_for_all(kNone, false);
      return;
    }
    if (j_.security_only) return months(j_.entry(goal).update.released);
    if (j_.state[goal] == State::waiting) return;
    if (reached(goal) == Tri::no) {
      auto m = missing(j_, goal, goal_why(goal));
      m.covers = stand_for_all(goal, true);
      v_.missing.push_back(std::move(m));
    } else {
      unknown(goal, j_.reason[goal] == Reason::none ? Reason::nothing_read : j_.reason[goal]);
      stand_for_all(goal, false);
    }
  }

  /// Marks what an update of the line stands for; gives the KBs of those that are absent, rising.
  /// `asked`: the goal's update is to be installed, so what files prove to be missing is stood for as well.
  std::vector<std::uint32_t> stand_for_all(std::uint32_t goal, bool asked) {
    std::vector<std::uint32_t> kbs;
    for (std::uint32_t i = 0; i < j_.state.size(); ++i) {
      // A rollup carries the fixes of Internet Explorer; a goal that was reached month by month does not.
      const bool held = j_.view.lines[i] == Line::os || (goal != kNone && j_.view.lines[i] == Line::ie);
      if (!held) continue;
      const Entry& e = j_.entry(i);
      if (i == goal || j_.holds(i) || j_.state[i] == State::not_applicable) continue;
      if (goal != kNone && !holds(j_.entry(goal), e) && !(e.line == Line::ie && e.update.released <= j_.entry(goal).update.released))
        continue;
      if (j_.reason[i] == Reason::files_too_old && !asked) continue;
      taken_[i] = 1;
      if (j_.state[i] == State::absent) kbs.push_back(e.update.kb);
    }
    std::sort(kbs.begin(), kbs.end());
    return kbs;
  }

  void months(const Date& goal) {
    for (std::uint32_t i = 0; i < j_.state.size(); ++i) {
      if (j_.view.lines[i] != Line::os) continue;
      const auto& u = j_.entry(i).update;
      taken_[i] = 1;
      if (u.kind != UpdateKind::security_only || u.released > goal) continue;
      if (j_.state[i] == State::absent) v_.missing.push_back(missing(j_, i, text(j_.reason[i])));
      if (j_.state[i] == State::unknown || j_.state[i] == State::either) unknown(i, j_.reason[i]);
    }
  }

  /// The newest of a cumulative line up to the goal, with the older ones it stands for.
  void cumulative(Line line, UpdateKind kind) {
    std::uint32_t newest = kNone;
    std::vector<std::uint32_t> covers;
    for (std::uint32_t i = static_cast<std::uint32_t>(j_.state.size()); i-- > 0;) {
      if (j_.view.lines[i] != line || j_.entry(i).update.kind != kind || taken_[i] != 0 || !j_.within_goal(i)) continue;
      if (j_.state[i] != State::absent && j_.state[i] != State::unknown) continue;
      taken_[i] = 1;
      if (newest == kNone)
        newest = i;
      else if (j_.state[i] == State::absent)
        covers.push_back(j_.entry(i).update.kb);
    }
    if (newest == kNone) return;
    if (j_.state[newest] == State::unknown) return unknown(newest, j_.reason[newest]);
    auto m = missing(j_, newest, text(j_.reason[newest]));
    std::sort(covers.begin(), covers.end());
    m.covers = std::move(covers);
    v_.missing.push_back(std::move(m));
  }

  /// .NET has rollups and security-only months of its own; the machine's line decides which are asked for.
  void dotnet() {
    bool security_only = j_.c.options.line == UpdateLine::security_only;
    if (j_.c.options.line == UpdateLine::automatic)
      for (std::uint32_t i = 0; i < j_.state.size(); ++i)
        if (j_.state[i] == State::present && j_.view.lines[i] == Line::dotnet)
          security_only = j_.entry(i).update.kind == UpdateKind::dotnet_security_only;
    if (!security_only) {
      cumulative(Line::dotnet, UpdateKind::dotnet_rollup);
      return each(Line::dotnet, UpdateKind::dotnet_security);
    }
    each(Line::dotnet, UpdateKind::dotnet_security);
    each(Line::dotnet, UpdateKind::dotnet_security_only);
  }

  void each(Line line, UpdateKind kind) {
    for (std::uint32_t i = 0; i < j_.state.size(); ++i) {
      if (j_.view.lines[i] != line || j_.entry(i).update.kind != kind || !j_.within_goal(i)) continue;
      if (j_.state[i] == State::absent) v_.missing.push_back(missing(j_, i, text(j_.reason[i])));
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
      for (const auto& group : e->update.requirements) want_one_of(group, wanted);
      newest_stack = newest_stack || !e->update.requirements.empty();
      newest_preparation = newest_preparation || e->update.esu_required;
    }
    if (newest_stack) want_newest(Line::servicing_stack, wanted);
    if (newest_preparation) want_newest(Line::esu_preparation, wanted);
    for (const auto i : wanted) {
      if (j_.state[i] == State::absent) v_.missing.push_back(missing(j_, i, text(j_.reason[i])));
      if (j_.state[i] == State::unknown) unknown(i, j_.reason[i]);
    }
  }

  void want_one_of(const catalog::KbList& group, std::set<std::uint32_t>& wanted) {
    std::uint32_t first = kNone;
    for (const std::uint32_t kb : group) {
      const Entry* e = j_.view.find(kb);
      if (e == nullptr || e->line == Line::os) continue;
      if (j_.holds(j_.view.index_of(*e))) return;
      if (first == kNone) first = j_.view.index_of(*e);
    }
    if (first != kNone) wanted.insert(first);
  }

  void want_newest(Line line, std::set<std::uint32_t>& wanted) {
    for (std::uint32_t i = static_cast<std::uint32_t>(j_.state.size()); i-- > 0;) {
      const auto& u = j_.entry(i).update;
      if (j_.view.lines[i] != line || u.kind == UpdateKind::esu_test || !j_.within_goal(i)) continue;
      wanted.insert(i);
      return;
    }
  }

  /// Of single updates that replace one another only the newest is to be installed.
  void singles() {
    for (std::uint32_t i = static_cast<std::uint32_t>(j_.state.size()); i-- > 0;) {
      if (j_.view.lines[i] == Line::os && j_.reason[i] == Reason::files_too_old && taken_[i] == 0 && j_.within_goal(i) &&
          j_.state[i] == State::absent)
        v_.missing.push_back(missing(j_, i, file_reason(j_, i)));  // the goal is reached, and yet a file of it is not
      if (j_.view.lines[i] != Line::single || !j_.within_goal(i) || taken_[i] != 0) continue;
      if (j_.state[i] == State::absent) {
        auto m = missing(j_, i, file_reason(j_, i));
        m.covers = replaced(i);
        v_.missing.push_back(std::move(m));
      } else if (j_.state[i] == State::unknown && wanted(i)) {
        unknown(i, j_.reason[i]);
      }
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
      if (j_.state[i] == State::covered && find(j_.seen, j_.view.kbs[i]) == nullptr)
        v_.covered.push_back({j_.view.kbs[i], j_.by[i] == kNone ? 0 : j_.view.kbs[j_.by[i]]});
  }

  void unknown(std::uint32_t i, Reason r) { v_.unknown.push_back({j_.view.kbs[i], text(r)}); }

  [[nodiscard]] std::uint32_t goal_row() const {
    for (const auto& g : j_.c.knowledge.goals())
      if (g.nt_version == j_.c.facts.identity.nt_version && g.id == j_.c.options.goal) return goal_entry(j_, g);
    // A Windows without goals of its own (a catalog made from feeds): the newest of its line.
    for (std::uint32_t i = static_cast<std::uint32_t>(j_.state.size()); i-- > 0;)
      if (j_.view.lines[i] == Line::os && j_.entry(i).update.is_cumulative() && j_.entry(i).update.kind != UpdateKind::preview) return i;
    return kNone;
  }
  [[nodiscard]] const model::GoalVerdict* goal() const {
    for (const auto& g : v_.goals)
      if (g.name == j_.c.options.goal) return &g;
    return nullptr;
  }
  [[nodiscard]] Tri reached(std::uint32_t row) const {
    if (goal() != nullptr) return goal()->reached;
    return j_.holds(row) ? Tri::yes : j_.state[row] == State::absent ? Tri::no : Tri::unknown;
  }
  [[nodiscard]] std::string goal_why(std::uint32_t row) const { return goal() != nullptr ? goal()->why : text(j_.reason[row]); }

  const Judged& j_;
  model::Verdict& v_;
  std::vector<std::uint8_t> taken_;  ///< already listed, or stood for by one that is
};

}  // namespace

void list_updates(const Judged& j, model::Verdict& verdict) { Lists(j, verdict).make(); }

}  // namespace tq::judge
