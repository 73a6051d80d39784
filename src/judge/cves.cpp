// CVEs: missing when nothing in place repairs them and an update up to the goal would; unknown when that cannot be told.
// Answers are worked out once for all CVEs that the same updates repair.
#include <algorithm>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

enum class GroupAnswer : std::uint8_t { none, unknown, missing };

class Cves {
 public:
  explicit Cves(const Judged& j) : j_(j), slots_(j.slots.size()) {
    // What each slot says is worked out once; a CVE then only looks bytes up.
    for (std::size_t s = 0; s < slots_.size(); ++s) slots_[s] = code(j.view.slots[s].entry, j.view.slot_lines[s], j.slots[s]);
  }

  [[nodiscard]] GroupAnswer answer(Range group) const {
    GroupAnswer worst = GroupAnswer::none;
    unsigned any = 0, eithers = 0;
    std::uint32_t part = j_.view.cve_refs[group.first].part;
    for (const CveRef& ref : j_.view.range(j_.view.cve_refs, group)) {
      if (ref.part != part) {
        worst = std::max(worst, of(any, eithers));
        any = eithers = 0;
        part = ref.part;
      }
      const unsigned c = slots_[ref.slot];
      any |= c;
      eithers += (c & kEither) / kEither;
    }
    return std::max(worst, of(any, eithers));
  }

 private:
  // What one fix says, as bits: those of all fixes of a CVE for one part are put together.
  static constexpr std::uint8_t kFixed = 1, kUnknown = 2, kAbsent = 4, kEither = 8, kNotRollup = 16, kNotHere = 32;

  [[nodiscard]] std::uint8_t code(std::uint32_t entry, SlotLine of, State s) const {
    const std::uint8_t line = of == SlotLine::rollup ? 0 : kNotRollup;
    if (s == State::present || s == State::covered) return static_cast<std::uint8_t>(kFixed | line);
    if (s == State::not_applicable) return of == SlotLine::explorer ? kNotHere : 0;
    if (!j_.within_goal(entry)) return 0;  // repaired only by something beyond the goal
    if (s == State::either) return static_cast<std::uint8_t>(kEither | line);
    return static_cast<std::uint8_t>((s == State::unknown ? kUnknown : kAbsent) | line);
  }

  [[nodiscard]] GroupAnswer of(unsigned any, unsigned eithers) const {
    // Both updates of the kernel's month repair it, and one of the two is in place.
    if ((any & kFixed) != 0 || eithers > 1) return GroupAnswer::none;
    if (j_.security_only && (any & kNotRollup) == 0 && (any & kAbsent) != 0) {
      // The rollup carries what the separate updates do. Where those are for a browser that is not here, nothing lacks; where
      // Microsoft's data names the rollup alone, the month's security-only update may hold it as well.
      return (any & kNotHere) != 0 ? GroupAnswer::none : GroupAnswer::unknown;
    }
    if ((any & (kUnknown | kEither)) != 0) return GroupAnswer::unknown;
    return (any & kAbsent) != 0 ? GroupAnswer::missing : GroupAnswer::none;
  }

  const Judged& j_;
  std::vector<std::uint8_t> slots_;
};

}  // namespace

void judge_cves(const Judged& j, model::Verdict& verdict) {
  const Cves cves(j);
  auto& out = verdict.cves;
  std::vector<GroupAnswer> answers;
  answers.reserve(j.view.cve_groups.size());
  for (const Range group : j.view.cve_groups) answers.push_back(cves.answer(group));
  // Both lists are filled without a branch, as which CVE goes where follows no order; then cut to what was filled.
  const std::size_t all = j.view.cves.size();
  out.missing.resize(all);
  out.unknown.resize(all);
  std::size_t missing = 0, unknown = 0;
  for (std::size_t i = 0; i < all; ++i) {
    const GroupAnswer a = answers[j.view.cve_group[i]];
    out.missing[missing] = out.unknown[unknown] = j.view.cves[i];
    missing += static_cast<std::size_t>(a == GroupAnswer::missing);
    unknown += static_cast<std::size_t>(a == GroupAnswer::unknown);
  }
  out.missing.resize(missing);
  out.unknown.resize(unknown);
  for (const std::uint32_t i : j.view.exploited) {
    const GroupAnswer a = answers[j.view.cve_group[i]];
    if (a == GroupAnswer::missing) out.known_exploited.push_back(j.view.cves[i]);
    if (a == GroupAnswer::unknown) out.known_exploited_unknown.push_back(j.view.cves[i]);
  }
}

}  // namespace tq::judge
