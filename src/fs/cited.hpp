// A tree whose places are cited by another beginning than its own.
#pragma once

#include <memory>
#include <string>

#include "fs/tree.hpp"

namespace tq::fs {
/// Paths are cited as `prefix` + path: "volume.img//" gives "volume.img//Windows". The root is `prefix` without its slashes.
std::unique_ptr<Tree> cited(std::shared_ptr<const Tree> tree, std::string prefix);
}  // namespace tq::fs
