#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq9003(const Context& c, std::vector<Said>& out) {
  for (const auto& l : c.facts.hotfix_lists)
    if (!l.complete)
      out.push_back({l.announced > l.listed ? fmt::format("{} announces {} and lists {}", l.source, l.announced, l.listed)
                                            : fmt::format("{} is cut off, or lost a part, and lists {}", l.source, l.listed),
                     {l.where}});
}

}  // namespace

extern const Rule tq9003_hotfix_list_cut;
const Rule tq9003_hotfix_list_cut{
    "TQ9003",
    model::Severity::info,
    "The hotfix list is not whole",
    "systeminfo prints only part of a long list. An update that is not in a cut list may be installed.",
    "The number announced and the number listed.",
    "Use `wmic qfe list` or the hives instead.",
    "docs/formats/inventories.md",
    find_tq9003,
};

}  // namespace tq::rules
