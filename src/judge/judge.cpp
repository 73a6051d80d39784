#include "judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "judge/run.hpp"
#include "judge/states.hpp"

namespace tq::judge {
namespace {

KernelSays kernel_says(const model::Facts& facts, const Knowledge& knowledge, const View* view) {
  KernelSays k;
  k.kernel = kernel_of(facts, knowledge);
  if (!k.kernel || view == nullptr) return k;
  k.match = *knowledge.level_of(k.kernel->version);
  k.too_new = disproved(k.kernel->version, k.match.month, *view);
  return k;
}

bool has_goal(const Knowledge& knowledge, const std::string& nt_version, const std::string& goal) {
  for (const auto& g : knowledge.goals())
    if (g.nt_version == nt_version && g.id == goal) return true;
  return false;
}

/// Everything that the machine itself names, whether the catalog knows it or not. What turned out to be missing or open all
/// the same stands there and not here.
void list_installed(const Judged* j, const model::Facts& facts, model::Verdict& v) {
  const auto seen = j != nullptr ? j->seen : seen_by_kb(facts);
  std::vector<std::uint32_t> elsewhere;
  for (const auto& m : v.missing) elsewhere.push_back(m.kb);
  for (const auto& u : v.unknown) elsewhere.push_back(u.kb);
  std::sort(elsewhere.begin(), elsewhere.end());
  v.installed.reserve(seen.size());
  for (const Seen& s : seen) {
    if (s.package && s.state == model::PackageState::absent) continue;
    if (std::binary_search(elsewhere.begin(), elsewhere.end(), s.kb)) continue;
    model::InstalledUpdate u{s.kb, s.package ? to_string(s.state) : "listed", {}};
    if (s.package) u.evidence.emplace_back("cbs");
    if (s.msi) u.evidence.emplace_back("msi_updates");
    if (s.listed)
      for (const auto& h : facts.hotfixes)
        if (h.kb == s.kb && h.succeeded && h.source != "msi_updates" && (u.evidence.empty() || u.evidence.back() != h.source))
          u.evidence.push_back(h.source);
    v.installed.push_back(std::move(u));
  }
  if (j == nullptr) return;
  for (std::uint32_t i = 0; i < j->state.size(); ++i)
    if (j->state[i] == State::present && j->reason[i] == Reason::files_new_enough && find(seen, j->entry(i).update.kb) == nullptr)
      v.installed.push_back({j->entry(i).update.kb, "file_versions", {"files"}});
  std::sort(v.installed.begin(), v.installed.end(), [](const auto& a, const auto& b) { return a.kb < b.kb; });
}

void broken(const model::Facts& facts, model::Verdict& v) {
  for (const auto& p : facts.packages)
    if (p.state == model::PackageState::partial || p.state == model::PackageState::broken)
      v.broken_packages.push_back(
          fmt::format("{} (state {}{})", p.identity, p.raw_state, p.last_error != 0 ? fmt::format(", error {:#010x}", p.last_error) : ""));
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
  return {facts, knowledge, options, view, kernel_says(facts, knowledge, view), packages_speak(facts, knowledge)};
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
    list_installed(&j, facts, v);
    v.judged_as = c.view->product.name;
    v.line = j.security_only ? "security_only" : "rollup";
  } else {
    list_installed(nullptr, facts, v);
  }
  broken(facts, v);
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
