#include "target/support/machines.hpp"

#include <fmt/format.h>

#include "fs/metered.hpp"
#include "target/support/hives.hpp"

namespace tq::target {

std::vector<Source> machines_of(const FoundWindows& found, const std::string& kind) {
  std::vector<Source> out;
  for (const auto& root : found.roots) {
    Source s;
    s.kind = kind;
    s.tree = fs::metered(root.tree);
    s.windows = root.windows.empty() ? "." : root.windows;
    s.label = root.tree->cite(root.windows);
    s.expects_hives = true;
    add_windows_hives(s);
    out.push_back(std::move(s));
  }
  return out;
}

std::optional<Source> machine_of_hives(const std::shared_ptr<const fs::Tree>& tree, const std::string& folder, const std::string& kind) {
  Source s;
  s.kind = kind;
  s.label = tree->cite(folder);
  s.expects_hives = true;
  bool any = false;
  for (const char* name : {"SOFTWARE", "SYSTEM", "COMPONENTS"}) {
    HiveSlot slot = open_hive(*tree, folder, name);
    if (slot.where.empty()) continue;
    any = any || slot.hive;
    // A name is no proof: what a hive holds decides, as in a folder of hives.
    if (const std::string held = slot.hive ? identify(*slot.hive) : std::string{}; !held.empty()) slot.name = held;
    s.hives.push_back(std::move(slot));
  }
  if (!any) return std::nullopt;
  return s;
}

void label(std::vector<Source>& machines, const std::string& target) {
  if (machines.size() == 1) machines.front().label = target;
}

std::string in_short(const std::vector<std::string>& items, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) out += (i == 0 ? "" : "; ") + items[i];
  if (items.size() > most) out += fmt::format("; and {} more", items.size() - most);
  return out;
}

std::vector<std::string> texts(const std::vector<Error>& errors) {
  std::vector<std::string> out;
  out.reserve(errors.size());
  for (const auto& e : errors) out.push_back(e.text());
  return out;
}

}  // namespace tq::target
