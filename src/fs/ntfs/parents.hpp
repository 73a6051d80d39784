// Folders put together again: every file's record says in which folder it lies, so that a lost index is no lost folder.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "fs/ntfs/index.hpp"

namespace tq::fs::ntfs {

class Parents {
 public:
  Parents(Medium& medium, Mft& mft) : medium_(&medium), mft_(&mft) {}
  /// What the records say lies in `folder`. The first call reads the whole table, once; 8 bytes stay of each name.
  std::vector<FolderEntry> children(Reference folder);
  /// False when records were lost (or a bound was hit), so that a name may be missing.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void scan();
  void load_in_use();
  [[nodiscard]] bool worth_parsing(Bytes raw, std::uint64_t number) const;
  void scan_extent(const Extent& e);
  void add(std::vector<std::byte> raw, std::uint64_t number, std::uint64_t offset);

  Medium* medium_;
  Mft* mft_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links_;  ///< folder, file: record numbers
  std::optional<std::vector<std::byte>> in_use_;                ///< $MFT's own bitmap while the table is scanned; none: lost
  std::uint64_t bytes_left_ = 0;
  bool scanned_ = false, complete_ = true, full_ = false;
};

}  // namespace tq::fs::ntfs
