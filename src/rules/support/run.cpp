#include <algorithm>

#include "rules/rule.hpp"

namespace tq::rules {

std::vector<model::Finding> run(const Context& context) {
  std::vector<model::Finding> out;
  for (const Rule* r : all()) {
    std::vector<Said> said;
    r->judge(context, said);
    for (auto& s : said)
      out.push_back({r->id, s.severity.value_or(r->severity), r->title, std::move(s.detail), r->action, std::move(s.evidence)});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.severity != b.severity ? a.severity > b.severity : a.id < b.id; });
  return out;
}

}  // namespace tq::rules
