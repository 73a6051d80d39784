// Key trees of a hive whose root is lost, found by looking at every cell. Internal to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "format/regf/image.hpp"

namespace tq::format::regf {

/// Cell offsets of the top-most keys: those that no other key lists. A ring of keys that list each other is
/// entered at its lowest offset. Ascending, the same for the same bytes.
std::vector<std::uint32_t> scan_for_roots(const Image& image);

/// A set of cell offsets, one bit for each place where a cell can begin.
class CellSet {
 public:
  explicit CellSet(std::uint64_t bins_bytes) : bits_(bins_bytes / 512 + 1) {}
  /// True when it was not in the set before. Offsets outside are never new.
  bool insert(std::uint32_t offset) {
    const std::uint64_t i = offset / 512;
    if (i >= bits_.size()) return false;
    const std::uint64_t bit = std::uint64_t{1} << (offset / 8 % 64);
    const bool fresh = (bits_[i] & bit) == 0;
    bits_[i] |= bit;
    return fresh;
  }
  [[nodiscard]] bool has(std::uint32_t offset) const {
    return offset / 512 < bits_.size() && (bits_[offset / 512] >> (offset / 8 % 64) & 1) != 0;
  }

 private:
  std::vector<std::uint64_t> bits_;
};

}  // namespace tq::format::regf
