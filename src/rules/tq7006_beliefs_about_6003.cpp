#include <fmt/format.h>

#include <algorithm>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

/// What is widely said of machines with this number. The answers are the catalog's.
constexpr std::string_view kAbout6003[] = {"r3", "refs", "y2038", "windows7", "liability"};

void find_tq7006(const Context& c, std::vector<Said>& out) {
  if (c.facts.identity.nt_version != "6.0" || c.verdict.build.number != 6003U) return;
  Said said;
  for (const auto& b : c.catalog.beliefs()) {
    if (std::find(std::begin(kAbout6003), std::end(kAbout6003), b.id) == std::end(kAbout6003)) continue;
    said.detail += fmt::format("{}\"{}\": {}", said.detail.empty() ? "" : "; ", b.claim, to_string(b.verdict));
    said.evidence.push_back(fmt::format("explain {}", b.id));
  }
  if (!said.evidence.empty()) out.push_back(std::move(said));
}

}  // namespace

extern const Rule tq7006_beliefs_about_6003;
const Rule tq7006_beliefs_about_6003{
    "TQ7006",
    model::Severity::info,
    "Widespread beliefs about build 6003 that this machine will meet",
    "Build 6003 is Service Pack 2 with its number raised by one. It is no R3, brings no ReFS and no Storage Spaces, does not repair the "
    "year 2038, "
    "and does not decide which upgrade is possible.",
    "The build of the machine; each answer has its evidence and source in `tourniquet explain WORD`.",
    "Nothing to repair. Ask `explain r3`, `explain refs`, `explain 2038`, `explain windows7` before a decision rests on one of them.",
    "data/catalog/common/beliefs.csv: each row names its source",
    find_tq7006,
};

}  // namespace tq::rules
