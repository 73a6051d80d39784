// .NET Framework: Microsoft's data names a bundle, the machine lists one child of it for each framework. Never closed by an
// update of Windows.
#include <algorithm>

#include "core/text.hpp"
#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;

/// "4.6.2" against "4.6.2", "4.6-4.7.2" or "2.0 SP2/3.0 SP2". Versions compare part by part.
std::vector<std::uint64_t> numbers(std::string_view version) {
  std::vector<std::uint64_t> out;
  while (!version.empty()) {
    const auto end = std::min(version.find_first_not_of("0123456789"), version.size());
    std::uint64_t n = 0;
    if (end == 0 || !parse_u64(version.substr(0, end), n)) break;
    out.push_back(n);
    version.remove_prefix(end);
    if (version.empty() || version.front() != '.') break;
    version.remove_prefix(1);
  }
  return out;
}

bool in_range(std::string_view framework, std::string_view version) {
  const auto dash = framework.find('-');
  if (dash == std::string_view::npos) return trim(framework) == version;
  const auto v = numbers(version);
  return numbers(trim(framework.substr(0, dash))) <= v && v <= numbers(trim(framework.substr(dash + 1)));
}

bool serves(std::string_view framework, std::string_view version) {
  for (std::size_t at = 0; at <= framework.size();) {
    const auto end = std::min(framework.find_first_of("/;,", at), framework.size());
    if (in_range(framework.substr(at, end - at), version)) return true;
    at = end + 1;
  }
  return false;
}

/// Frameworks up to 3.5 are serviced as packages of Windows, 4.x by Windows Installer.
bool by_installer(std::string_view version) { return version.starts_with("4"); }

struct One {
  State state = State::unknown;
  Reason reason = Reason::nothing_read;
};

/// One bundle for one framework.
One bundle(const Judged& j, const Entry& e, const Part& part) {
  if (const Seen* parent = find(j.seen, e.update.kb); parent != nullptr && parent->in_place())
    return {State::present, parent->package ? Reason::package : parent->msi ? Reason::windows_installer : Reason::listed};
  bool known = false;
  for (const auto& child : j.view.range(j.view.children, e.children)) {
    if (!serves(child.framework, part.version)) continue;
    known = true;
    const Seen* s = find(j.seen, child.kb);
    if (s == nullptr) continue;
    if (s->in_place()) return {State::present, s->package ? Reason::package : s->msi ? Reason::windows_installer : Reason::listed};
    if (s->state == model::PackageState::pending_install) return {State::waiting, Reason::restart};
  }
  if (!known) return {State::unknown, Reason::child_not_known};
  if (by_installer(part.version)) return j.msi ? One{State::absent, Reason::not_registered} : One{};
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
        one = bundle(j, e, j.view.parts[p]);
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
