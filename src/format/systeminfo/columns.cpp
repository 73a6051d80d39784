// The two layouts with a machine in one row: /fo csv, and /fo table with its line of equals signs.
#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "format/systeminfo/pieces.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/lines.hpp"

namespace tq::format::systeminfo {

using namespace textcodec;

namespace {

// Columns counted from the version. The order is the same in every language and release (source: the list layout, which
// prints the same items in the same order).
constexpr std::size_t kConfiguration = 2, kProductId = 6, kInstallDate = 7, kBootTime = 8, kSystemType = 11;
constexpr std::size_t kLeastColumns = 15;
constexpr std::size_t kWidestLine = 4096;

Error no_layout(const char* wanted) { return Error{ErrorCode::not_found, "systeminfo.os_version", wanted, "none"}; }

/// Adds every "[NN]: id" of a cell. The ids are separated by commas, blanks or line ends.
void take_entries(std::string_view cell, std::uint32_t line, HotfixList& list) {
  for (std::size_t at = cell.find('['); at != std::string_view::npos;) {
    const std::size_t next = cell.find('[', at + 1);
    const std::string_view piece = cell.substr(at, next == std::string_view::npos ? next : next - at);
    if (const auto entry = bracket_entry(piece)) {
      std::string_view id = *entry;
      if (!id.empty() && id.back() == ',') id.remove_suffix(1);
      list.add(trim(id), line);
    }
    at = next;
  }
}

/// True when the first bracketed entry of a cell is a hotfix id.
bool is_hotfix_cell(std::string_view cell) {
  const std::size_t at = cell.find('[');
  if (at == std::string_view::npos) return false;
  const std::size_t next = cell.find_first_of("[,", at + 1);
  const auto entry = bracket_entry(cell.substr(at, next == std::string_view::npos ? next : next - at));
  return entry && is_hotfix_id(*entry);
}

std::string_view cell(const std::vector<std::string>& row, std::size_t i) { return i < row.size() ? trim(row[i]) : std::string_view{}; }

/// Index of the version column of a data row; 0 when the row is none (the version is never the first column).
std::size_t version_column(const std::vector<std::string>& row) {
  if (row.size() < kLeastColumns) return 0;
  for (std::size_t i = 1; i < 6; ++i)
    if (version_value(trim(row[i]))) return i;
  return 0;
}

/// open: the row may go on where it ends.
SystemInfo from_row(const std::vector<std::string>& row, std::size_t version, std::uint32_t line, bool open) {
  SystemInfo out;
  const std::string_view value = cell(row, version);
  if (const auto v = version_value(value)) take_version(value, *v, out);
  note(out, line, "os_version", value);
  take_name(cell(row, version - 1), out);
  note(out, line, "os_name", out.os_name);
  if (version >= 2) out.host = std::string(cell(row, version - 2));
  out.configuration_line = std::string(cell(row, version + kConfiguration));
  out.install_date = std::string(cell(row, version + kInstallDate));
  out.boot_time = std::string(cell(row, version + kBootTime));
  for (std::size_t i = version + 1; i < row.size() && out.system_type.empty(); ++i) take_system_type(cell(row, i), out);
  take_role(out);
  HotfixList list(out);
  bool at_end = false;
  for (std::size_t i = version + 1; i < row.size(); ++i) {
    if (!is_hotfix_cell(row[i])) continue;
    at_end =
        std::all_of(row.begin() + static_cast<std::ptrdiff_t>(i) + 1, row.end(), [](const auto& later) { return trim(later).empty(); });
    const std::string_view c = row[i];
    list.announce(c.substr(0, c.find('[')));
    note(out, line, "hotfixes", c);
    take_entries(c, line, list);
    break;
  }
  list.finish(open && at_end);
  return out;
}

/// The hotfix cell of a row without ids is known by its header only: "0 Hotfix(s) Installed.", "N/A".
void take_empty_hotfixes(const std::vector<std::string>& header, const std::vector<std::string>& row, std::uint32_t line, SystemInfo& out) {
  if (out.hotfixes_seen) return;
  for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) {
    if (!names_hotfixes(header[i])) continue;
    HotfixList list(out);
    list.announce(row[i]);
    list.finish();
    note(out, line, "hotfixes", row[i]);
    return;
  }
}

/// True when one of the next records is a machine too (with a header of its own when whole runs were appended).
bool another_machine(CsvReader& reader) {
  CsvRecord record;
  for (int i = 0; i < 2; ++i) {
    const auto got = reader.next(record);
    if (got == CsvReader::Got::end) return false;
    if (got == CsvReader::Got::record && version_column(record.fields) != 0) return true;
  }
  return false;
}

bool is_rule(std::string_view line) {
  return line.find("===") != std::string_view::npos && line.find_first_not_of("= ") == std::string_view::npos;
}

/// Display width as the console counts: East Asian wide characters take two cells.
std::size_t cells(unsigned char lead) { return lead >= 0xE3 && lead <= 0xED ? 2 : 1; }

/// Cuts a line at display columns [from, to).
std::string_view cut(std::string_view line, std::size_t from, std::size_t to) {
  std::size_t column = 0, begin = line.size(), end = line.size();
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto b = static_cast<unsigned char>(line[i]);
    if ((b & 0xC0) == 0x80) continue;
    if (column >= from && begin == line.size()) begin = i;
    if (column >= to) {
      end = i;
      break;
    }
    column += cells(b);
  }
  return begin < end ? trim(line.substr(begin, end - begin)) : std::string_view{};
}

