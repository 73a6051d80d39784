// $UpCase: how this volume folds letters. Names of a folder are sorted by it, so that no other table will do.
#pragma once

#include <string_view>
#include <vector>

#include "fs/ntfs/mft.hpp"

namespace tq::fs::ntfs {

/// The table is 128 KiB and read only when the first letter beyond ASCII is met.
class UpCase {
 public:
  UpCase(Medium& medium, Mft& mft) : medium_(&medium), mft_(&mft) {}
  char16_t fold(char16_t c) {
    if (c < 0x80) return c >= u'a' && c <= u'z' ? static_cast<char16_t>(c - 32) : c;
    return beyond_ascii(c);
  }
  /// <0, 0, >0 as names are sorted in a folder, without regard to case.
  int compare(std::u16string_view a, std::u16string_view b);
  /// True after the table could not be read: then only ASCII is folded and the order of a folder cannot be relied on.
  [[nodiscard]] bool lost() const { return lost_; }

 private:
  char16_t beyond_ascii(char16_t c);
  void load();
  Medium* medium_;
  Mft* mft_;
  std::vector<std::byte> table_;
  bool loaded_ = false, lost_ = false;
};

}  // namespace tq::fs::ntfs
