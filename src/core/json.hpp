// The JSON of everything that is written: keys stand in the order in which they were put.
#pragma once

#include <nlohmann/json.hpp>

namespace tq {

using Json = nlohmann::ordered_json;

}  // namespace tq
