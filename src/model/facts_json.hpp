// Facts as JSON: schema tourniquet.facts/1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "model/facts.hpp"

namespace tq::model {

inline constexpr const char* kFactsSchema = "tourniquet.facts/1";

/// Deterministic, two-space indented, ends with a newline.
std::string facts_to_json(const std::vector<Facts>& machines);
/// Unknown fields are passed over (a newer writer); a wrong type or enum word is an error that names the field.
Result<std::vector<Facts>> facts_from_json(std::string_view text);

}  // namespace tq::model
