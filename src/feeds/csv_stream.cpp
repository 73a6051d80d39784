#include "feeds/csv_stream.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "feeds/limits.hpp"

namespace tq::feeds {
namespace {

constexpr std::size_t kMaxCells = 256;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Error CsvStream::damage(ErrorCode code, const char* wanted, const char* found) const {
  return {code, name_ + ":" + std::to_string(line_), wanted, found, offset_};
}

Status CsvStream::put(Bytes chunk) {
  for (const char c : chunk.chars()) {
    const bool mark = offset_ < kByteOrderMark.size() && c == kByteOrderMark[offset_];
    if (!mark)
      if (auto s = take(c); !s) return s;
    ++offset_;
  }
  return ok();
}

Status CsvStream::finish() {
  if (at_ == At::quoted) return damage(ErrorCode::truncated, "a closing quote", "the end");
  if (at_ == At::cell_start && ends_.empty()) return ok();
  return end_row();
}

Status CsvStream::take(char c) {
  if (c == '\n') ++line_;
  if (at_ == At::quoted) {
    if (c != '"') return append(c);
    at_ = At::quote_in_quoted;
    return ok();
  }
  // A line feed behind a carriage return ends no second row.
  const bool second = c == '\n' && after_cr_;
  after_cr_ = c == '\r';
  if (second) {
    row_line_ = line_;
    return ok();
  }
  if (c == ',') return end_cell();
  if (c == '\n' || c == '\r') return end_row();
  if (c == '"') {
    if (at_ == At::plain) return damage(ErrorCode::corrupt, "a quote at the start of a cell", "one inside");
    if (at_ == At::quote_in_quoted)
      if (auto s = append(c); !s) return s;
    at_ = At::quoted;
    return ok();
  }
  if (at_ == At::quote_in_quoted) return damage(ErrorCode::corrupt, "a comma or a line end behind a closing quote", "text");
  at_ = At::plain;
  return append(c);
}

Status CsvStream::append(char c) {
  if (row_.size() >= limits::kTextBytes) return damage(ErrorCode::limit, "a row of at most 1 MiB", "more");
  row_ += c;
  return ok();
}

Status CsvStream::end_cell() {
  if (ends_.size() >= kMaxCells) return damage(ErrorCode::limit, "at most 256 cells in a row", "more");
  ends_.push_back(row_.size());
  at_ = At::cell_start;
  return ok();
}

Status CsvStream::end_row() {
  if (auto s = end_cell(); !s) return s;
  cells_.clear();
  std::size_t from = 0;
  for (const std::size_t end : ends_) {
    cells_.push_back(std::string_view(row_).substr(from, end - from));
    from = end;
  }
  const bool blank = cells_.size() == 1 && cells_[0].empty();
  const Status done = blank ? ok() : sink_(cells_, row_line_);
  row_.clear();
  ends_.clear();
  row_line_ = line_;
  return done;
}

Result<CsvColumns> CsvColumns::of(const std::string& name, const std::vector<std::string_view>& header,
                                  const std::vector<std::string_view>& wanted) {
  CsvColumns c;
  c.width_ = header.size();
  for (const std::string_view w : wanted) {
    const auto it = std::find_if(header.begin(), header.end(), [&](std::string_view h) { return iequals(trim(h), w); });
    if (it == header.end()) return Error{ErrorCode::corrupt, name + ":1", "a column " + std::string(w), "a header without it"};
    c.at_.push_back(static_cast<std::size_t>(it - header.begin()));
  }
  return c;
}

}  // namespace tq::feeds
