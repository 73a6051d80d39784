#include "io/workbook.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/library.hpp"

namespace tq::io {
namespace {

/// The functions of libxlsxwriter that are used, by the names of its manual. Only the headers are needed at build time.
struct LibXlsxWriter {
#define TQ_XLSX(X)           \
  X(workbook_new)            \
  X(workbook_close)          \
  X(workbook_add_worksheet)  \
  X(workbook_add_format)     \
  X(workbook_set_properties) \
  X(worksheet_write_string)  \
  X(worksheet_set_column)    \
  X(worksheet_freeze_panes)  \
  X(worksheet_autofilter)    \
  X(worksheet_set_landscape) \
  X(worksheet_set_paper)     \
  X(worksheet_fit_to_pages)  \
  X(worksheet_repeat_rows)   \
  X(format_set_bold)         \
  X(format_set_text_wrap)    \
  X(format_set_align)        \
  X(format_set_bottom)       \
  X(lxw_strerror)
  TQ_XLSX(TQ_LIBRARY_MEMBER)
};

Result<LibXlsxWriter> load() {
  TQ_TRY(const auto library, Library::load("libxlsxwriter.so.4", "the library that writes workbooks", "libxlsxwriter4"));
  LibXlsxWriter api;
  TQ_XLSX(TQ_LIBRARY_FIND)
  return api;
}

/// A file in memory: the library of Debian 12 can only write to a path, and nothing of a report belongs on a disk unasked.
class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("workbook", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

  [[nodiscard]] Result<std::string> content() const {
    std::string out;
    const off_t size = fd_ < 0 ? -1 : ::lseek(fd_, 0, SEEK_END);
    if (size < 0) return Error{ErrorCode::io, "workbook", "a file in memory", std::strerror(errno)};
    out.resize(static_cast<std::size_t>(size));
    for (std::size_t at = 0; at < out.size();) {
      const ssize_t n = ::pread(fd_, out.data() + at, out.size() - at, static_cast<off_t>(at));
      if (n <= 0) return Error{ErrorCode::io, "workbook", "a file in memory", std::strerror(errno), at};
      at += static_cast<std::size_t>(n);
    }
    return out;
  }

 private:
  int fd_;
};

/// What the library hands out stays its own until workbook_close; it takes names and properties as char*, and copies them.
class Writer {
 public:
  Writer(const LibXlsxWriter& api, lxw_workbook* book) : api_(api), book_(book) {
    head_ = api.workbook_add_format(book);
    api.format_set_bold(head_);
    api.format_set_bottom(head_, LXW_BORDER_THIN);
    body_ = api.workbook_add_format(book);
    api.format_set_text_wrap(body_);
    api.format_set_align(body_, LXW_ALIGN_VERTICAL_TOP);
  }

  [[nodiscard]] lxw_error properties(const Workbook& w) {
    std::string title = w.title;
    lxw_doc_properties p{};
    p.title = title.data();
    p.created = static_cast<time_t>(w.created);
    return api_.workbook_set_properties(book_, &p);
  }

  [[nodiscard]] lxw_error sheet(const Sheet& s) {
    const std::size_t parts = std::max<std::size_t>(1, (s.rows.size() + kSheetRows - 1) / kSheetRows);
    for (std::size_t part = 0; part < parts; ++part) {
      const std::size_t from = part * kSheetRows, to = std::min(s.rows.size(), from + kSheetRows);
      const std::string name = part == 0 ? s.name : s.name + " " + std::to_string(part + 1);
      if (const auto e = rows(s, name, from, to); e != LXW_NO_ERROR) return e;
    }
    return LXW_NO_ERROR;
  }

 private:
  [[nodiscard]] lxw_error rows(const Sheet& s, const std::string& name, std::size_t from, std::size_t to) {
    lxw_worksheet* sheet = api_.workbook_add_worksheet(book_, name.c_str());
    if (sheet == nullptr) return LXW_ERROR_MEMORY_MALLOC_FAILED;
    for (std::size_t c = 0; c < s.widths.size(); ++c) {
      const auto column = static_cast<lxw_col_t>(c);
      (void)api_.worksheet_set_column(sheet, column, column, s.widths[c], nullptr);
    }
    if (const auto e = line(sheet, 0, s.head, head_); e != LXW_NO_ERROR) return e;
    for (std::size_t r = from; r < to; ++r)
      if (const auto e = line(sheet, static_cast<lxw_row_t>(r - from + 1), s.rows[r], body_); e != LXW_NO_ERROR) return e;
    look(sheet, to - from, s.head.size());
    return LXW_NO_ERROR;
  }

  [[nodiscard]] lxw_error line(lxw_worksheet* sheet, lxw_row_t row, const std::vector<std::string>& cells, lxw_format* format) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (cells[c].empty()) continue;
      const auto e = api_.worksheet_write_string(sheet, row, static_cast<lxw_col_t>(c), workbook_cell(cells[c]).c_str(), format);
      if (e != LXW_NO_ERROR) return e;
    }
    return LXW_NO_ERROR;
  }

  /// The head stays in sight and on every printed page; A4, as wide as the page.
  void look(lxw_worksheet* sheet, std::size_t rows, std::size_t columns) {
    constexpr std::uint8_t kA4 = 9;
    api_.worksheet_freeze_panes(sheet, 1, 0);
    if (columns != 0) (void)api_.worksheet_autofilter(sheet, 0, 0, static_cast<lxw_row_t>(rows), static_cast<lxw_col_t>(columns - 1));
    api_.worksheet_set_landscape(sheet);
    api_.worksheet_set_paper(sheet, kA4);
    api_.worksheet_fit_to_pages(sheet, 1, 0);
    (void)api_.worksheet_repeat_rows(sheet, 0, 0);
  }

  const LibXlsxWriter& api_;
  lxw_workbook* book_;
  lxw_format* head_ = nullptr;
  lxw_format* body_ = nullptr;
};

}  // namespace

Result<std::string> write_workbook(const Workbook& book) {
  static const Result<LibXlsxWriter> api = load();
  if (!api) return api.error();
  const MemoryFile file;
  lxw_workbook* out = api->workbook_new(file.path().c_str());
  if (out == nullptr) return Error{ErrorCode::io, "workbook", "memory for it", "none"};
  Writer w(*api, out);
  auto e = w.properties(book);
  for (const auto& s : book.sheets)
    if (e == LXW_NO_ERROR) e = w.sheet(s);
  const auto closed = api->workbook_close(out);  // frees it as well, so it comes in any case
  if (e == LXW_NO_ERROR) e = closed;
  if (e != LXW_NO_ERROR)
    return Error{ErrorCode::io, "workbook", "room for it", api->lxw_strerror(e), {}, "the library keeps temporary files in /tmp"};
  return file.content();
}

}  // namespace tq::io