std::vector<std::string> cut_row(std::string_view line, std::string_view rule) {
  std::vector<std::string> row;
  for (std::size_t at = 0; at < rule.size();) {
    const std::size_t end = std::min(rule.find(' ', at), rule.size());
    // The last column runs on: nothing stands behind it, and long lists are not cut to the width of the rule.
    row.emplace_back(cut(line, at, end == rule.size() ? std::string_view::npos : end));
    at = std::min(rule.find('=', end), rule.size());
  }
  return row;
}

/// A console of 80 cells breaks header, rule and row into pieces of 80. `pieces` lines are put together again.
struct TableText {
  std::string rule, row;
  std::uint32_t row_line = 0;
  bool open = false;  ///< the text ends within the row, or pieces of it are missing
};

bool read_table(std::string_view text, TableText& out) {
  LineReader lines(text);
  std::string_view line;
  std::size_t width = 0, pieces = 0, row_pieces = 0;
  while (lines.next(line)) {
    if (is_rule(line)) {
      if (line.size() > kWidestLine || pieces >= 100) return false;
      width = std::max(width, line.size());
      out.rule += line;
      ++pieces;
      continue;
    }
    if (pieces == 0) continue;
    if (out.row.empty()) out.row_line = lines.number();
    out.row += line;
    ++row_pieces;
    out.open = lines.ended_open();
    // Consoles drop blanks at the end of a piece; the columns behind need them again.
    std::size_t shown = 0;
    for (char c : line)
      if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) shown += cells(static_cast<unsigned char>(c));
    if (pieces == 1) break;
    if (shown < width) out.row.append(width - shown, ' ');
    if (out.row.size() > (std::size_t{1} << 22)) break;
  }
  out.open = out.open || row_pieces < pieces;
  return pieces > 0 && out.row_line != 0;
}

}  // namespace

Result<SystemInfo> parse_csv(std::string_view utf8) {
  constexpr int kRowsBefore = 8;  // prompt, "#TYPE" line, header
  const std::string_view head = utf8.substr(0, 8192);
  if (head.find(',') == std::string_view::npos) return no_layout("a CSV row with a Windows version");
  CsvReader reader(utf8, ',');
  CsvRecord record;
  std::vector<std::string> header;
  for (int i = 0; i < kRowsBefore; ++i) {
    const auto got = reader.next(record);
    if (got == CsvReader::Got::end) break;
    if (got == CsvReader::Got::damaged) continue;
    if (const std::size_t at = version_column(record.fields); at != 0) {
      SystemInfo out = from_row(record.fields, at, record.line, reader.ended_open());
      take_empty_hotfixes(header, record.fields, record.line, out);
      out.layout = Layout::csv;
      // An inventory may have as many columns and a version among them; the two cells with a form of their own decide, and
      // that no second machine follows.
      const bool sure =
          is_product_id(cell(record.fields, at + kProductId)) || (out.arch && cell(record.fields, at + kSystemType) == out.system_type);
      if (!sure || another_machine(reader)) break;
      return out;
    }
    header = record.fields;
  }
  return no_layout("one CSV row with the columns of systeminfo");
}

Result<SystemInfo> parse_table(std::string_view utf8) {
  TableText table;
  if (!read_table(utf8, table)) return no_layout("a table with a line of equals signs");
  const std::vector<std::string> row = cut_row(table.row, table.rule);
  const std::size_t at = version_column(row);
  if (at == 0) return no_layout("a table row with a Windows version");
  SystemInfo out = from_row(row, at, table.row_line, table.open);
  out.layout = Layout::table;
  return out;
}

}  // namespace tq::format::systeminfo
