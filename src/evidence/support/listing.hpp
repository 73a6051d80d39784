// A folder of the target as a collector needs it: what is in it, and whether that is all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/facts.hpp"
#include "target/source.hpp"

namespace tq::evidence {

struct Listing {
  std::vector<io::Entry> entries;
  bool there = false;         ///< it could be listed, perhaps in part
  std::optional<Error> lost;  ///< why names may be missing; never of a folder that surely is not there

  /// read, absent, or failed: a folder with a gap is no folder without the name that was looked for.
  [[nodiscard]] model::CoverageStatus status() const;
  /// `about`, and what was lost.
  [[nodiscard]] std::string detail(const std::string& about = {}) const;
};

/// `path` counts from the root of the tree; the source has one.
Listing list_folder(const target::Source& source, const std::string& path);

/// A line of coverage for a folder of which names may be missing; nothing for any other.
void cover_gap(model::Facts& facts, const std::string& name, const Listing& listing);

}  // namespace tq::evidence
