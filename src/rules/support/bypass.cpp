#include "rules/support/bypass.hpp"

#include <algorithm>

namespace tq::rules {

bool told_as_bypass(const Context& c, const std::string& where) {
  const auto& all = c.verdict.esu.bypass;
  return std::any_of(all.begin(), all.end(), [&](const auto& b) { return b.where == where; });
}

}  // namespace tq::rules
