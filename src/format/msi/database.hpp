// The tables of a Windows Installer database (.msi): names, columns and rows as texts, and the files embedded in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/msi/compound.hpp"

namespace tq::format::msi {

struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< a number in decimal; empty: null, or a stream

  /// Index of the column; columns.size() when the table has none of that name.
  [[nodiscard]] std::size_t column(std::string_view name) const;
};

/// What a database may ask for.
struct Limits {
  std::size_t strings = std::size_t{1} << 20;
  std::size_t cells = std::size_t{1} << 22;  ///< of one table
  std::size_t columns = std::size_t{1} << 14;
};

class Database {
 public:
  static bool probe(Bytes file) { return CompoundFile::probe(file); }
  /// Errors: those of the compound file; not_found when it holds no database (a document, a mail). `file` must outlive this.
  static Result<Database> open(Bytes file, const Limits& most = {});

  [[nodiscard]] const std::vector<std::string>& tables() const { return tables_; }
  /// Errors: not_found, corrupt (columns or strings that do not fit), limit.
  [[nodiscard]] Result<Table> table(std::string_view name) const;
  /// A file of the Binary table. Errors: not_found, those of reading a stream.
  [[nodiscard]] Result<std::vector<std::byte>> binary(std::string_view name) const;
  [[nodiscard]] const std::vector<Error>& lost() const { return file_.lost(); }

 private:
  struct Column {
    std::string table, name;
    std::uint32_t number = 0, type = 0;
  };
  Database(CompoundFile file, const Limits& most) : file_(std::move(file)), most_(most) {}
  Status read_strings();
  Status read_columns();
  [[nodiscard]] std::uint32_t width(std::uint32_t type) const;
  [[nodiscard]] Result<std::vector<std::byte>> stream(std::string_view name) const;
  [[nodiscard]] std::string cell(std::uint32_t raw, std::uint32_t type) const;
  [[nodiscard]] std::string text(std::uint32_t id) const;
  [[nodiscard]] Result<std::vector<std::vector<std::string>>> rows(std::string_view table, const std::vector<std::uint32_t>& types) const;

  CompoundFile file_;
  Limits most_;
  std::vector<std::string> names_;  ///< of file_.streams(), decoded; tables begin with "!"
  std::vector<std::string> strings_;
  bool wide_ids_ = false;  ///< string numbers take three bytes
  std::vector<Column> columns_;
  std::vector<std::string> tables_;
};

/// The stream name that Windows Installer writes for a name: pairs of [0-9A-Za-z._] packed into one character.
std::u16string encode_name(std::string_view name, bool table);
std::string decode_name(std::u16string_view name);

}  // namespace tq::format::msi
