// Several folders of a tree seen as one: a collection that keeps the files of one drive in more than one place.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fs/tree.hpp"

namespace tq::fs {

/// Paths are relative to each of `roots`; the first root that has a path wins, listings are put together. Places are cited
/// as they lie in `base`. `roots`: at least one, in the order of precedence.
std::unique_ptr<Tree> overlay(std::shared_ptr<const Tree> base, std::vector<std::string> roots);

}  // namespace tq::fs
