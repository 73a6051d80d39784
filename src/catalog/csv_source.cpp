#include "catalog/csv_source.hpp"

#include "core/text.hpp"

namespace tq::catalog {
namespace {

/// One pass over the text; a cell ends at ',', a row at a line feed outside quotes.
class CsvReader {
 public:
  CsvReader(const SourceFile& file, std::vector<Problem>& problems) : file_(file), problems_(problems) {}

  std::vector<CsvRow> read() {
    while (at_ < file_.text.size())
      if (!read_row()) break;
    return std::move(rows_);
  }

 private:
  bool read_row() {
    CsvRow row{line_, {}};
    do {
      std::string cell;
      if (!read_cell(cell)) return false;
      row.cells.push_back(std::move(cell));
    } while (take(','));
    take('\r');
    if (at_ < file_.text.size() && !take('\n')) return fail("a cell goes on behind its closing quote");
    ++line_;
    const bool blank = row.cells.size() == 1 && row.cells[0].empty();
    if (!blank) rows_.push_back(std::move(row));
    return true;
  }

  bool read_cell(std::string& cell) {
    if (take('"')) return read_quoted(cell);
    while (at_ < file_.text.size() && file_.text[at_] != ',' && file_.text[at_] != '\n' && file_.text[at_] != '\r') {
      if (file_.text[at_] == '"') return fail("a quote inside a cell that does not start with one");
      cell += file_.text[at_++];
    }
    return true;
  }

  bool read_quoted(std::string& cell) {
    while (at_ < file_.text.size()) {
      const char c = file_.text[at_++];
      if (c == '\n') return fail("a line break inside a cell");
      if (c != '"')
        cell += c;
      else if (take('"'))
        cell += '"';
      else
        return true;
    }
    return fail("a quote that is never closed");
  }

  bool take(char c) {
    if (at_ >= file_.text.size() || file_.text[at_] != c) return false;
    ++at_;
    return true;
  }

  bool fail(const char* what) {
    problems_.push_back({file_.path, line_, what});
    return false;
  }

  const SourceFile& file_;
  std::vector<Problem>& problems_;
  std::vector<CsvRow> rows_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::vector<CsvRow> read_csv(const SourceFile& file, std::vector<Problem>& problems) {
  if (!is_utf8(file.text)) {
    problems.push_back({file.path, 0, "not UTF-8"});
    return {};
  }
  return CsvReader(file, problems).read();
}

}  // namespace tq::catalog
