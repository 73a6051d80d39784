#include "evidence/support/hotfix_list.hpp"

#include <fmt/format.h>

namespace tq::evidence {

void add_hotfixes(model::Facts& facts, const format::qfe::QfeList& list, const std::string& where, bool whole) {
  std::uint32_t listed = 0;
  for (const auto& e : list.entries) {
    if (e.kb == 0) continue;
    ++listed;
    facts.hotfixes.push_back({e.kb, "qfe", e.date ? e.date->text() : std::string{}, true, fmt::format("{}//line {}", where, e.line)});
  }
  facts.hotfix_lists.push_back({"qfe", whole && list.losses.empty(), listed, listed, where});
}

}  // namespace tq::evidence
