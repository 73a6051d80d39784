// What the compiler adds to the rows so that a reader never searches: rows instead of names, and the way back of each reference.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/compile.hpp"
#include "catalog/encoder.hpp"

namespace tq::catalog {

/// A table while it is being built.
struct Draft {
  std::vector<std::vector<std::uint32_t>> rows;
  std::vector<Origin> origins;
  std::set<std::string> keys;
};
using Drafts = std::map<TableId, Draft>;

/// A table that no CSV holds.
struct Derived {
  TableId id = TableId::words;
  std::uint32_t row_words = 1;
  std::vector<std::uint32_t> words;
};

/// Sorts the tables that are kept in order, replaces the lines of `fixes` by one row a product, and returns the tables that
/// follow from all this. A name or a CVE without a row is a problem.
std::vector<Derived> link(Drafts& drafts, Pools& pools, std::vector<Problem>& problems);

}  // namespace tq::catalog
