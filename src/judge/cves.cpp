// CVEs: missing when nothing in place repairs them and an update up to the goal would; unknown when that cannot be told.
// The inner loop runs some ten thousand times a machine.
#include <algorithm>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;

/// What the fixes of one CVE for one part say together.
struct Tally {
  bool fixed = false, unknown = false, absent = false, other_line = false, rollup_only = true;
  int either = 0;
};

enum class Answer { none, unknown, missing };

class Cves {
 public:
  explicit Cves(const Judged& j) : j_(j), slots_(j.slots.size()) {
    // What each slot says is worked out once; a CVE then only looks bytes up.
    for (std::size_t s = 0; s < slots_.size(); ++s) slots_[s] = code(j.view.slots[s].entry, j.slots[s]);
  }

  [[nodiscard]] Answer answer(std::uint32_t first, std::uint32_t end) const {
    Answer worst = Answer::none;
    Tally t;
    std::uint32_t part = kNone;
    for (std::uint32_t r = first; r < end; ++r) {
      const std::uint32_t slot = j_.view.cve_refs[r];
      const std::uint32_t p = j_.view.slots[slot].part;
      if (p != part && part != kNone) {
        worst = std::max(worst, of(t));
        t = {};
      }
      part = p;
      add(t, slots_[slot]);
    }
    return std::max(worst, of(t));
  }

 private:
  static constexpr std::uint8_t kFixed = 1, kUnknown = 2, kAbsent = 4, kEither = 8, kNotRollup = 16, kNotHere = 32;

  [[nodiscard]] std::uint8_t code(std::uint32_t entry, State s) const {
    const auto& e = j_.entry(entry);
    const auto kind = e.update.kind;
    const bool rollup = e.line == Line::os && kind != UpdateKind::security_only;
    const std::uint8_t line = rollup ? 0 : kNotRollup;
    if (s == State::present || s == State::covered) return static_cast<std::uint8_t>(kFixed | line);
    if (s == State::not_applicable) return e.line == Line::ie ? kNotHere : 0;
    if (!j_.within_goal(entry)) return 0;  // repaired only by something beyond the goal
    if (s == State::either) return static_cast<std::uint8_t>(kEither | line);
    return static_cast<std::uint8_t>((s == State::unknown ? kUnknown : kAbsent) | line);
  }

  static void add(Tally& t, std::uint8_t c) {
    t.fixed = t.fixed || (c & kFixed) != 0;
    t.unknown = t.unknown || (c & kUnknown) != 0;
    t.absent = t.absent || (c & kAbsent) != 0;
    t.either += (c & kEither) != 0 ? 1 : 0;
    t.other_line = t.other_line || (c & kNotHere) != 0;
    t.rollup_only = t.rollup_only && (c & kNotRollup) == 0;
  }

  [[nodiscard]] Answer of(const Tally& t) const {
    // Both updates of the kernel's month repair it, and one of the two is in place.
    if (t.fixed || t.either > 1) return Answer::none;
    if (j_.security_only && t.rollup_only && t.absent) {
      // The rollup carries what the separate updates do. Where those are for a browser that is not here, nothing lacks; where
      // Microsoft's data names the rollup alone, the month's security-only update may hold it as well.
      return t.other_line ? Answer::none : Answer::unknown;
    }
    if (t.unknown || t.either > 0) return Answer::unknown;
    return t.absent ? Answer::missing : Answer::none;
  }

  const Judged& j_;
  std::vector<std::uint8_t> slots_;
};

}  // namespace

void judge_cves(const Judged& j, model::Verdict& verdict) {
  const Cves cves(j);
  auto& out = verdict.cves;
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < j.view.cves.size(); ++i) {
    const auto end = j.view.cve_ends[i];
    const Answer a = cves.answer(first, end);
    first = end;
    if (a == Answer::none) continue;
    const bool exploited = j.view.exploited[i] != 0;
    (a == Answer::missing ? out.missing : out.unknown).push_back(j.view.cves[i]);
    if (exploited) (a == Answer::missing ? out.known_exploited : out.known_exploited_unknown).push_back(j.view.cves[i]);
  }
}

}  // namespace tq::judge
