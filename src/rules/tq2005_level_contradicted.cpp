#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2005(const Context& c, std::vector<Said>& out) {
  const auto& l = c.verdict.level;
  if (l && l->status == model::Standing::contradicted) out.push_back({l->why, l->evidence});
}

}  // namespace

extern const Rule tq2005_level_contradicted;
const Rule tq2005_level_contradicted{
    "TQ2005",
    model::Severity::high,
    "What is registered as installed and what the kernel shows contradict each other",
    "The component store or a hotfix list names an update whose kernel is not there, or the kernel is newer than every registered update. "
    "The first is a failed or rolled-back installation or a forged package state; the second an update installed in a way that left no "
    "package.",
    "The package or list entry, and the kernel's version.",
    "Trust the kernel file. Install the named update again and read the machine after a reboot.",
    "docs/evidence.md",
    find_tq2005,
};

}  // namespace tq::rules
