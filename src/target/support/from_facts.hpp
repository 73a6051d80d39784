// Facts that were written earlier, as opened machines.
#pragma once

#include <string_view>
#include <vector>

#include "target/loader.hpp"

namespace tq::target {

/// One source for each machine of a facts document. Errors: what the reader of facts says; unsupported when it holds none.
Result<std::vector<Source>> from_facts(const Input& in, std::string_view facts_json);

}  // namespace tq::target
