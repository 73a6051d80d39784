#include <algorithm>

#include "core/text.hpp"
#include "format/inventory/columns.hpp"
#include "format/inventory/reader.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/lines.hpp"

namespace tq::format::inventory {
namespace {

using namespace textcodec;

struct Header {
  std::vector<std::string> names;
  char separator = ',';
  std::size_t end = 0;     ///< offset of the first data row
  std::uint32_t line = 0;  ///< number of the header's line
};

/// Excel's first line "sep=;": the separator; 0 for other lines.
char excel_separator(std::string_view line) {
  line = line.starts_with("\xEF\xBB\xBF") ? line.substr(3) : line;
  if (!line.empty() && line.front() == '"') line = line.substr(1);
  return istarts_with(line, "sep=") && line.size() >= 5 && line.size() <= 6 ? line[4] : '\0';
}

/// The first line that is not blank, "sep=" or PowerShell's "#TYPE ..." line. Names are empty when the text is no CSV.
Header read_header(std::string_view utf8) {
  constexpr int kLinesBefore = 16;
  constexpr std::size_t kHeaderBytes = std::size_t{1} << 20;
  Header h;
  char separator = 0;
  LineReader lines(utf8);
  std::string_view line;
  std::size_t start = 0;
  for (int i = 0; i < kLinesBefore; ++i, start = lines.position()) {
    if (!lines.next(line)) return h;
    if (trim(line).empty() || line.starts_with("#")) continue;
    if (const char c = excel_separator(line); c != 0) {
      separator = c;
      continue;
    }
    if (line.size() > kHeaderBytes) return h;
    h.separator = separator != 0 ? separator : guess_separator(line);
    if (h.separator == 0) return h;
    CsvReader reader(utf8.substr(start), h.separator, lines.number());
    CsvRecord record;
    if (reader.next(record) != CsvReader::Got::record) return h;
    h.names = record.fields;
    h.end = start + reader.position();
    h.line = reader.line() - 1;
    return h;
  }
  return h;
}

class CsvSource : public RowSource {
 public:
  CsvSource(std::string_view utf8, Header header, Columns columns)
      : header_(std::move(header)), columns_(std::move(columns)), reader_(utf8.substr(header_.end), header_.separator, header_.line + 1) {}

  Got next(Row& row, Error& error) override {
    while (true) {
      const auto got = reader_.next(record_);
      if (got == CsvReader::Got::end) return Got::end;
      if (got == CsvReader::Got::damaged) {
        error = reader_.error();
        error.place = "inventory line " + std::to_string(record_.line);
        row.name = name_cell();
        return Got::damaged;
      }
      if (record_.fields == header_.names || blank()) continue;  // files that were put together repeat their header
      if (surplus()) {
        error = Error{ErrorCode::corrupt,
                      "inventory line " + std::to_string(record_.line),
                      std::to_string(header_.names.size()) + " columns",
                      std::to_string(record_.fields.size()),
                      std::nullopt,
                      "quote cells that hold the separator"};
        row.name = name_cell();
        return Got::damaged;
      }
      break;
    }
    row.line = record_.line;
    leave_out_cut_cell(row);
    for (std::size_t i = 0; i < record_.fields.size() && i < columns_.key.size(); ++i)
      take_cell(row, columns_.key[i], header_.names[i], record_.fields[i]);
    return Got::row;
  }

 private:
  [[nodiscard]] std::string name_cell() const {
    const auto at =
        static_cast<std::size_t>(std::find(columns_.key.begin(), columns_.key.end(), static_cast<int>(Key::name)) - columns_.key.begin());
    return at < record_.fields.size() ? std::string(trim(record_.fields[at])) : std::string{};
  }
  /// The last cell of a text that ends without a line end, when cells are missing behind it or its form says that it may go on.
  void leave_out_cut_cell(Row& row) {
    auto& cells = record_.fields;
    if (!reader_.ended_open() || cells.size() > header_.names.size() || trim(cells.back()).empty()) return;
    if (cells.size() == header_.names.size() && !may_go_on(columns_.key[cells.size() - 1], cells.back())) return;
    row.cut = Error{ErrorCode::truncated,
                    "inventory line " + std::to_string(record_.line),
                    "a line end behind the last cell",
                    "the end of the text within \"" + header_.names[cells.size() - 1] + "\"",
                    std::nullopt,
                    "end the last line, or take the file again"};
    cells.pop_back();
  }
  [[nodiscard]] bool blank() const {
    return std::all_of(record_.fields.begin(), record_.fields.end(), [](const std::string& f) { return trim(f).empty(); });
  }
  /// Cells behind the last column: empty ones come from trailing separators, others mean that cells have moved.
  [[nodiscard]] bool surplus() const {
    for (std::size_t i = header_.names.size(); i < record_.fields.size(); ++i)
      if (!trim(record_.fields[i]).empty()) return true;
    return false;
  }

  Header header_;
  Columns columns_;
  CsvReader reader_;
  CsvRecord record_;
};

}  // namespace

Opened open_csv(std::string_view utf8, const Mapping& mapping) {
  Header header = read_header(utf8);
  if (header.names.empty()) return Error{ErrorCode::not_found, "inventory.header", "a first line with column names", "none"};
  TQ_TRY(Columns columns, assign(header.names, mapping));
  return std::unique_ptr<RowSource>(std::make_unique<CsvSource>(utf8, std::move(header), std::move(columns)));
}

std::vector<std::string> csv_names(std::string_view utf8) { return read_header(utf8).names; }

}  // namespace tq::format::inventory
