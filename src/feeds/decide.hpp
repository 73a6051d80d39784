// What an update is, judged from all that the feeds say of it: its kind, the day it came out, what it replaces.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "feeds/gather.hpp"

namespace tq::feeds {

struct Decision {
  catalog::UpdateKind kind = catalog::UpdateKind::security_update;
  Date released;
  std::string title;
  std::string note;  ///< why the day differs from what a feed prints; mostly empty
  catalog::Confidence confidence = catalog::Confidence::high;
};

/// `cves`: those the update repairs. Corrections of `base` (set_date, set_kind) come first.
/// The day: Patch Tuesday of the month whose document names the update most often, unless wesng dates rows of that month
/// earlier and none on that Tuesday; without documents the first date wesng gives. A CVE's later revisions thus move nothing.
Decision decide(const Gather& gather, const catalog::Catalog& base, std::uint32_t kb, const KbData& data,
                const std::set<catalog::CveId>& cves);

/// The second Tuesday of a month.
Date patch_tuesday(int year, int month);

struct DroppedEdge {
  std::uint32_t kb = 0, other = 0;
  std::string why;
};
struct Edges {
  std::map<std::uint32_t, std::set<std::uint32_t>> supersedes;  ///< of the gathered updates
  std::vector<DroppedEdge> dropped;                             ///< by KB
  std::size_t unknown = 0;                                      ///< edges to updates that nobody describes
};

/// The supersedence that may be believed. Dropped and told: an update that names itself, a security-only update that names
/// another, an older update that names a newer, one of another Windows; corrections (drop_edge, add_edge) come first.
/// Error: corrupt, when updates supersede each other in a circle.
Result<Edges> believable_edges(const Gather& gather, const catalog::Catalog& base, const std::map<std::uint32_t, Decision>& decisions);

}  // namespace tq::feeds
