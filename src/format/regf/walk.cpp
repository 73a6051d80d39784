#include <fmt/format.h>

#include "format/regf/hive.hpp"
#include "format/regf/lists.hpp"
#include "format/regf/value_data.hpp"

namespace tq::format::regf {

Walker::Walker(const Hive& hive)
    : image_(*hive.image_), visited_(image_.bins().size()), key_budget_(image_), value_budget_(image_), losses_(image_.losses()) {
  const auto root = hive.root();
  if (root) roots_.push_back(root->offset_);
  if (!root || root->offset_ != image_.header().root)
    losses_.add(image_.absolute(image_.header().root),
                root ? "root key unreadable here, another one carries its flag" : "root key unreadable");
}

/// Whole trees may hang on what was lost: when anything was, all cells are looked at for keys not yet met.
bool Walker::more_roots() {
  if (next_root_ != roots_.size()) return true;
  if (orphans_ || losses_.total == 0) return false;
  orphans_ = true;
  for (const std::uint32_t o : scan_for_roots(image_))
    if (!visited_.has(o)) roots_.push_back(o);
  return next_root_ != roots_.size();
}

std::optional<Key> Walker::next() {
  for (;;) {
    while (!frames_.empty()) {
      Frame& top = frames_.back();
      if (top.next == top.end) {
        frames_.pop_back();
        pending_.resize(frames_.empty() ? 0 : frames_.back().end);
        continue;
      }
      const std::uint32_t offset = pending_[top.next++];
      if (auto key = enter(offset, top.path_bytes)) return key;
    }
    if (!more_roots()) return std::nullopt;
    const std::uint32_t root = roots_[next_root_++];
    if (visited_.has(root)) continue;  // an orphan may hang below another one that lists it
    path_ = orphans_ ? fmt::format("{{orphan {:#x}}}", image_.absolute(root)) : std::string{};
    if (auto key = enter(root, path_.size())) return key;
  }
}

/// Checks and names the key at `offset` and lays its subkeys out for later.
std::optional<Key> Walker::enter(std::uint32_t offset, std::size_t parent_path_bytes) {
  path_.resize(parent_path_bytes);
  const auto key = Key::at(image_, offset);
  if (!key) {
    losses_.add(image_.absolute(offset), fmt::format("subkey of \"{}\" unreadable", path_));
    return std::nullopt;
  }
  const bool again = !visited_.insert(offset);
  if (again) losses_.add(image_.absolute(offset), fmt::format("subkey of \"{}\" was met before; its own subkeys are left out here", path_));
  const bool root = frames_.empty() && !orphans_;
  if (!root) {
    if (!path_.empty()) path_ += '\\';
    append_utf8(path_, key->raw_name());
  }
  ++stats_.keys;
  const std::size_t begin = pending_.size();
  if (frames_.size() < limits::kKeyDepth && !again)
    append_subkeys(image_, key->offset(), key->node_, key_budget_, pending_, &losses_);
  else if (!again)
    losses_.add(key->offset(), "key: deeper than any hive may be, its subkeys are left out");
  frames_.push_back({begin, pending_.size(), path_.size()});
  return key;
}

const std::vector<Value>& Walker::values(const Key& key) {
  values_.clear();
  value_offsets_.clear();
  append_values(image_, key.offset(), key.node_, value_budget_, value_offsets_, &losses_);
  for (const std::uint32_t offset : value_offsets_) {
    const auto node = value_at(image_, offset);
    if (!node) {
      losses_.add(image_.absolute(offset), fmt::format("value of \"{}\" unreadable", path_));
      continue;
    }
    if (!plain_data(image_, *node)) check_data(offset, *node);
    values_.push_back(Value(&image_, offset, *node));
    ++stats_.values;
  }
  return values_;
}

void Walker::check_data(std::uint32_t offset, Bytes value) {
  const DataPlace place = locate_data(image_, image_.absolute(offset), value);
  if (place.fault != nullptr)
    losses_.add(place.fault_at, fmt::format("{} (\"{}\" in \"{}\")", place.fault, to_utf8(value_name(value)), path_));
}

WalkStats Walker::stats() && {
  stats_.lost = std::move(losses_.list);
  stats_.lost_total = losses_.total;
  return std::move(stats_);
}

}  // namespace tq::format::regf
