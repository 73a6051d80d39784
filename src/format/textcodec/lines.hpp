// Lines of a decoded text, numbered from 1 as editors do, whatever ends them (CR LF, LF, a lone CR).
#pragma once

#include <cstdint>
#include <string_view>

namespace tq::format::textcodec {

/// No line end closes the text: its last line may have gone on.
inline bool ends_open(std::string_view text) { return !text.empty() && !text.ends_with('\n') && !text.ends_with('\r'); }

class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}

  /// The next line without its end; false after the last one. A text that ends in a line end has no empty line behind it.
  bool next(std::string_view& line) {
    if (pos_ >= text_.size()) return false;
    ++number_;
    const std::size_t end = text_.find_first_of("\r\n", pos_);
    if (end == std::string_view::npos) {
      line = text_.substr(pos_);
      pos_ = text_.size();
      return true;
    }
    line = text_.substr(pos_, end - pos_);
    pos_ = end + 1;
    // `cmd > file` of some tools writes CR CR LF: all CRs before one LF belong to one line end.
    if (text_[end] == '\r') {
      std::size_t lf = pos_;
      while (lf < text_.size() && text_[lf] == '\r') ++lf;
      if (lf < text_.size() && text_[lf] == '\n') pos_ = lf + 1;
    }
    return true;
  }
  /// Number of the line that next() gave last; 0 before the first.
  [[nodiscard]] std::uint32_t number() const { return number_; }
  /// The text ended within the line that next() gave last, without a line end: more of it may have followed.
  [[nodiscard]] bool ended_open() const { return pos_ == text_.size() && ends_open(text_); }
  /// Offset of the byte behind the line that next() gave last.
  [[nodiscard]] std::size_t position() const { return pos_; }

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
  std::uint32_t number_ = 0;
};

}  // namespace tq::format::textcodec
