// CSV in pieces (RFC 4180, any line end, UTF-8 with or without a byte-order mark): rows come out as they are complete.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::feeds {

class CsvStream {
 public:
  /// Gets the cells of a row and the line it started on (from 1). The views live until it returns.
  using RowSink = std::function<Status(const std::vector<std::string_view>& cells, std::uint64_t line)>;

  CsvStream(std::string name, RowSink sink) : name_(std::move(name)), sink_(std::move(sink)) {}
  /// Errors: what the sink says; corrupt (text behind a closing quote); limit (cell, cells in a row).
  Status put(Bytes chunk);
  /// The end of the text: a last row without a line end counts. Error: truncated inside quotes.
  Status finish();

 private:
  enum class At : std::uint8_t { cell_start, plain, quoted, quote_in_quoted };

  Status take(char c);
  Status end_row();
  Status end_cell();
  Status append(char c);
  [[nodiscard]] Error damage(ErrorCode code, const char* wanted, const char* found) const;

  std::string name_;
  RowSink sink_;
  std::string row_;                ///< the text of all cells of the row, one behind the other
  std::vector<std::size_t> ends_;  ///< where each cell ends in row_
  std::vector<std::string_view> cells_;
  At at_ = At::cell_start;
  bool after_cr_ = false;
  std::uint64_t line_ = 1, row_line_ = 1, offset_ = 0;
};

/// Columns by the names of a header row; names a feed may lack give -1.
class CsvColumns {
 public:
  /// Error: corrupt, naming the first wanted column that is not there.
  static Result<CsvColumns> of(const std::string& name, const std::vector<std::string_view>& header,
                               const std::vector<std::string_view>& wanted);
  /// The cell of the i-th wanted column.
  [[nodiscard]] std::string_view cell(const std::vector<std::string_view>& cells, std::size_t i) const { return cells[at_[i]]; }
  /// How many cells a row must have.
  [[nodiscard]] std::size_t width() const { return width_; }

 private:
  std::vector<std::size_t> at_;
  std::size_t width_ = 0;
};

}  // namespace tq::feeds
