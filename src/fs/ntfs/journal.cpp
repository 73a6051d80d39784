#include "fs/ntfs/journal.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace tq::fs::ntfs {

void Journal::lose(const Error& e) {
  if (lost_.size() >= limits::kLossesListed) return;
  // What was found belongs to the key: one block can be wrong in two ways.
  if (met_.emplace(e.place + e.found, e.offset.value_or(0)).second) lost_.push_back(e);
}

void Journal::note(const std::string& text) {
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end() && notes_.size() < limits::kLossesListed) notes_.push_back(text);
}

}  // namespace tq::fs::ntfs
