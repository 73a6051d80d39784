// What was lost and what must be said about one volume, gathered while it is read.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace tq::fs::ntfs {

class Journal {
 public:
  /// Remembers a loss once, however often it is met: lookups come by the same damaged block again and again.
  void lose(const Error& e);
  void note(const std::string& text);
  [[nodiscard]] const std::vector<Error>& lost() const { return lost_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::vector<Error> lost_;
  std::vector<std::string> notes_;
  std::set<std::pair<std::string, std::uint64_t>> met_;
};

}  // namespace tq::fs::ntfs
