// Hives in memory as an opened machine, without a file: for tests that read many of them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "target/source.hpp"

namespace tq::test {

/// A machine of these hives (name, bytes) and nothing else. One that cannot be opened at all is left out.
target::Source hive_source(std::vector<std::pair<std::string, std::vector<std::byte>>> hives);

}  // namespace tq::test
