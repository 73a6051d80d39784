// Writes real Windows Installer databases: a compound file with string pool, columns and tables.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tq::test {

/// A compound file of version 3 with these streams below its root; short ones in the short sectors, as real ones have.
std::vector<std::byte> compound_file(const std::vector<std::pair<std::u16string, std::vector<std::byte>>>& streams);

class MsiBuilder {
 public:
  /// Columns as msibuild's .idt writes them: "s72" a key of text, "S255" a text or null, "i2" and "I4" numbers, "v0" a stream.
  MsiBuilder& table(std::string name, std::vector<std::pair<std::string, std::string>> columns);
  /// A row of the table added last.
  MsiBuilder& row(std::vector<std::string> cells);
  /// A file of the Binary table; makes the table.
  MsiBuilder& binary(std::string name, std::vector<std::byte> content);
  /// A launch condition; makes the table.
  MsiBuilder& launch(const std::string& condition, const std::string& description = "x");
  [[nodiscard]] std::vector<std::byte> build() const;

 private:
  struct Table {
    std::string name;
    std::vector<std::pair<std::string, std::string>> columns;
    std::vector<std::vector<std::string>> rows;
  };
  Table* find(const std::string& name);
  std::vector<Table> tables_;
  std::vector<std::pair<std::string, std::vector<std::byte>>> binaries_;
};

}  // namespace tq::test
