// A long inventory in pieces that end where a row ends, so that a million rows never lie in memory together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/byte_source.hpp"

namespace tq::fleet {

/// Whole rows, and the line of the inventory that the first is on.
struct RowChunk {
  std::string text;
  std::uint32_t first_line = 1;
};

/// Reads once from the start. UTF-16 becomes UTF-8 on the way; other bytes stay as they are.
class RowChunks {
 public:
  /// Errors: not_found (no header within the first megabyte), io.
  static Result<RowChunks> open(const io::ByteSource& source);

  /// What stands above the rows, its line end included: the header, and what programs write before it. Empty for NDJSON.
  [[nodiscard]] const std::string& header() const { return header_; }
  /// The next piece, of about kChunkBytes; nullopt at the end. Errors: io.
  Result<std::optional<RowChunk>> next();
  /// Lines longer than kLongestRow, by number: they were passed over.
  [[nodiscard]] const std::vector<std::uint32_t>& endless_lines() const { return endless_; }

  static constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
  static constexpr std::size_t kLongestRow = std::size_t{16} << 20;

 private:
  enum class Encoding { bytes, utf16le, utf16be };
  explicit RowChunks(const io::ByteSource& source) : source_(&source) {}
  Status fill();
  Status skip_line();
  [[nodiscard]] std::size_t row_end();
  Status take_header();

  const io::ByteSource* source_;
  Encoding encoding_ = Encoding::bytes;
  std::uint64_t at_ = 0;
  std::string buffer_, header_;
  std::uint32_t line_ = 1;
  char separator_ = 0;  ///< 0: NDJSON, where every line end ends a row
  // How far row_end() has looked: quotes may span reads.
  std::size_t looked_ = 0, last_end_ = 0, last_line_end_ = 0;
  bool quoted_ = false, at_field_ = true;
  bool at_end_ = false;
  std::vector<std::uint32_t> endless_;
};

/// True when this file is an inventory that RowChunks can take apart: a header or NDJSON, no JSON array.
bool has_rows(const std::string& head_text, bool mapped);

}  // namespace tq::fleet
