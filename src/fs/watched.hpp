// A tree that tells which of its files are opened.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fs/tree.hpp"

namespace tq::fs {

/// Called for every file that was opened, with its citation; it may read the file. Has to be safe for several threads.
using OnOpen = std::function<void(const std::string& where, const io::ByteSource& file)>;

/// The same tree; `on_open` is told after each file was opened, never when one was not.
std::unique_ptr<Tree> watched(std::shared_ptr<const Tree> tree, OnOpen on_open);

}  // namespace tq::fs
