// CSV as the catalog's sources use it: RFC 4180, UTF-8, header in the first line. Keeps the line of each row.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "catalog/compile.hpp"

namespace tq::catalog {

struct CsvRow {
  std::size_t line = 0;  ///< line its first cell starts on, from 1
  std::vector<std::string> cells;
};

/// Rows of a file, the header first. What breaks the grammar is added to `problems` and ends the reading.
std::vector<CsvRow> read_csv(const SourceFile& file, std::vector<Problem>& problems);

}  // namespace tq::catalog
