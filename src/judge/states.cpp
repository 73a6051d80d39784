#include "judge/states.hpp"

#include <algorithm>

namespace tq::judge {

using model::PackageState;
using model::Tri;

const char* text(Reason r) {
  switch (r) {
    case Reason::none: return "";
    case Reason::package: return "its package is in place";
    case Reason::listed: return "a hotfix list names it";
    case Reason::windows_installer: return "Windows Installer registered it";
    case Reason::files_new_enough: return "the files of it that are in use are as new or newer";
    case Reason::files_too_old: return "a file in use is older than the update's";
    case Reason::stack_version: return "told by the version of the servicing stack";
    case Reason::kernel_names_it: return "the kernel's revision belongs to this update alone";
    case Reason::newer_in_place: return "a newer one of its line is in place";
    case Reason::holds_line: return "the newest monthly rollup in place holds it";
    case Reason::implied: return "an update that is in place cannot be installed without it";
    case Reason::later_in_place: return "an update released after it is in place; which servicing stack installed that was not read";
    case Reason::one_of_several:
      return "an update that is in place needs this one or another that would do as well; which one came was not seen";
    case Reason::service_pack_build: return "the build is that of the service pack or later";
    case Reason::revision_reached: return "the revision is that of the update or above";
    case Reason::not_in_packages: return "the packages were read as a whole and it is not among them";
    case Reason::not_in_list: return "a hotfix list that says it is whole does not name it";
    case Reason::not_registered: return "the updates that Windows Installer registered do not name it";
    case Reason::kernel_too_old: return "the kernel is older than the one it brings";
    case Reason::build_too_old: return "the build is older than the one it brings";
    case Reason::revision_too_low: return "the revision is below that of the update";
    case Reason::restart: return "it is installed and waits for a restart";
    case Reason::nothing_read: return "nothing that was read tells whether it is in place";
    case Reason::kernel_month_only: return "the kernel proves the month, not which of its updates brought it";
    case Reason::contradicted: return "a package or list says it is in place, the kernel says it is not";
    case Reason::kernel_without_package: return "the kernel says it is in place, the packages say it is not";
    case Reason::half_installed: return "its package is partly installed or broken, or its state is not known";
    case Reason::staged_or_superseded: return "its package is either staged or superseded, and nothing else decides";
    case Reason::removal: return "its package waits to be removed";
    case Reason::before_the_line:
      return "it is from before the monthly rollups: only its package, a newer one or its files' versions could tell";
    case Reason::part_not_read: return "it is for a part of Windows of which it was not read whether it is installed";
    case Reason::part_absent: return "it is for a part that is not on this machine";
    case Reason::child_not_known: return "machines list it under another number, which the catalog does not know";
    case Reason::files_undecided: return "its files are of another servicing branch or cannot be compared";
    case Reason::not_offered: return "it was not made for this product";
    case Reason::last: break;
  }
  return "?";
}

Judged::Judged(const Case& cs, const model::Verdict& v)
    : c(cs),
      view(*cs.view),
      verdict(v),
      seen(cs.seen),
      packages(cs.packages),
      lists(hotfixes_speak(cs.facts) && cs.facts.packages_read != Tri::yes),
      msi(cs.facts.msi_updates_read == Tri::yes),
      state(view.entries.size(), State::undecided),
      reason(view.entries.size(), Reason::none),
      by(view.entries.size(), kNone),
      slots(view.slots.size(), State::undecided),
      parts(view.parts.size(), Tri::unknown),
      listed(view.entries.size(), 0) {
  const auto after = [&](const Date& day) {
    const auto& all = view.entries;
    const auto it = std::upper_bound(all.begin(), all.end(), day, [](const Date& d, const Entry& e) { return d < e.update.released; });
    return static_cast<std::uint32_t>(it - all.begin());
  };
  if (cs.options.as_of.known()) beyond = unborn = after(cs.options.as_of);
  for (const auto& g : cs.knowledge.goals())
    if (g.nt_version == cs.facts.identity.nt_version && g.id == cs.options.goal) beyond = std::min(after(g.date), unborn);
}

bool named(Judged& j, std::uint32_t i) {
  const Seen* s = j.seen.at(i);
  if (s == nullptr) return false;
  if (!s->package) {
    j.set(i, State::present, s->listed ? Reason::listed : Reason::windows_installer);
    return true;
  }
  switch (s->state) {
    case PackageState::installed:
    case PackageState::superseded: j.set(i, State::present, Reason::package); return true;
    case PackageState::pending_install: j.set(i, State::waiting, Reason::restart); return true;
    case PackageState::pending_removal: j.set(i, State::unknown, Reason::removal); return true;
    case PackageState::partial:
    case PackageState::broken:
    case PackageState::unknown: j.set(i, State::unknown, Reason::half_installed); return true;
    case PackageState::staged_or_superseded: j.set(i, State::unknown, Reason::staged_or_superseded); return true;
    // Its key says that none of its files is in use, whatever a list may say.
    case PackageState::staged:
    case PackageState::in_progress:
    case PackageState::absent: j.set(i, State::absent, Reason::not_in_packages); return true;
  }
  return false;
}

void absent_or_unknown(Judged& j, std::uint32_t i) {
  if (j.packages) return j.set(i, State::absent, Reason::not_in_packages);
  if (j.lists) return j.set(i, State::absent, Reason::not_in_list);
  j.set(i, State::unknown, Reason::nothing_read);
}

void settle(Judged& j) {
  for (const auto i : j.view.of(catalog::Line::os))
    if (!j.entry(i).offered) j.set(i, State::not_applicable, Reason::not_offered);
  for (std::uint32_t i = 0; i < j.state.size(); ++i)
    if (j.state[i] == State::undecided) j.set(i, State::unknown, Reason::nothing_read);
  for (std::uint32_t s = 0; s < j.slots.size(); ++s) {
    const Slot& slot = j.view.slots[s];
    auto& out = j.slots[s];
    if (out == State::undecided) out = j.state[slot.entry];
    if (j.parts[slot.part] == Tri::no) out = State::not_applicable;
    // What is missing for a part that may not be there is not known to be missing.
    if (j.parts[slot.part] == Tri::unknown && (out == State::absent || out == State::waiting)) out = State::unknown;
  }
}

}  // namespace tq::judge
