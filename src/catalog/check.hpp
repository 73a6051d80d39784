// What a catalog must be true of as a whole. Reads the compiled rows, so it tests the way to them too.
#pragma once

#include <map>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/encoder.hpp"

namespace tq::catalog {

/// The origin of each row of each table, in stored order.
using Origins = std::map<TableId, std::vector<Origin>>;

/// Every rule a catalog has to keep that one row alone cannot show: links, circles, order, duplicates.
std::vector<Problem> check(const Catalog& catalog, const Origins& origins);

}  // namespace tq::catalog
