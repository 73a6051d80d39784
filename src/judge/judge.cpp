#include "judge/judge.hpp"

#include <fmt/format.h>

#include "judge/run.hpp"
#include "judge/states.hpp"

namespace tq::judge {
namespace {

KernelSays kernel_says(const model::Facts& facts, const Knowledge& knowledge, const View* view) {
  KernelSays k;
  k.kernel = kernel_of(facts, knowledge);
  if (!k.kernel || view == nullptr) return k;
  k.match = knowledge.ladder().match(k.kernel->version);
  k.too_new = disproved(k.kernel->version, k.match.month, *view);
  return k;
}

bool has_goal(const Knowledge& knowledge, const std::string& nt_version, const std::string& goal) {
  for (const auto& g : knowledge.goals())
    if (g.nt_version == nt_version && g.id == goal) return true;
  return false;
}

void broken(const Case& c, model::Verdict& v) {
  for (const auto row : c.seen.broken()) {
    const auto& p = c.facts.packages[row];
    v.broken_packages.push_back(
        fmt::format("{} (state {}{})", p.identity, p.raw_state, p.last_error != 0 ? fmt::format(", error {:#010x}", p.last_error) : ""));
  }
}

}  // namespace

void decide(Judged& j) {
  judge_parts(j);
  judge_files(j);
  judge_os_line(j);
  judge_ie_line(j);
  judge_dotnet(j);
  judge_groundwork(j);
  judge_singles(j);
  settle(j);
}

Case make_case(const model::Facts& facts, const Knowledge& knowledge, const Options& options) {
  const View* view = knowledge.view_for(facts);
  return {facts, knowledge, options, view, SeenUpdates(facts, view), kernel_says(facts, knowledge, view), packages_speak(facts, knowledge)};
}

model::Verdict identify(const Case& c) {
  model::Verdict v;
  v.build = judge_build(c);
  v.product_known = c.view != nullptr && has_goal(c.knowledge, c.facts.identity.nt_version, c.options.goal);
  judge_level(c, v);
  judge_esu(c, v);
  return v;
}

model::Verdict judge(const model::Facts& facts, const Knowledge& knowledge, const Options& options) {
  const Case c = make_case(facts, knowledge, options);
  model::Verdict v = identify(c);
  if (c.view != nullptr) {
    Judged j(c, v);
    decide(j);
    judge_goals(j, v);
    list_updates(j, v);
    judge_cves(j, v);
    list_installed(c, &j, v);
    v.judged_as = c.view->product.name;
    v.line = j.security_only ? "security_only" : "rollup";
  } else {
    list_installed(c, nullptr, v);
  }
  broken(c, v);
  judge_bypass(c, v);
  judge_lifecycle(c, v);
  judge_exposure(c, v);
  if (options.migration) judge_migration(c, v);  // asks which ways in are open
  return v;
}

model::Verdict judge(const model::Facts& facts, const catalog::Catalog& catalog, const Options& options) {
  const Knowledge knowledge(catalog);
  return judge(facts, knowledge, options);
}

}  // namespace tq::judge
