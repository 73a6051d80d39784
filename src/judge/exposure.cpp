// Which ways into the machine its configuration leaves open, each joined with the missing CVEs behind it.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "judge/exposure_parts.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::Exposure;
using model::ExposureState;

Settings settings_of(const model::Facts& facts) {
  Settings out;
  out.reserve(facts.configuration.settings.size());
  for (const auto& s : facts.configuration.settings) out.emplace(s.id, &s);
  return out;
}

/// Something of the machine's registry was read: else nothing is said of any exposure.
bool anything_read(const model::Configuration& c) {
  return std::any_of(c.settings.begin(), c.settings.end(), [](const auto& s) { return s.state != model::SettingState::unreadable; });
}

/// What stands behind another exposure does not matter while that one is closed.
void apply_need(std::string_view id, const std::vector<Exposure>& done, Answer& answer) {
  const auto it = std::find_if(done.begin(), done.end(), [&](const Exposure& e) { return e.id == id; });
  if (it == done.end()) return;
  if (is_closed(it->state)) {
    answer.state = it->state;
    answer.because = it->what;
    answer.where = it->evidence;
    answer.out_of_reach = true;
  } else if (it->state == ExposureState::unknown && is_open(answer.state)) {
    answer.state = ExposureState::unknown;
    answer.because = it->what;
  }
}

/// The row of this Windows. Where that was not read, the first whose service the machine has: XP has another firewall.
const ExposureRow* row_for(const ExposureKind& kind, const model::Facts& facts) {
  const auto& nt = facts.identity.nt_version;
  if (!nt.empty()) return kind.row_for(nt);
  for (const auto& r : kind.rows) {
    std::string_view service = r.row.service;
    if (service.starts_with('!')) service.remove_prefix(1);
    const auto& all = facts.configuration.services;
    if (service.empty() || std::any_of(all.begin(), all.end(), [&](const auto& s) { return iequals(s.name, service); })) return &r;
  }
  // That a guard of another Windows is not there says nothing.
  return kind.rows.front().row.service.starts_with('!') ? nullptr : &kind.rows.front();
}

std::string sentence(const catalog::ExposureSetting& row, const Answer& a) {
  switch (a.state) {
    case ExposureState::open:
    case ExposureState::default_open: return fmt::format("{}: {}{}", row.open_says, a.because, a.unconfirmed ? " (unconfirmed)" : "");
    case ExposureState::closed:
    case ExposureState::default_closed:
      if (a.out_of_reach) return fmt::format("out of reach: {}", a.because);
      return fmt::format("{}: {}{}", row.closed_says, a.because, a.unconfirmed ? " (unconfirmed)" : "");
    case ExposureState::unknown: return fmt::format("not known whether {}: {}", row.open_says, a.because);
  }
  return {};
}

/// Those of `rising` that this exposure opens the door to; known-exploited ones first, as they are the ones in use.
std::vector<model::CveId> join(const std::vector<catalog::CveId>& behind, const std::vector<model::CveId>& rising,
                               const std::vector<model::CveId>& exploited) {
  std::vector<model::CveId> out;
  std::set_intersection(behind.begin(), behind.end(), rising.begin(), rising.end(), std::back_inserter(out));
  std::stable_partition(out.begin(), out.end(), [&](model::CveId c) { return std::binary_search(exploited.begin(), exploited.end(), c); });
  return out;
}

Exposure judge_one(const ExposureKind& kind, const ExposureRow& row, const Case& c, const Settings& settings, const model::Verdict& v) {
  const auto& machine = c.facts.configuration;
  Answer a =
      catalog::from_registry(kind.reads) ? answer_of_values(kind, row, settings, c.facts.identity) : answer_of_lists(kind.reads, machine);
  a.unconfirmed = row.row.confidence == catalog::Confidence::unconfirmed;
  apply_service(row.row.service, machine, a);
  apply_need(row.row.needs, v.exposure, a);
  Exposure e;
  e.id = kind.id;
  e.state = a.state;
  e.what = sentence(row.row, a);
  e.evidence = a.where;
  if (is_open(a.state)) {
    e.joined_with = join(kind.cves, v.cves.missing, v.cves.known_exploited);
    e.joined_with_unknown = join(kind.cves, v.cves.unknown, v.cves.known_exploited_unknown);
  }
  return e;
}

}  // namespace

void judge_exposure(const Case& c, model::Verdict& verdict) {
  if (!anything_read(c.facts.configuration)) return;
  const Settings settings = settings_of(c.facts);
  for (const auto& kind : c.knowledge.exposure().kinds())
    if (const auto* row = row_for(kind, c.facts)) verdict.exposure.push_back(judge_one(kind, *row, c, settings, verdict));
}

}  // namespace tq::judge
