// Small catalogs as CSV text, to be spoiled one cell at a time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "catalog/compile.hpp"

namespace tq::test {

/// A complete, correct set of tables with a row or two each; KBs 1000001 (service pack) to 1000004.
class CatalogBuilder {
 public:
  CatalogBuilder();
  /// Replaces one cell of the row-th row (0 = first behind the header) of a table.
  CatalogBuilder& set(const std::string& table, std::size_t row, const std::string& column, const std::string& cell);
  CatalogBuilder& append(const std::string& table, const std::string& line);
  CatalogBuilder& replace(const std::string& table, const std::string& text);
  CatalogBuilder& remove(const std::string& table);
  [[nodiscard]] std::string text(const std::string& table) const;
  [[nodiscard]] std::vector<catalog::SourceFile> files() const { return files_; }
  [[nodiscard]] catalog::Compiled compile() const { return catalog::compile(files_); }

 private:
  catalog::SourceFile& file(const std::string& table);
  std::vector<catalog::SourceFile> files_;
};

}  // namespace tq::test
