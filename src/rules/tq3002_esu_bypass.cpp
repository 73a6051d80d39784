#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq3002(const Context& c, std::vector<Said>& out) {
  for (const auto& b : c.verdict.esu.bypass)
    if (!b.weak) out.push_back({fmt::format("{}: {}", b.id, b.what), {b.where}});
}

}  // namespace

extern const Rule tq3002_esu_bypass;
const Rule tq3002_esu_bypass{
    "TQ3002",
    model::Severity::high,
    "Traces of a tool that goes around the ESU check",
    "Extended Security Updates ask for a licence when they install. Something on this machine is known from tools that make them install "
    "without one. It shows that servicing was changed, not by whom or why.",
    "The file, the registry value or the component, with its place, and the row of the catalog that names it.",
    "Find out whether the machine is licensed; treat its servicing stack as changed until it was repaired from known media.",
    "data/catalog/nt60/bypass_indicators.csv",
    find_tq3002,
};

}  // namespace tq::rules
