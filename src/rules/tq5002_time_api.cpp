#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq5002(const Context& c, std::vector<Said>& out) {
  std::vector<std::string> evidence;
  for (const auto& t : c.facts.time32)
    if (t.exposure == "uses_32bit_api") evidence.push_back(t.path + (t.why.empty() ? "" : ": " + t.why.front()));
  if (!evidence.empty()) out.push_back({fmt::format("{} of {} files", evidence.size(), c.facts.time32.size()), std::move(evidence)});
}

}  // namespace

extern const Rule tq5002_time_api;
const Rule tq5002_time_api{
    "TQ5002",
    model::Severity::info,
    "Programs call time functions of 32 bits",
    "The C run time hands them a time that ends on 2038-01-19. Whether they come to depend on it was not seen in their code.",
    "Imports and calls; they stand beside each file.",
    "Put them on the list for a test with a clock past 2038-01-19.",
    "docs/formats/lanes.md",
    find_tq5002,
};

}  // namespace tq::rules
