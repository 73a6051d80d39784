#include "format/textcodec/csv.hpp"

#include <array>

#include "format/textcodec/lines.hpp"

namespace tq::format::textcodec {
namespace {
// A damaged record may span megabytes and each of its lines may open a quote again. After this many fresh starts inside a
// damaged span the rest of a span is given up, so that no text costs quadratic time.
constexpr int kMaxRetries = 8;
}  // namespace

void CsvReader::line_end(std::size_t at) {
  pos_ = at + 1;
  if (text_[at] == '\r' && pos_ < text_.size() && text_[pos_] == '\n') ++pos_;
  ++line_;
}

void CsvReader::skip_blank() {
  while (pos_ < text_.size() && (text_[pos_] == '\r' || text_[pos_] == '\n')) line_end(pos_);
}

/// Reads one field from pos_ and moves behind its separator or line end.
CsvReader::End CsvReader::field(std::string& out, std::size_t record_start) {
  out.clear();
  bool quoted = pos_ < text_.size() && text_[pos_] == '"';
  if (quoted) ++pos_;
  while (pos_ < text_.size()) {
    if (pos_ - record_start > kCsvRecordBytes) return End::too_long;
    const char c = text_[pos_];
    if (quoted) {
      if (c == '"' && pos_ + 1 < text_.size() && text_[pos_ + 1] == '"') {
        out += '"';
        pos_ += 2;
      } else if (c == '"') {
        quoted = false;  // what follows up to the separator is kept as text: people edit such files by hand
        ++pos_;
      } else {
        out += c;
        if (c == '\n') ++line_;
        ++pos_;
      }
    } else if (c == separator_) {
      ++pos_;
      return End::field;
    } else if (c == '\r' || c == '\n') {
      line_end(pos_);
      return End::record;
    } else {
      out += c;
      ++pos_;
    }
  }
  return quoted ? End::open_quote : End::record;
}

void CsvReader::skip_damaged(std::size_t start, CsvRecord& record, std::size_t whole, std::string found) {
  error_ = Error{ErrorCode::corrupt, "csv line " + std::to_string(record.line), "a record with closed quotes within the limits",
                 std::move(found), start};
  record.fields.resize(whole);
  std::size_t from = pos_;
  if (retries_ < kMaxRetries) {
    ++retries_;
    from = start;
    line_ = record.line;
  } else {
    record.fields.clear();  // more than one record is lost
  }
  const std::size_t end = text_.find_first_of("\r\n", from);
  if (end == std::string_view::npos)
    pos_ = text_.size();
  else
    line_end(end);
}

bool CsvReader::ended_open() const { return pos_ == text_.size() && ends_open(text_) && !text_.ends_with('"'); }

CsvReader::Got CsvReader::next(CsvRecord& record) {
  skip_blank();
  record.line = line_;
  const std::size_t start = pos_;
  if (pos_ >= text_.size()) return Got::end;
  for (std::size_t n = 0; n < kCsvColumns; ++n) {
    if (record.fields.size() <= n) record.fields.emplace_back();
    switch (field(record.fields[n], start)) {
      case End::field: break;
      case End::record: record.fields.resize(n + 1); return Got::record;
      case End::open_quote: skip_damaged(start, record, n, "a quote that is never closed"); return Got::damaged;
      case End::too_long: skip_damaged(start, record, n, "more than " + std::to_string(kCsvRecordBytes) + " bytes"); return Got::damaged;
    }
  }
  skip_damaged(start, record, kCsvColumns, "more than " + std::to_string(kCsvColumns) + " columns");
  return Got::damaged;
}

char guess_separator(std::string_view header_line) {
  constexpr std::array<char, 4> kSeparators = {',', ';', '\t', '|'};
  std::array<std::size_t, 4> count{};
  bool quoted = false;
  for (char c : header_line) {
    if (c == '"') quoted = !quoted;
    for (std::size_t i = 0; i < kSeparators.size(); ++i)
      if (!quoted && c == kSeparators[i]) ++count[i];
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < kSeparators.size(); ++i)
    if (count[i] > count[best]) best = i;
  return count[best] == 0 ? '\0' : kSeparators[best];
}

}  // namespace tq::format::textcodec
