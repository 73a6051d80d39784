// From what was gathered to the catalog's own tables, as CSV text that the catalog compiler takes.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/compile.hpp"
#include "feeds/decide.hpp"
#include "feeds/gather.hpp"

namespace tq::feeds {

struct Counts {
  std::size_t updates = 0, products = 0, cves = 0, fixes = 0;  ///< rows that the feeds added or changed
  std::size_t dropped_edges = 0, unknown_edges = 0, odd_builds = 0;
};

struct Tables {
  /// updates, products, cves, fixes, children, corrections, files: rows of the feeds only, each sorted. Paths are "feeds/<table>.csv".
  std::vector<catalog::SourceFile> files;
  Counts counts;
};

/// Rows that `base` lacks or that the feeds enlarge. A KB with a row in `base` keeps it; the CVEs of one update and product are
/// joined, as a CVE may be in one feed and not in the other. Error: corrupt (supersedence in a circle).
Result<Tables> make_tables(const catalog::Catalog& base, const Gather& gather);

}  // namespace tq::feeds
