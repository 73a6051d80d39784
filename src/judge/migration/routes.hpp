// The shortest chains of in-place upgrades from where a machine stands.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "judge/migration/conditions.hpp"
#include "judge/migration/standpoint.hpp"

namespace tq::judge {

/// One release that was reached, and from where.
struct Stop {
  bool reached = false;
  std::uint32_t from = 0;                  ///< release before it; itself for the start
  std::uint32_t length = 0;                ///< hops from the start
  const Upgrades::Hop* hop = nullptr;      ///< the row that led here; null for the start
  std::vector<std::string_view> editions;  ///< that it can have here; empty: not known
};

/// A bar that took a hop away which the machine could otherwise have made.
struct Refusal {
  const Upgrades::Bar* bar = nullptr;
  const Upgrades::Hop* hop = nullptr;  ///< null: the bar names the machine's release and the destination themselves
  std::vector<std::string> evidence;
};

struct Routes {
  std::vector<Stop> stops;  ///< beside Upgrades::releases
  std::vector<Refusal> refusals;
  std::vector<const Upgrades::Bar*> undecided;  ///< whether they apply was not read; they took nothing away
};

/// Breadth first over the hops whose editions, processor and installation option fit; of equally short ways the one over the newest
/// release. What is not known of the machine does not keep it back: the hop's text names the condition.
Routes find_routes(const model::Facts& facts, const Standpoint& start, const Upgrades& upgrades);

/// The hops to a release, the first one first. Empty when it was not reached or is the start.
std::vector<const Stop*> way_to(const Routes& routes, std::uint32_t release);

}  // namespace tq::judge
