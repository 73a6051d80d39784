// Subkey and value lists: li, lf, lh and ri. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "format/regf/image.hpp"

namespace tq::format::regf {

/// How many elements all lists of a hive may hold together. Damaged keys may share one list, which would
/// otherwise multiply; a whole hive needs less than half of this.
class ListBudget {
 public:
  explicit ListBudget(const Image& image) : left_(image.bins().size() / 12 + 64) {}
  [[nodiscard]] bool take(std::uint64_t n) {
    if (n > left_) return false;
    left_ -= n;
    return true;
  }

 private:
  std::uint64_t left_;
};

/// Appends the cell offsets of all subkeys of `node`, in stored order, unchecked. `key_at`: absolute offset for losses.
void append_subkeys(const Image& image, std::uint64_t key_at, Bytes node, ListBudget& budget, std::vector<std::uint32_t>& out,
                    Losses* losses);
/// Appends the cell offsets of all values of `node`, in stored order, unchecked.
void append_values(const Image& image, std::uint64_t key_at, Bytes node, ListBudget& budget, std::vector<std::uint32_t>& out,
                   Losses* losses);

/// The subkey with this name: by hash or by the sorted order, and when both fail one by one (lists may be damaged).
std::optional<std::uint32_t> find_subkey(const Image& image, Bytes node, const Needle& needle);

}  // namespace tq::format::regf
