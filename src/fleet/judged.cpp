#include "fleet/judged.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rules/rule.hpp"

namespace tq::fleet {
namespace {

constexpr std::uint32_t kBuildOfEsu = 6003;  // the number that the updates of 2019-03 brought, and that anyone can write
constexpr const char* kFromDisk = "the volume, an image of it, or what the collection script gathers";

std::string without_mark(std::string s) {
  std::replace(s.begin(), s.end(), '\x01', '~');  // the place of a profile has no target (profile.hpp)
  return s;
}

void take_build(const model::Machine& m, Judged& out) {
  const auto& b = m.verdict.build;
  out.build = b.number.value_or(0);
  out.revision = b.revision ? static_cast<std::int32_t>(*b.revision) : -1;
  out.service_pack = b.service_pack.value_or(m.facts.identity.service_pack.value_or(-1));
  out.version = b.version;
  out.build_status = to_string(b.status);
  const auto says = [](const auto& w) { return w.build == kBuildOfEsu && !w.older; };
  const bool said = std::any_of(m.facts.build_witnesses.begin(), m.facts.build_witnesses.end(), says);
  out.claims_6003 = said && (b.number != kBuildOfEsu || b.status == model::Standing::contradicted);
}

void take_goals(const model::Verdict& v, const std::string& goal, Judged& out) {
  if (v.level) {
    out.level_month = v.level->month.known() ? v.level->month.month_text() : "";
    out.level_kb = v.level->kb;
    out.level_status = to_string(v.level->status);
  }
  out.goal_reached = "unknown";
  for (const auto& g : v.goals) {
    const int months = g.months_behind.value_or(-1);
    if (g.name == "public") out.behind_public = months;
    if (g.name == "esu") out.behind_esu = months;
    if (g.name == "last") out.behind_last = months;
    if (g.name != goal) continue;
    out.behind = months;
    out.goal_reached = to_string(g.reached);
  }
}

/// How many of the missing CVEs each update repairs: a cumulative one with all older ones of the list, any other by itself.
/// `kbs` come by release, the one to install last.
void take_closed(const catalog::Catalog& c, const RepairedBy& repaired, const std::vector<std::uint32_t>& kbs, Judged& out) {
  std::vector<bool> closed(out.missing.size());
  std::uint32_t together = 0;
  for (const auto kb : kbs) {
    std::uint32_t alone = 0;
    for (const auto cve : repaired(kb)) {
      const auto at = std::lower_bound(out.missing.begin(), out.missing.end(), cve);
      if (at == out.missing.end() || *at != cve) continue;
      auto bit = closed[static_cast<std::size_t>(at - out.missing.begin())];
      ++alone;
      together += bit ? 0U : 1U;
      bit = true;
    }
    const auto update = c.find_kb(kb);
    const bool last = kb == kbs.back();
    out.lacking.push_back({kb, last, last || (update && update->is_cumulative()) ? together : alone});
  }
}

void take_lacking(const catalog::Catalog& c, const RepairedBy& repaired, const model::Verdict& v, Judged& out) {
  for (const auto& m : v.missing) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_release;  // rows of the catalog stand by release
    for (const auto kb : m.covers) by_release.emplace_back(c.row_of_kb(kb).value_or(0xFFFFFFFF), kb);
    std::sort(by_release.begin(), by_release.end());
    std::vector<std::uint32_t> kbs;
    for (const auto& [row, kb] : by_release) kbs.push_back(kb);
    kbs.push_back(m.kb);
    take_closed(c, repaired, kbs, out);
  }
  // One update may be asked for twice: stood for by one, replaced by another.
  std::sort(out.lacking.begin(), out.lacking.end(), [](const auto& a, const auto& b) {
    return a.kb != b.kb ? a.kb < b.kb : a.to_install != b.to_install ? a.to_install : a.closes > b.closes;
  });
  out.lacking.erase(std::unique(out.lacking.begin(), out.lacking.end(), [](const auto& a, const auto& b) { return a.kb == b.kb; }),
                    out.lacking.end());
}

void take_undecided(const model::Machine& m, const std::string& goal, Judged& out) {
  const auto& v = m.verdict;
  const auto add = [&](const char* subject, std::string why, const char* resolve, std::uint32_t items = 1) {
    out.undecided.push_back({subject, without_mark(std::move(why)), resolve, items});
  };
  if (v.build.status == model::Standing::unknown) add("build", v.build.why, kFromDisk);
  if (!v.level && v.product_known) add("level", v.level_unknown_why, "the version of ntoskrnl.exe, or the packages of the SOFTWARE hive");
  for (const auto& g : v.goals)
    if (g.name == goal && g.reached == model::Tri::unknown)
      add("goal", g.why, "the version of ntoskrnl.exe, or the packages of the SOFTWARE hive");
  std::map<std::string, std::uint32_t> updates;
  for (const auto& u : v.unknown) ++updates[u.why];
  for (const auto& [why, n] : updates) add("updates", why, kFromDisk, n);
  if (!out.unknown.empty())
    add("cves", "updates that would repair them are unknown", kFromDisk, static_cast<std::uint32_t>(out.unknown.size()));
  for (const auto& c : m.facts.coverage)
    if (c.status == model::CoverageStatus::failed) add("evidence", c.source + ": " + c.detail, "a whole copy of what is damaged");
}

void take_gates(const model::Facts& facts, Judged& out) {
  for (const auto& d : facts.drivers) {
    if (d.gate != "differs") continue;
    std::string builds;
    for (const auto b : d.builds) builds += (builds.empty() ? "" : ",") + std::to_string(b);
    out.gates.push_back({without_mark(d.path), d.sha256, d.gate, builds, without_mark(d.detail)});
  }
}

}  // namespace

