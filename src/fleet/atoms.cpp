#include "fleet/atoms.hpp"

#include <algorithm>
#include <map>

namespace tq::fleet {

Atoms::Atoms(const catalog::Catalog& catalog) {
  std::map<std::vector<std::uint32_t>, std::uint32_t> groups;
  for (const auto& c : catalog.cves()) {
    // Equal sets of the catalog have one number, so the sets that hold a CVE name the fixes it has.
    std::vector<std::uint32_t> sets;
    for (const auto& fix : catalog.fixes_of_cve(c.row)) sets.push_back(fix.set);
    std::sort(sets.begin(), sets.end());
    sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
    const auto [it, fresh] = groups.try_emplace(std::move(sets), static_cast<std::uint32_t>(group_size_.size()));
    if (fresh) group_size_.push_back(0);
    ++group_size_[it->second];
    row_of_.emplace(c.cve, static_cast<std::uint32_t>(members_.size()));
    members_.push_back({c.cve, it->second, 0, c.known_exploited()});
  }
  for (std::uint32_t row = 0; row < members_.size(); ++row) members_[row].lone = static_cast<std::uint32_t>(group_size_.size()) + row;
}

std::vector<std::uint32_t> Atoms::of(std::span<const model::CveId> cves) const {
  std::vector<std::uint32_t> there(group_size_.size()), rows, out;
  for (const auto cve : cves) {
    const auto it = row_of_.find(cve);
    if (it == row_of_.end()) continue;
    rows.push_back(it->second);
    ++there[members_[it->second].atom];
  }
  for (std::uint32_t atom = 0; atom < there.size(); ++atom)
    if (there[atom] != 0 && there[atom] == group_size_[atom]) out.push_back(atom);
  for (const auto row : rows)
    if (const auto& m = members_[row]; there[m.atom] != group_size_[m.atom]) out.push_back(m.lone);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tq::fleet
