// What a user may have meant by a path that is no target.
#pragma once

#include <string>

#include "target/loader.hpp"

namespace tq::target {

/// Advice for a file or folder that no loader takes: a later part of a split disk, a folder of disk images. Empty without one.
std::string hint(const Input& in);

}  // namespace tq::target
