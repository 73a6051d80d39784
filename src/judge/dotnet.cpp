// .NET Framework: Microsoft's data names a bundle, the machine lists one child of it for each framework. Never closed by an
// update of Windows.
#include <algorithm>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;

/// Frameworks up to 3.5 are serviced as packages of Windows, 4.x by Windows Installer.
bool by_installer(std::string_view version) { return version.starts_with("4"); }

struct One {
  State state = State::unknown;
  Reason reason = Reason::nothing_read;
};

/// One bundle for one framework.
One bundle(const Judged& j, const Slot& slot) {
  if (const Seen* parent = j.seen.at(slot.entry); parent != nullptr && parent->in_place())
    return {State::present, parent->package ? Reason::package : parent->msi ? Reason::windows_installer : Reason::listed};
  for (const std::uint32_t child : j.view.range(j.view.slot_children, slot.children)) {
    const Seen* s = j.seen.find(child);
    if (s == nullptr) continue;
    if (s->in_place()) return {State::present, s->package ? Reason::package : s->msi ? Reason::windows_installer : Reason::listed};
    if (s->state == model::PackageState::pending_install) return {State::waiting, Reason::restart};
    if (s->package && s->state == model::PackageState::unknown) return {State::unknown, Reason::half_installed};
  }
  if (slot.children.count == 0) return {State::unknown, Reason::child_not_known};
  if (by_installer(j.view.parts[slot.part].version)) return j.msi ? One{State::absent, Reason::not_registered} : One{};
  return j.packages ? One{State::absent, Reason::not_in_packages} : One{};
}

/// The worse of two parts of one bundle: what to install is decided by the part that lacks it.
bool worse(State a, State b) {
  const auto weight = [](State s) {
    switch (s) {
      case State::absent: return 5;
      case State::waiting: return 4;
      case State::unknown: return 3;
      case State::covered: return 2;
      case State::present: return 1;
      default: return 0;
    }
  };
  return weight(a) > weight(b);
}

}  // namespace

void judge_dotnet(Judged& j) {
  // By part: the newest bundle in place, met first when going back in time.
  std::vector<std::uint32_t> newest(j.parts.size(), kNone);
  const auto& all = j.view.of(Line::dotnet);
  for (std::size_t n = all.size(); n-- > 0;) {
    const auto i = all[n];
    if (j.state[i] != State::undecided) continue;
    const Entry& e = j.entry(i);
    One whole{State::undecided, Reason::none};
    std::uint32_t by = kNone;
    for (std::uint32_t s = e.slots.first; s < e.slots.first + e.slots.count; ++s) {
      const auto p = j.view.slots[s].part;
      One one;
      if (j.parts[p] == model::Tri::no) {
        one = {State::not_applicable, Reason::part_absent};
      } else {
        one = bundle(j, j.view.slots[s]);
        if (one.state == State::present && e.update.kind == UpdateKind::dotnet_rollup && newest[p] == kNone) newest[p] = i;
        if (one.state != State::present && newest[p] != kNone) {
          one = {State::covered, Reason::newer_in_place};
          by = newest[p];
        } else if (j.parts[p] == model::Tri::unknown && one.state != State::present) {
          one = {State::unknown, Reason::part_not_read};
        }
      }
      j.slots[s] = one.state;
      if (whole.state == State::undecided || worse(one.state, whole.state)) whole = one;
    }
    if (whole.state != State::undecided) j.set(i, whole.state, whole.reason, whole.state == State::covered ? by : kNone);
  }
}

}  // namespace tq::judge
