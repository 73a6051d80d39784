#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq7002(const Context& c, std::vector<Said>& out) {
  const auto& l = c.verdict.lifecycle;
  const auto last = Date::parse(l.last_patch);
  if (!last || *last >= c.as_of || !l.patch_source.starts_with("none")) return;
  out.push_back(
      {fmt::format("patch source: {}; what is found after that day is repaired by nobody, whatever the licence", l.patch_source)});
}

}  // namespace

extern const Rule tq7002_no_patch_source;
const Rule tq7002_no_patch_source{
    "TQ7002",
    model::Severity::info,
    "No source of updates exists any more",
    "Nobody makes updates for this product, edition and processor, under no contract. Installing everything that is missing brings the "
    "machine "
    "to that last day and no further.",
    "The lifecycle of the product, and the ESU years that were open to its edition and processor (docs/migration.md).",
    "Plan the replacement with `tourniquet migrate`; until then shut what the exposure findings name.",
    "Microsoft lifecycle; data/catalog/common/lifecycle.csv, esu_terms.csv",
    find_tq7002,
};

}  // namespace tq::rules
