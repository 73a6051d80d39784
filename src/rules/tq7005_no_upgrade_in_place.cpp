#include <algorithm>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq7005(const Context& c, std::vector<Said>& out) {
  const auto& m = c.verdict.migration;
  if (m.from.empty() || std::any_of(m.paths.begin(), m.paths.end(), [](const auto& p) { return p.kind == "in_place"; })) return;
  // The reason that counts is that of a release of the machine's own class: one it could have by a clean install.
  const auto own_class = [&](const std::string& to) {
    return std::any_of(m.paths.begin(), m.paths.end(), [&](const auto& p) { return p.kind == "clean_install" && p.to == to; });
  };
  for (const auto& i : m.impossible) {
    if (!i.why.starts_with("in place: ") || !own_class(i.to)) continue;
    out.push_back({"no supported release can be reached by upgrades in place: " + i.why.substr(10)});
    return;
  }
}

}  // namespace

extern const Rule tq7005_no_upgrade_in_place;
const Rule tq7005_no_upgrade_in_place{
    "TQ7005",
    model::Severity::info,
    "No upgrade in place leads to a supported release",
    "From this release, edition, processor or role no chain of supported upgrades reaches a Windows that still gets updates. A clean "
    "install or a "
    "move of the workload is what is left.",
    "Microsoft's upgrade tables, row by row (upgrade_hops, upgrade_bars), asked with what was read of this machine.",
    "See `tourniquet migrate` for clean installs, other hosts and what has to move along.",
    "data/catalog/common/upgrade_hops.csv, upgrade_bars.csv: each row names its source",
    find_tq7005,
};

}  // namespace tq::rules
