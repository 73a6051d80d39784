// Packed programs: the code that would run is not in the file as it lies.
#pragma once

#include <optional>
#include <string>

#include "analysis/program.hpp"

namespace tq::analysis {

/// What gives a packed program away; nullopt when nothing does.
std::optional<std::string> packed_by(const Program& program);

}  // namespace tq::analysis
