// `check --why`: proofs as text for people, or as JSON (schema tourniquet.why/1).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "judge/judge.hpp"

namespace tq::cli {

/// One answer about one machine; `machine` is the target as it was named.
struct MachineProof {
  std::string machine;
  judge::Proof proof;
};

std::string proofs_text(const std::vector<MachineProof>& proofs);
std::string proofs_json(const std::vector<MachineProof>& proofs);

}  // namespace tq::cli
