// Opening hives with the logs that lie beside them.
#pragma once

#include <string>

#include "fs/tree.hpp"
#include "target/source.hpp"

namespace tq::target {

/// `folder`/`file` of a tree with its .LOG1, .LOG2 and .LOG. A file that is not there gives an empty `where`.
HiveSlot open_hive(const fs::Tree& tree, const std::string& folder, const std::string& file);
/// The hive and its registry, or why there is none. `slot.where` is set before.
void take_hive(HiveSlot& slot, Result<format::regf::Hive> hive);
/// What hive this is by what it holds: "SOFTWARE", "SYSTEM", "COMPONENTS"; "" for any other.
std::string identify(const format::regf::Hive& hive);
/// All hives of a Windows folder: config and config/RegBack.
void add_windows_hives(Source& source);

}  // namespace tq::target
