// CSV records of untrusted texts: quotes with doubled quotes, line ends inside quotes, any one-character separator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tq::format::textcodec {

inline constexpr std::size_t kCsvRecordBytes = std::size_t{16} << 20;  // 200,000 hotfixes in one cell still fit
inline constexpr std::size_t kCsvColumns = 4096;

struct CsvRecord {
  std::vector<std::string> fields;
  std::uint32_t line = 0;  ///< line on which the record starts, from 1
};

class CsvReader {
 public:
  /// `first_line` is the number of the text's first line, for texts cut out of larger ones.
  CsvReader(std::string_view text, char separator, std::uint32_t first_line = 1) : text_(text), separator_(separator), line_(first_line) {}

  enum class Got { record, damaged, end };
  /// The next record; blank lines are passed over. damaged: an open quote, too many columns or too long a record; error()
  /// names it, the record keeps the cells before the damage unless more than its line is given up, and reading goes on with the line behind
  /// the one on which the record began.
  Got next(CsvRecord& record);
  [[nodiscard]] const Error& error() const { return error_; }
  /// The text ended within the last record, in a cell that no quote closed: more of that cell may have followed.
  [[nodiscard]] bool ended_open() const;
  /// Offset behind the last record, and the line number there.
  [[nodiscard]] std::size_t position() const { return pos_; }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  enum class End { field, record, open_quote, too_long };
  End field(std::string& out, std::size_t record_start);
  void line_end(std::size_t at);
  void skip_blank();
  void skip_damaged(std::size_t start, CsvRecord& record, std::size_t whole, std::string found);

  std::string_view text_;
  char separator_;
  std::size_t pos_ = 0;
  std::uint32_t line_ = 1;
  int retries_ = 0;
  Error error_;
};

/// The separator of a header line: the one of , ; tab | that occurs most often outside quotes; 0 when none does.
char guess_separator(std::string_view header_line);

}  // namespace tq::format::textcodec
