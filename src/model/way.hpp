// The plan of one machine in plain words, for reports: they see no catalog and no planner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tq::model {

/// One step as it is printed.
struct WayStep {
  std::uint32_t n = 0;   ///< from 1
  std::uint32_t kb = 0;  ///< 0: a restart, a licence, work by hand
  std::string kind;      ///< the contract's word
  std::string what;
  std::vector<std::string> details;
  bool only_if_absent = false;  ///< nothing that was read tells whether it is needed
  bool reboot_after = false;
};

/// The steps in their order, and what there is to say of them.
struct Way {
  std::vector<WayStep> steps;
  std::vector<std::string> impossible;  ///< goals that cannot be reached, each with the reason
  std::vector<std::string> unknown;     ///< what to find out first
  std::vector<std::string> notes;       ///< what to know before starting
};

}  // namespace tq::model
