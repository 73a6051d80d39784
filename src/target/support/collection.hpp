// A triage collection, packed or unpacked: every Windows in it, or the hives that lie in it.
#pragma once

#include <string>
#include <vector>

#include "target/source.hpp"
#include "target/support/find_windows.hpp"

namespace tq::target {

struct Collection {
  std::vector<Source> machines;    ///< labels are set
  std::vector<std::string> notes;  ///< what was found and is no machine
};
/// `target`: what the user named; the label when there is one machine.
Collection read_collection(const std::shared_ptr<const fs::Tree>& tree, const std::string& kind, const std::string& target);

}  // namespace tq::target
