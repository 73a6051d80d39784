// A small model of servicing on NT 6.0: takes the steps of a plan one by one and refuses what the real thing would refuse.
// It shares no code with the planner, so that one can check the other. What it models is written down in docs/plan.md.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace tq::test {

/// A machine in full: here nothing is unknown.
struct Simulated {
  std::string nt_version = "6.0", arch = "x64";
  bool client = false;
  std::uint32_t build = 6002;
  std::set<std::uint32_t> in_place;  ///< installed and finished
  std::set<std::uint32_t> staged;    ///< installed, the restart is still to come
  bool restart_pending = false;
  std::set<std::uint32_t> licensed_years;
};

struct SimulationResult {
  bool refused = false;
  std::uint32_t at_step = 0;  ///< the step that was refused
  std::string why;
  std::uint32_t restarts = 0, installed = 0;
  Simulated machine;  ///< as it is afterwards
};

/// Steps that say `if_absent` are left out where what they bring is there, as a person would.
SimulationResult simulate(Simulated machine, const std::vector<plan::Step>& steps, const catalog::Catalog& catalog);

/// Whether the goal's updates are in place and finished, with the newest stack and preparation beside them when the machine
/// did not already have the goal at the start (`had_goal`).
bool simulated_goal(const Simulated& machine, const catalog::Catalog& catalog, const std::string& goal, plan::Line line, bool had_goal);

}  // namespace tq::test
