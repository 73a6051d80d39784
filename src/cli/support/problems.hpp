// What is wrong with a catalog, as lines for people.
#pragma once

#include <vector>

#include "catalog/check.hpp"

namespace tq::cli {

/// Prints the first twenty, and how many more there are.
void complain_of(const std::vector<catalog::Problem>& problems);

}  // namespace tq::cli
