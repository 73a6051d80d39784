// What lies below a path that the user named: each item is a target of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace tq::fleet {

/// Which part of the items is this process's: 0 <= index < count.
struct Shard {
  std::uint64_t index = 0, count = 1;
  /// By the path of the item below the scan's root, '/' between components: the same everywhere, with no coordinator.
  [[nodiscard]] bool holds(std::string_view path) const;
};
/// "2/8", or "auto": what the scheduler's own variables say (Slurm arrays, Kubernetes indexed jobs); "auto/8": of so many. Errors: usage.
Result<Shard> parse_shard(const std::string& text);

enum class ItemKind { target, inventory, archive };
struct Item {
  std::string path;  ///< below the root; empty: the root itself
  ItemKind kind = ItemKind::target;
};

/// Calls `each` for every item, in the order of names. A folder that is a machine is one item; what cannot be listed is given to
/// `unread`. `mapped`: the user named an inventory's columns, so every text is one.
Status walk(const std::string& root, bool mapped, const std::function<Status(const Item&)>& each,
            const std::function<void(const std::string& path, const Error&)>& unread);

}  // namespace tq::fleet
