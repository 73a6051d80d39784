#include <fmt/format.h>

#include <algorithm>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1003(const Context& c, std::vector<Said>& out) {
  const auto& v = c.verdict;
  if (v.build.number != 6003U || !v.product_known) return;
  const auto last = std::find_if(v.goals.begin(), v.goals.end(), [&](const auto& g) { return g.name == c.goal; });
  if (last == v.goals.end() || last->reached != model::Tri::no) return;
  const std::string level = v.level ? v.level->month.month_text() : "an unknown month";
  out.push_back(
      {fmt::format("the level is {}; the goal '{}' is {} ({})", level, last->name, kb_text(last->kb), last->released.month_text()),
       {},
       {}});
}

}  // namespace

extern const Rule tq1003_number_is_no_proof;
const Rule tq1003_number_is_no_proof{
    "TQ1003",
    model::Severity::low,
    "Build 6003 is shown, but the machine is far from patched",
    "Build 6003 dates from the updates of 2019-03-19 and 2019-04-09. It proves those and nothing later: seven years of updates followed on "
    "the same number.",
    "The build, and the level that the kernel or the packages prove.",
    "Judge the patch level by the revision (the fourth number) and the packages, never by 6003.",
    "docs/evidence.md; MSRC CVRF",
    find_tq1003,
};

}  // namespace tq::rules
