#include "rules/support/exposure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/exposure.hpp"

namespace tq::rules {
namespace {

constexpr std::size_t kNamed = 8;  ///< CVEs a sentence names; the verdict has all

std::string_view default_cell(const catalog::ExposureSetting& row, std::string_view product_type) {
  if (product_type == "client") return row.default_client;
  return product_type == "domain_controller" ? row.default_domain_controller : row.default_server;
}

}  // namespace

const model::Exposure* exposure(const Context& c, std::string_view id) {
  const auto& all = c.verdict.exposure;
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.id == id; });
  return it == all.end() ? nullptr : &*it;
}

bool is_open(const Context& c, std::string_view id) {
  const auto* e = exposure(c, id);
  return e != nullptr && is_open(e->state);
}

bool is_chosen(const Context& c, const model::Exposure& e) {
  if (e.state != model::ExposureState::open) return false;
  const auto& machine = c.facts.identity;
  for (const auto& row : c.catalog.exposure_settings()) {
    if (row.id != e.id || !catalog::is_for(row, machine.nt_version)) continue;
    const auto when = catalog::parse_open_when(row.open_when);
    const auto standing = catalog::parse_default(default_cell(row, machine.product_type));
    return when && standing && !catalog::is_open(*when, *standing);
  }
  return false;
}

bool is_chosen(const Context& c, std::string_view id) {
  const auto* e = exposure(c, id);
  return e != nullptr && is_chosen(c, *e);
}

std::vector<const model::Exposure*> open_of(const Context& c, const std::vector<std::string_view>& ids) {
  std::vector<const model::Exposure*> out;
  for (const auto id : ids)
    if (const auto* e = exposure(c, id); e != nullptr && is_open(e->state)) out.push_back(e);
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
