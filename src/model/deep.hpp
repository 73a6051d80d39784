// What the lane engine found in the drivers and programs that a machine loads (`check --deep`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tq::model {

/// Whether a driver behaves in another way on one build than on the other.
struct DriverGate {
  std::string path, sha256;
  std::string gate;  ///< "differs", "same", "no_source", "undecided", "unsupported"
  std::vector<std::uint32_t> builds;
  std::string detail;
  std::string loaded_by;  ///< the service that loads it; empty: not known
};

/// Whether a 32-bit program breaks when a 32-bit count of seconds ends, on 2038-01-19.
struct TimeExposure {
  std::string path, sha256;
  std::string exposure;  ///< "exposed", "uses_32bit_api", "no_evidence", "not_analysed"
  std::vector<std::string> why;
};

}  // namespace tq::model
