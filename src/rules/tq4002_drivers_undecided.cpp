#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq4002(const Context& c, std::vector<Said>& out) {
  std::vector<std::string> evidence;
  for (const auto& d : c.facts.drivers)
    if (d.gate == "undecided") evidence.push_back(d.path + ": " + d.detail);
  if (!evidence.empty()) out.push_back({fmt::format("{} of {} files", evidence.size(), c.facts.drivers.size()), std::move(evidence)});
}

}  // namespace

extern const Rule tq4002_drivers_undecided;
const Rule tq4002_drivers_undecided{
    "TQ4002",
    model::Severity::info,
    "Of some drivers and programs it is not decided whether they tell the builds apart",
    "They read a version of Windows, and the analysis met something it cannot follow. That is no statement about the file.",
    "The reason stands beside each file.",
    "Treat them as files that may differ: ask their makers, or test the update on a copy of the machine.",
    "docs/formats/lanes.md",
    find_tq4002,
};

}  // namespace tq::rules
