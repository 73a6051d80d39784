#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq7001(const Context& c, std::vector<Said>& out) {
  const auto& l = c.verdict.lifecycle;
  const auto end = Date::parse(l.extended_end);
  if (!end || *end >= c.as_of) return;
  out.push_back(
      {fmt::format("extended support ended {}{}{}", l.extended_end, l.last_patch.empty() ? "" : "; last update ever made " + l.last_patch,
                   l.patch_source.empty() ? "" : "; patch source: " + l.patch_source),
       {},
       {}});
}

}  // namespace

extern const Rule tq7001_out_of_support;
const Rule tq7001_out_of_support{
    "TQ7001",
    model::Severity::info,
    "The product is out of support",
    "Microsoft makes no more public updates for this product. That is a fact about the product, not about this machine's configuration.",
    "The lifecycle table of the catalog.",
    "Plan the replacement; until then keep the machine off networks it does not need.",
    "Microsoft lifecycle; data/catalog/common/lifecycle.csv",
    find_tq7001,
};

}  // namespace tq::rules
