// Where Windows lies in a tree: on a volume at its root, in a collection at any bounded depth.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fs/tree.hpp"

namespace tq::target {

/// One installation. `tree` is the searched one, or an overlay when a collection keeps a drive in several places.
struct WindowsRoot {
  std::shared_ptr<const fs::Tree> tree;
  std::string windows;  ///< its folder in `tree`, as spelled: "Windows", "HOST/C/Windows"
};

struct FoundWindows {
  std::vector<WindowsRoot> roots;         ///< sorted by path
  std::vector<std::string> hive_folders;  ///< folders with files called SOFTWARE, SYSTEM or COMPONENTS, outside of any Windows
  /// What looks like Windows and is no machine: an earlier installation, Windows PE, a shadow copy, a recovery or boot volume.
  std::vector<std::string> notes;
};

/// Is it a file name that a hive of the whole machine has: SOFTWARE, SYSTEM or COMPONENTS?
bool is_hive_name(std::string_view name);

enum class Search {
  volume,      ///< any folder at the root that holds System32
  collection,  ///< the same, at most kSearchDepth folders deep
};
inline constexpr int kSearchDepth = 8;
inline constexpr std::size_t kSearchFolders = 4000;  ///< folders that are listed before a search gives up, with a note

/// Every folder that is a Windows by its content; what looks like one and is none is in the notes.
FoundWindows find_windows(const std::shared_ptr<const fs::Tree>& tree, Search search);

}  // namespace tq::target
