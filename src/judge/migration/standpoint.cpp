#include "judge/migration/standpoint.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "judge/migration/lists.hpp"

namespace tq::judge {
namespace {

std::optional<std::uint32_t> find_release(const std::vector<catalog::Release>& releases, std::string_view id) {
  for (std::uint32_t i = 0; i < releases.size(); ++i)
    if (releases[i].id == id) return i;
  return std::nullopt;
}

bool sourced(const catalog::Provenance& p) { return p.confidence != catalog::Confidence::unconfirmed; }

/// The row of exactly this build. Before Windows 10 an update may raise the number inside one release (6002 became 6003), so there
/// the nearest lower build stands in. Rows of one build are in the order of the table: the plain release comes first.
std::optional<std::uint32_t> release_of(const Upgrades& upgrades, std::string_view nt_version, std::uint32_t build, bool client) {
  std::optional<std::uint32_t> best;
  for (std::uint32_t i = 0; i < upgrades.releases.size(); ++i) {
    const auto& r = upgrades.releases[i];
    if (r.nt_version != nt_version || (r.product_class == catalog::ProductClass::client) != client || r.build > build) continue;
    if (r.build != build && nt_version == "10.0") continue;
    if (!best || r.build > upgrades.releases[*best].build) best = i;
  }
  return best;
}

}  // namespace

Upgrades::Upgrades(const catalog::Catalog& catalog) {
  for (const auto& r : catalog.releases()) {
    releases.push_back(r);
    auto& list = needs.emplace_back();
    for (const auto need : split_list(r.needs, "|")) list.push_back("hardware: " + std::string(need));
  }
  for (const auto& e : catalog.editions()) editions.push_back({e, split_list(e.edition_ids), split_list(e.phrases)});
  for (const auto& h : catalog.upgrade_hops()) {
    const auto from = find_release(releases, h.from), to = find_release(releases, h.to);
    if (from && to && sourced(h))
      hops.push_back({h, *from, *to, split_list(h.from_editions), split_list(h.to_editions), split_list(h.conditions, "|")});
  }
  for (const auto& b : catalog.upgrade_bars())
    if (sourced(b)) bars.push_back({b, split_list(b.from), split_list(b.to), split_list(b.applies, "+")});
  for (const auto& r : catalog.rehosts()) places.push_back({r, split_list(r.guests), split_list(r.conditions, "|")});
  for (const auto& n : catalog.migration_notes()) notes.push_back({n, split_list(n.paths), split_list(n.applies, "+")});
  for (const auto& t : catalog.esu_terms()) esu_years.push_back({t, split_list(t.editions)});
  for (const auto& t : catalog.software_terms()) software.push_back(t);
}

bool is_client(const model::Facts& facts) { return facts.identity.product_type == "client"; }

std::string_view edition_of(const model::Facts& facts, const Upgrades& upgrades) {
  const auto wanted = is_client(facts) ? catalog::ProductClass::client : catalog::ProductClass::server;
  std::string_view best;
  std::size_t longest = 0;
  for (const auto& e : upgrades.editions) {
    if (e.row.product_class != wanted) continue;
    for (const auto id : e.ids)
      if (id.size() > longest && istarts_with(facts.identity.edition, id)) best = e.row.edition, longest = id.size();
  }
  if (!best.empty()) return best;
  // Update scripts write a server's EditionID on Vista, and texts have none at all: then the product's name is asked.
  for (const auto& e : upgrades.editions) {
    if (e.row.product_class != wanted) continue;
    for (const auto phrase : e.phrases)
      if (phrase.size() > longest && ifind(facts.identity.product, phrase) != std::string::npos)
        best = e.row.edition, longest = phrase.size();
  }
  return best;
}

Standpoint standpoint_of(const model::Facts& facts, std::uint32_t build, const Upgrades& upgrades) {
  Standpoint s;
  if (facts.identity.product_type.empty()) return s;
  const auto index = release_of(upgrades, facts.identity.nt_version, build, is_client(facts));
  if (!index) return s;
  s.index = *index;
  s.release = &upgrades.releases[*index];
  s.edition = edition_of(facts, upgrades);
  s.arch = facts.identity.arch;
  s.core = facts.identity.server_core;
  return s;
}

bool has_arch(const catalog::Arches& list, std::string_view arch) {
  return (arch == "x86" && list.x86) || (arch == "x64" && list.x64) || (arch == "ia64" && list.ia64) || (arch == "arm" && list.arm) ||
         (arch == "arm64" && list.arm64);
}

std::string arches_text(const catalog::Arches& list) {
  std::string out;
  for (const char* arch : {"x86", "x64", "ia64", "arm", "arm64"})
    if (has_arch(list, arch)) out += (out.empty() ? "" : " and ") + std::string(arch);
  return out;
}

}  // namespace tq::judge
