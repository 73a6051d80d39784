#include "target/support/collection.hpp"

#include "target/support/machines.hpp"

namespace tq::target {

Collection read_collection(const std::shared_ptr<const fs::Tree>& tree, const std::string& kind, const std::string& target) {
  const FoundWindows found = find_windows(tree, Search::collection);
  Collection out{machines_of(found, kind), found.notes};
  // Loose hives speak only where no Windows does: beside one they are copies of its own, or of an unknown day.
  for (const auto& folder : found.hive_folders) {
    if (!found.roots.empty()) {
      out.notes.push_back((folder.empty() ? "/" : folder) + ": hives outside of the Windows folder, not read");
    } else if (auto s = machine_of_hives(tree, folder, kind)) {
      out.machines.push_back(*std::move(s));
    }
  }
  label(out.machines, target);
  return out;
}

}  // namespace tq::target
