#include "rules/support/exposure.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::rules {
namespace {

constexpr std::size_t kNamed = 8;  ///< CVEs a sentence names; the verdict has all

}  // namespace

const model::Exposure* exposure(const Context& c, std::string_view id) {
  const auto& all = c.verdict.exposure;
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.id == id; });
  return it == all.end() ? nullptr : &*it;
}

bool is_open(const model::Exposure& e) { return e.state == model::ExposureState::open || e.state == model::ExposureState::default_open; }

bool is_open(const Context& c, std::string_view id) {
  const auto* e = exposure(c, id);
  return e != nullptr && is_open(*e);
}

bool is_set_open(const Context& c, std::string_view id) {
  const auto* e = exposure(c, id);
  return e != nullptr && e->state == model::ExposureState::open;
}

std::vector<const model::Exposure*> open_of(const Context& c, const std::vector<std::string_view>& ids) {
  std::vector<const model::Exposure*> out;
  for (const auto id : ids)
    if (const auto* e = exposure(c, id); e != nullptr && is_open(*e)) out.push_back(e);
  return out;
}

Said say(const std::vector<const model::Exposure*>& list, model::Severity severity) {
  Said s;
  s.severity = severity;
  for (const auto* e : list) {
    s.detail += (s.detail.empty() ? "" : "; ") + e->what;
    if (!e->evidence.empty()) s.evidence.push_back(e->evidence);
  }
  return s;
}

std::string cve_list(const std::vector<model::CveId>& cves) {
  std::string out;
  for (std::size_t i = 0; i < cves.size() && i < kNamed; ++i) out += (i == 0 ? "" : ", ") + model::cve_text(cves[i]);
  return cves.size() > kNamed ? fmt::format("{} and {} more", out, cves.size() - kNamed) : out;
}

bool any_known_exploited(const Context& c, const std::vector<model::CveId>& cves) {
  const auto& known = c.verdict.cves.known_exploited;
  return std::any_of(cves.begin(), cves.end(), [&](model::CveId id) { return std::binary_search(known.begin(), known.end(), id); });
}

std::string no_more_updates(const Context& c) {
  const auto last = Date::parse(c.verdict.lifecycle.last_patch);
  return last && *last < c.as_of ? "; the last update for this product was made on " + last->text() : "";
}

}  // namespace tq::rules
