// The machines of a tree in which Windows was looked for.
#pragma once

#include <string>
#include <vector>

#include "target/source.hpp"
#include "target/support/find_windows.hpp"

namespace tq::target {

/// One source for each Windows, its hives opened. `kind`: the word of --as. Labels are set by label().
std::vector<Source> machines_of(const FoundWindows& found, const std::string& kind);
/// The hives of a folder that is no part of a Windows, known by their names, as one machine; nullopt when none can be opened.
std::optional<Source> machine_of_hives(const std::shared_ptr<const fs::Tree>& tree, const std::string& folder, const std::string& kind);
/// The label of a single machine is what the user named; several are told apart by where they lie.
void label(std::vector<Source>& machines, const std::string& target);
/// The first few of a list in one line: "a; b; and 3 more".
std::string in_short(const std::vector<std::string>& items, std::size_t most = 5);
std::vector<std::string> texts(const std::vector<Error>& errors);

}  // namespace tq::target
