// Checks of the exposure tables that look at more than one cell.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "catalog/catalog.hpp"

namespace tq::catalog {

/// Calls `problem` with table, row and a sentence for everything that is wrong.
void check_exposure(const Catalog& catalog, const std::function<void(TableId, std::uint32_t, std::string)>& problem);

}  // namespace tq::catalog
