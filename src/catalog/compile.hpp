// From CSV files to one compiled catalog. Refuses whatever contradicts itself, naming file and line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tq::catalog {

/// One CSV file of the catalog's source.
struct SourceFile {
  std::string path;  ///< shown in problems; its last part without ".csv" names the table
  std::string text;
};

/// Why a catalog cannot be made of these files.
struct Problem {
  std::string file;
  std::size_t line = 0;  ///< from 1; 0 = the file as a whole
  std::string what;
  [[nodiscard]] std::string text() const;  ///< "file:line: what"
};

/// The catalog's bytes, or what is wrong.
struct Compiled {
  std::vector<std::byte> bytes;   ///< empty when there is a problem
  std::vector<Problem> problems;  ///< in the order of file and line
};

/// Deterministic: the same files in any order give the same bytes. Several files of one name are one table.
Compiled compile(std::vector<SourceFile> files);

}  // namespace tq::catalog
