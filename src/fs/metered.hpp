// A tree whose files are counted as they are read (--stats).
#pragma once

#include <memory>

#include "fs/tree.hpp"

namespace tq::fs {
/// The same tree; bytes of its files count as read through a file system.
std::unique_ptr<Tree> metered(std::shared_ptr<const Tree> tree);
}  // namespace tq::fs
