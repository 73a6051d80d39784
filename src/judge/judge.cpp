#include "judge/judge.hpp"

#include "judge/parts.hpp"

namespace tq::judge {

model::Verdict judge(const model::Facts& facts, const catalog::Catalog& catalog, const Options& options) {
  model::Verdict v;
  v.build = judge_build(facts, catalog);
  v.product_known = !facts.identity.nt_version.empty() && catalog.find_goal(facts.identity.nt_version, options.goal).has_value();
  judge_level(facts, catalog, v);
  judge_goals(facts, catalog, v);
  judge_updates(facts, catalog, options, v);
  judge_esu(facts, catalog, v);
  judge_lifecycle(facts, catalog, v);
  return v;
}

}  // namespace tq::judge
