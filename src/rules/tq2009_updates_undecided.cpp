#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2009(const Context& c, std::vector<Said>& out) {
  if (c.verdict.unknown.empty()) return;
  out.push_back({fmt::format("{} updates and {} CVEs cannot be told", c.verdict.unknown.size(), c.verdict.cves.unknown.size())});
}

}  // namespace

extern const Rule tq2009_updates_undecided;
const Rule tq2009_updates_undecided{
    "TQ2009",
    model::Severity::info,
    "Some updates cannot be decided",
    "For these updates nothing that was read tells whether they are in place. Most are single updates from before the monthly rollups: "
    "they replaced each other's files without saying so.",
    "What was read, as listed in the coverage, and `check --why` for each of them.",
    "Give a table of the files of each update to `catalog update`, or collect the hives and the files of the machine.",
    "docs/evidence.md",
    find_tq2009,
};

}  // namespace tq::rules
