// A whole catalog of an older one and what feeds added to it.
#pragma once

#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/compile.hpp"
#include "feeds/tables.hpp"

namespace tq::feeds {

/// All tables of `base` with the rows of the feeds beside or in place of them, ready for the compiler; `data_as_of` becomes
/// the newest day of any feed.
std::vector<catalog::SourceFile> merge(const catalog::Catalog& base, const Gather& gather, Tables tables);

}  // namespace tq::feeds
