#include <algorithm>

#include "rules/rule.hpp"

namespace tq::rules {

namespace {

/// A finding with its place in the order in which the rules spoke: what makes the order total, so any sort keeps it.
struct Placed {
  model::Finding finding;
  std::size_t place;
};

bool before(const Placed& a, const Placed& b) {
  if (a.finding.severity != b.finding.severity) return a.finding.severity > b.finding.severity;
  if (a.finding.id != b.finding.id) return a.finding.id < b.finding.id;
  return a.place < b.place;
}

}  // namespace

std::vector<model::Finding> run(const Context& context) {
  std::vector<Placed> placed;
  for (const Rule* r : all()) {
    std::vector<Said> said;
    r->judge(context, said);
    for (auto& s : said)
      placed.push_back(
          {{r->id, s.severity.value_or(r->severity), r->title, std::move(s.detail), r->action, std::move(s.evidence)}, placed.size()});
  }
  std::sort(placed.begin(), placed.end(), before);
  std::vector<model::Finding> out;
  out.reserve(placed.size());
  for (auto& p : placed) out.push_back(std::move(p.finding));
  return out;
}

}  // namespace tq::rules
