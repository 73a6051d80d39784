// How one exposure is decided, step by step. Each step may change the answer of the one before; `unknown` where it cannot tell.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "judge/exposure_table.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::judge {

/// The machine's readings by their id.
using Settings = std::unordered_map<std::string_view, const model::Setting*>;

struct Answer {
  model::ExposureState state = model::ExposureState::unknown;
  std::string because;  ///< what was read, or why it is not known
  std::string where;
  bool unconfirmed = false;   ///< rests on a row without a source
  bool out_of_reach = false;  ///< closed by something else than its own value, which may well say open
};

/// The value itself, the policy that wins over it, or the default of this Windows.
Answer answer_of_values(const ExposureKind& kind, const ExposureRow& row, const Settings& settings, const model::Identity& machine);
/// What is put together from other facts: rules of the firewall, addresses, shares.
Answer answer_of_lists(catalog::Reads reads, const model::Configuration& c);
/// Without its service nothing is open; without a service that guards ("!MpsSvc"), everything is.
void apply_service(std::string_view service, const model::Configuration& c, Answer& answer);

}  // namespace tq::judge
