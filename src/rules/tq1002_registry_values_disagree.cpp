#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1002(const Context& c, std::vector<Said>& out) {
  for (const auto& conflict : c.facts.conflicts) out.push_back({conflict});
}

}  // namespace

extern const Rule tq1002_registry_values_disagree;
const Rule tq1002_registry_values_disagree{
    "TQ1002",
    model::Severity::high,
    "Build values of one boot disagree with each other",
    "CurrentBuildNumber, CurrentBuild and BuildLab are written together by the kernel at every boot, so they always agree. One that "
    "differs was changed by hand or by a program since the last boot.",
    "Both values, each with its place in the hive.",
    "Do not take the build number of this machine as proof of anything; decide by the kernel file and the component store.",
    "docs/evidence.md",
    find_tq1002,
};

}  // namespace tq::rules
