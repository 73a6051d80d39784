// The verdicts of all machines turned round: which machines lack the repair of a vulnerability, and for which it cannot be told.
#pragma once

#include <map>
#include <vector>

#include "model/verdict.hpp"

namespace tq::report {

struct CveMachines {
  std::vector<std::size_t> affected, unknown;  ///< indices into Report::machines, rising
  bool known_exploited = false;
};

inline std::map<model::CveId, CveMachines> by_cve(const model::Report& r) {
  std::map<model::CveId, CveMachines> out;
  for (std::size_t i = 0; i < r.machines.size(); ++i) {
    const auto& c = r.machines[i].verdict.cves;
    for (const auto id : c.missing) out[id].affected.push_back(i);
    for (const auto id : c.unknown) out[id].unknown.push_back(i);
    for (const auto id : c.known_exploited) out[id].known_exploited = true;
    for (const auto id : c.known_exploited_unknown) out[id].known_exploited = true;
  }
  return out;
}

}  // namespace tq::report
