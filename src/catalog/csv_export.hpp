// Tables of a catalog as CSV and NDJSON again: what `catalog export` prints, and what `catalog update` builds on.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/compile.hpp"

namespace tq::catalog {

/// One table as the compiler reads it, header first. Lines of `fixes` name all products with the same CVEs and fixed build.
std::string table_csv(const Catalog& catalog, const Schema& schema);
/// One JSON object a row, keys as the header, "table" first.
std::string table_ndjson(const Catalog& catalog, const Schema& schema);
/// The header line of a table, with its line end.
std::string csv_header(const Schema& schema);
/// Cells as one line, quoted where CSV wants it, with its line end.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace tq::catalog
