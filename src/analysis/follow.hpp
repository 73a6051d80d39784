// Which functions of a program are followed, and in which order.
#pragma once

#include <memory>

#include "analysis/engine.hpp"

namespace tq::analysis {

/// Follows everything that may learn what the ladder asks, then whatever finds it in memory.
void follow(Engine& engine, const Program& program, const Functions& functions, const std::vector<SourceSite>& sites);

}  // namespace tq::analysis
