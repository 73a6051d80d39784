#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2007(const Context& c, std::vector<Said>& out) {
  if (c.verdict.build.number != 6002U) return;
  for (const auto& s : c.facts.stacks) {
    if (s.version.build != 6003) continue;
    out.push_back({fmt::format("servicing stack {}, build 6002", s.version.text()), {s.where}});
    return;
  }
}

}  // namespace

extern const Rule tq2007_stack_is_not_windows;
const Rule tq2007_stack_is_not_windows{
    "TQ2007",
    model::Severity::info,
    "The servicing stack is of build 6003, Windows is not",
    "The servicing stack update of 2019-04 carries 6003 in its version. It is a prerequisite, not the rollup: tools that read component "
    "versions take this machine for 6003.",
    "The version of the servicing stack and the build of the kernel.",
    "Nothing to repair. Do not read the stack's version as that of Windows.",
    "docs/evidence.md (trap 1)",
    find_tq2007,
};

}  // namespace tq::rules
