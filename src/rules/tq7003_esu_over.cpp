#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq7003(const Context& c, std::vector<Said>& out) {
  const auto& l = c.verdict.lifecycle;
  if (!l.esu_why.empty()) {
    out.push_back({l.esu_why + "; the last update for it is of " + l.last_patch});
    return;
  }
  const auto end = Date::parse(l.esu_end);
  if (!end || *end >= c.as_of) return;
  std::string years;
  for (const auto& y : l.esu_years) years += fmt::format("{}year {} ({}) to {}", years.empty() ? "" : ", ", y.year, y.who, y.ends);
  out.push_back({fmt::format("volume ESU ended {}{}", l.esu_end, years.empty() ? "" : ": " + years)});
}

}  // namespace

extern const Rule tq7003_esu_over;
const Rule tq7003_esu_over{
    "TQ7003",
    model::Severity::info,
    "Extended Security Updates are over, or never were for this machine",
    "ESU was sold year by year, for some editions and processors. Its end is the last day on which a volume licence brought updates; Azure "
    "and "
    "Premium Assurance went on for a while.",
    "The catalog's ESU terms, the edition and the processor of the machine.",
    "Do not plan with ESU: it cannot be bought any more, and a tool that goes around its check brings nothing after the last update.",
    "Microsoft Lifecycle FAQ 4497181; data/catalog/common/esu_terms.csv",
    find_tq7003,
};

}  // namespace tq::rules