const std::vector<model::CveId>& RepairedBy::operator()(std::uint32_t kb) const {
  const auto [it, fresh] = known_.try_emplace(kb);
  if (fresh)
    if (const auto row = catalog_.row_of_kb(kb))
      for (const auto cve : catalog_.cves_of_update(*row)) it->second.push_back(catalog_.cves()[cve].cve);
  return it->second;
}

namespace {

judge::UpdateLine line_of(const std::string& word) {
  if (word == "rollup") return judge::UpdateLine::rollup;
  return word == "security-only" ? judge::UpdateLine::security_only : judge::UpdateLine::automatic;
}

}  // namespace

Judge::Judge(catalog::Catalog catalog, Judgement judgement)
    : judgement_(std::move(judgement)),
      knowledge_(std::move(catalog)),
      options_{judgement_.goal, judgement_.as_of, line_of(judgement_.line)},
      wanted_(judge::wanted(knowledge_.catalog())),
      repaired_(knowledge_.catalog()) {
  judgement_.catalog_id = knowledge_.catalog().id();
  judgement_.data_as_of = knowledge_.catalog().data_as_of().text();
}

model::Machine Judge::whole(model::Facts facts) const {
  model::Machine m;
  m.facts = std::move(facts);
  m.verdict = judge::judge(m.facts, knowledge_, options_);
  m.findings = rules::run({m.facts, m.verdict, knowledge_.catalog(), options_.goal, options_.as_of});
  return m;
}

Judged Judge::judge(const model::Facts& facts) const {
  const model::Machine m = whole(facts);
  Judged out;
  out.kind = facts.kind;
  out.product = facts.identity.product;
  out.nt_version = facts.identity.nt_version;
  out.arch = facts.identity.arch;
  out.product_type = facts.identity.product_type;
  take_build(m, out);
  take_goals(m.verdict, judgement_.goal, out);
  out.missing = m.verdict.cves.missing;
  out.unknown = m.verdict.cves.unknown;
  out.exploited = static_cast<std::uint32_t>(m.verdict.cves.known_exploited.size());
  out.unknown_updates = static_cast<std::uint32_t>(m.verdict.unknown.size());
  take_lacking(catalog(), repaired_, m.verdict, out);
  for (const auto& f : m.findings) out.findings.push_back({f.id, to_string(f.severity)});
  if (!m.findings.empty()) out.worst = to_string(m.findings.front().severity);
  take_gates(facts, out);
  take_undecided(m, judgement_.goal, out);
  return out;
}

}  // namespace tq::fleet
