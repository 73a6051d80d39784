// Windows' own monthly line: rollups hold everything before them, security-only updates hold their month and nothing else.
#include <algorithm>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;
using catalog::VersionBasis;

/// The kernel that was read is older than the one this update brings. A cumulative update also brings the kernels of all
/// months before it; a security-only one only its own.
bool kernel_denies(const Judged& j, std::uint32_t i) {
  const auto& u = j.entry(i).update;
  const auto& k = j.c.kernel;
  if (!k.kernel) return false;
  if (u.is_cumulative() && k.too_new != nullptr && u.released >= k.too_new->released) return true;
  return u.basis == VersionBasis::kernel && u.version && *u.version > k.kernel->version && !(k.match.month && u.released <= *k.match.month);
}

bool build_denies(const Judged& j, std::uint32_t i) {
  const auto& u = j.entry(i).update;
  const auto& b = j.verdict.build;
  const auto& v = u.version ? u.version : u.fixed_build;
  return u.is_cumulative() && v && b.number && b.status != model::Standing::contradicted && v->build > *b.number;
}

/// What packages and lists name, unless the kernel denies it.
void take_named(Judged& j) {
  for (const auto i : j.view.of(Line::os)) {
    if (j.state[i] != State::undecided || !named(j, i)) continue;
    if (j.state[i] == State::present && kernel_denies(j, i)) j.set(i, State::unknown, Reason::contradicted);
  }
}

/// Windows 10 and later: one cumulative line, so the revision alone tells. There is no second branch to confuse it with.
void take_revision(Judged& j) {
  const auto& b = j.verdict.build;
  if (!b.number || !b.revision || b.status == model::Standing::contradicted) return;
  for (const auto i : j.view.of(Line::os)) {
    if (j.state[i] != State::undecided) continue;
    const auto& u = j.entry(i).update;
    if (u.kind != UpdateKind::cumulative) continue;
    std::optional<FileVersion> fixed = u.fixed_build;
    for (const auto& slot : j.view.range(j.view.slots, j.entry(i).slots))
      if (slot.part == 0 && slot.fixed_build) fixed = slot.fixed_build;
    if (!fixed || fixed->build != *b.number) continue;
    const bool reached = fixed->revision <= *b.revision;
    j.set(i, reached ? State::present : State::absent, reached ? Reason::revision_reached : Reason::revision_too_low);
  }
}

/// A kernel that only one update brings names it (an out-of-band release, a month with a single package).
void take_kernel_name(Judged& j) {
  const auto& l = j.verdict.level;
  if (!l || l->kb == 0 || l->status == model::Standing::contradicted || j.packages) return;
  const Entry* e = j.view.find(l->kb);
  if (e != nullptr && j.state[j.view.index_of(*e)] == State::undecided) j.set(j.view.index_of(*e), State::present, Reason::kernel_names_it);
}

void find_newest(Judged& j) {
  for (const auto i : j.view.of(Line::os)) {
    // Files that are new enough close an update, but a file or two do not prove the whole rollup.
    if (j.state[i] != State::present || j.reason[i] == Reason::files_new_enough || !j.entry(i).update.is_cumulative()) continue;
    if (j.newest == kNone || holds(j.entry(i), j.entry(j.newest))) j.newest = i;
  }
}

/// What the newest one in place holds. A low state 4 is settled by it: superseded, since a newer one is installed.
void take_held(Judged& j) {
  if (j.newest == kNone) return;
  for (const auto i : j.view.of(Line::os)) {
    const bool open = j.state[i] == State::undecided || j.reason[i] == Reason::staged_or_superseded ||
                      (j.state[i] == State::absent && j.reason[i] != Reason::files_too_old);
    if (open && i != j.newest && holds(j.entry(j.newest), j.entry(i))) j.set(i, State::covered, Reason::holds_line, j.newest);
  }
}

/// Something that packages or lists name brought this kernel or a newer one.
bool kernel_explained(const Judged& j) {
  for (const auto i : j.view.of(Line::os))
    if (j.state[i] == State::present && j.entry(i).update.released >= *j.c.kernel.match.month) return true;
  return false;
}

/// Months that the kernel proves although no package or list names what brought it: it may have been a rollup, which holds
/// all before it, or security-only updates, which do not.
void take_kernel_months(Judged& j) {
  const auto& match = j.c.kernel.match;
  if (!match.month || kernel_explained(j)) return;
  for (const auto i : j.view.of(Line::os)) {
    if (j.state[i] != State::undecided) continue;
    const auto& u = j.entry(i).update;
    if (u.released > *match.month) continue;
    const bool of_month = std::find(match.kbs.begin(), match.kbs.end(), u.kb) != match.kbs.end();
    if (j.packages)
      j.set(i, State::unknown, Reason::kernel_without_package);
    else
      j.set(i, of_month ? State::either : State::unknown, Reason::kernel_month_only);
  }
}

/// State 4 that no newer update settled: the kernel decides where the update is known to bring one.
void settle_low_four(Judged& j, std::uint32_t i) {
  const auto& u = j.entry(i).update;
  if (kernel_denies(j, i)) return j.set(i, State::absent, Reason::kernel_too_old);
  if (j.c.kernel.kernel && u.basis == VersionBasis::kernel && u.version && *u.version <= j.c.kernel.kernel->version)
    j.set(i, State::present, Reason::package);
}

void take_rest(Judged& j) {
  for (const auto i : j.view.of(Line::os)) {
    if (j.reason[i] == Reason::staged_or_superseded) settle_low_four(j, i);
    if (j.state[i] != State::undecided) continue;
    if (kernel_denies(j, i))
      j.set(i, State::absent, Reason::kernel_too_old);
    else if (build_denies(j, i))
      j.set(i, State::absent, Reason::build_too_old);
    else
      absent_or_unknown(j, i);
  }
}

/// The line this machine has followed: security-only when the newest update of the line in place is one.
bool follows_security_only(const Judged& j) {
  if (j.c.options.line != UpdateLine::automatic) return j.c.options.line == UpdateLine::security_only;
  const auto& all = j.view.of(Line::os);
  for (std::size_t n = all.size(); n-- > 0;) {
    const auto i = all[n];
    if (j.state[i] != State::present) continue;
    if (j.newest != kNone && !(j.entry(i).update.released > j.entry(j.newest).update.released)) return false;
    if (j.entry(i).update.kind == UpdateKind::security_only) return true;
  }
  return false;
}

}  // namespace

bool holds(const Entry& a, const Entry& b) {
  const auto &x = a.update, &y = b.update;
  if (x.basis == y.basis && x.basis == VersionBasis::kernel && x.version && y.version && x.version->build == y.version->build &&
      x.order_exception.empty() && y.order_exception.empty())
    return *x.version >= *y.version;
  if (x.fixed_build && y.fixed_build && x.fixed_build->build == y.fixed_build->build && x.order_exception.empty() &&
      y.order_exception.empty())
    return *x.fixed_build >= *y.fixed_build;
  return x.released >= y.released;
}

void judge_os_line(Judged& j) {
  take_named(j);
  take_revision(j);
  take_kernel_name(j);
  find_newest(j);
  take_held(j);
  take_kernel_months(j);
  take_rest(j);
  j.security_only = follows_security_only(j);
  for (const auto i : j.view.of(Line::os))
    j.has_security_only = j.has_security_only || (j.state[i] == State::present && j.entry(i).update.kind == UpdateKind::security_only);
}

}  // namespace tq::judge
