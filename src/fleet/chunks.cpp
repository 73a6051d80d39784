#include "fleet/chunks.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "format/inventory/inventory.hpp"
#include "format/textcodec/csv.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;
constexpr std::size_t kHeaderBytes = std::size_t{1} << 20;

std::size_t lines_of(std::string_view s) { return static_cast<std::size_t>(std::count(s.begin(), s.end(), '\n')); }

/// Lines that may stand above a header: blank, PowerShell's "#TYPE", Excel's "sep=;".
bool above_header(std::string_view line) {
  line = trim(line);
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line.empty() || line.front() == '#' || istarts_with(line, "sep=") || istarts_with(line, "\"sep=");
}

}  // namespace

bool has_rows(const std::string& head_text, bool mapped) {
  const auto start = trim(head_text);
  return !start.starts_with("[") && (mapped || format::inventory::looks_like(head_text));
}

Result<RowChunks> RowChunks::open(const io::ByteSource& source) {
  RowChunks out(source);
  std::byte mark[2]{};
  TQ_TRY(const std::size_t n, source.read_at(0, mark));
  const auto is = [&](int a, int b) { return n == 2 && mark[0] == std::byte(a) && mark[1] == std::byte(b); };
  if (is(0xFF, 0xFE) || (n == 2 && mark[0] != std::byte{0} && mark[1] == std::byte{0})) out.encoding_ = Encoding::utf16le;
  if (is(0xFE, 0xFF) || (n == 2 && mark[0] == std::byte{0} && mark[1] != std::byte{0})) out.encoding_ = Encoding::utf16be;
  TQ_TRY([[maybe_unused]] const auto header, out.take_header());
  return out;
}

Status RowChunks::fill() {
  std::vector<std::byte> block(kReadBytes);
  TQ_TRY(const std::size_t n, source_->read_at(at_, block));
  at_ += n;
  at_end_ = n == 0;
  if (encoding_ == Encoding::bytes) {
    buffer_.append(reinterpret_cast<const char*>(block.data()), n);
    return ok();
  }
  if (encoding_ == Encoding::utf16be)
    for (std::size_t i = 0; i + 1 < n; i += 2) std::swap(block[i], block[i + 1]);
  // A character of two units that lies across two reads comes out as two marks of replacement: it is a cell's text at most.
  buffer_ += utf16le_to_utf8(Bytes(std::span(block).first(n)));
  return ok();
}

Status RowChunks::take_header() {
  while (buffer_.size() < kHeaderBytes && !at_end_) {
    TQ_TRY([[maybe_unused]] const auto filled, fill());
  }
  std::string_view rest = buffer_;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  if (trim(rest.substr(0, 4096)).starts_with("{")) return ok();
  std::size_t at = 0;
  while (at < buffer_.size()) {
    const std::size_t end = buffer_.find('\n', at);
    if (end == std::string::npos) break;
    const std::string_view line = std::string_view(buffer_).substr(at, end - at);
    at = end + 1;
    if (above_header(line)) {
      const auto sep = ifind(line, "sep=");
      if (sep != std::string_view::npos && sep + 4 < line.size()) separator_ = line[sep + 4];
      continue;
    }
    if (separator_ == 0) separator_ = format::textcodec::guess_separator(line);
    if (separator_ == 0) separator_ = ',';
    header_ = buffer_.substr(0, at);
    buffer_.erase(0, at);
    line_ += static_cast<std::uint32_t>(lines_of(header_));
    return ok();
  }
  return Error{ErrorCode::not_found, "inventory.header", "a first line with column names", "one line without an end"};
}

/// Offset behind the last row that ends in the buffer; 0: none does. Quotes count where a cell begins, as the reader of rows does it.
std::size_t RowChunks::row_end() {
  for (; looked_ < buffer_.size(); ++looked_) {
    const char c = buffer_[looked_];
    if (c == '\n') last_line_end_ = looked_ + 1;
    if (separator_ != 0 && quoted_) {
      // A doubled quote closes and opens again, which comes to the same.
      if (c == '"') quoted_ = false;
      continue;
    }
    if (separator_ != 0 && c == '"' && (at_field_ || (looked_ > 0 && buffer_[looked_ - 1] == '"'))) {
      quoted_ = true;
      at_field_ = false;
      continue;
    }
    at_field_ = c == separator_ || c == '\n' || c == '\r' || (at_field_ && c == ' ');
    if (c == '\n') last_end_ = looked_ + 1;
  }
  return last_end_;
}

Status RowChunks::skip_line() {
  endless_.push_back(line_);
  while (true) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      buffer_.erase(0, end + 1);
      ++line_;
      return ok();
    }
    buffer_.clear();
    if (at_end_) return ok();
    TQ_TRY([[maybe_unused]] const auto filled, fill());
  }
}

Result<std::optional<RowChunk>> RowChunks::next() {
  looked_ = last_end_ = last_line_end_ = 0;
  quoted_ = false;
  at_field_ = true;
  std::size_t end = row_end();
  while (!at_end_ && (buffer_.size() < kChunkBytes || end == 0)) {
    if (buffer_.size() > kLongestRow) {
      // An open quote makes the rest one row: it is cut at a line's end, and the reader of rows names the quote.
      end = last_line_end_;
      if (end != 0) break;
      TQ_TRY([[maybe_unused]] const auto skipped, skip_line());
      looked_ = last_end_ = last_line_end_ = 0;
      quoted_ = false;
      end = row_end();
      continue;
    }
    TQ_TRY([[maybe_unused]] const auto filled, fill());
    end = row_end();
  }
  if (at_end_) end = buffer_.size();
  if (end == 0) return std::optional<RowChunk>{};
  RowChunk chunk{buffer_.substr(0, end), line_};
  buffer_.erase(0, end);
  line_ += static_cast<std::uint32_t>(lines_of(chunk.text));
  return std::optional(std::move(chunk));
}

}  // namespace tq::fleet
