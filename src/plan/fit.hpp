// Whether one file of update media can be installed on one machine as it is now.
#pragma once

#include <cstdint>
#include <string>

#include "plan/state.hpp"

namespace tq::plan {

/// What is known of a file; empty and 0 mean not known.
struct Medium {
  std::uint32_t kb = 0;
  std::string arch, nt_version;
  std::string digest_algorithm;  ///< of its signature; empty: not signed
  bool second_signature = false;
  bool broken = false;  ///< the signature does not fit
};

struct Fit {
  Tri installable = Tri::unknown;
  std::string why;
};

/// Whether an update file can be installed on this machine, and why not: Windows, processor, what its signature needs, what it needs first.
Fit fit(const Medium& medium, const State& state, const catalog::Catalog& catalog);

}  // namespace tq::plan
