// Tables of wmic and PowerShell: a header of property names, each column as wide as its header's distance to the next.
#include <algorithm>
#include <vector>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "format/qfe/collect.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::qfe {
namespace {

using namespace textcodec;

struct Column {
  Field field = Field::none;
  std::size_t begin = 0;  ///< in characters: both programs pad by characters, not by bytes
};

std::size_t characters(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Property name that a word ends with: "installed.Caption" comes from a message without a line end before the header.
std::string_view known_end(std::string_view word) {
  bool known = false;
  field_of(word, &known);
  if (known) return word;
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos) return {};
  field_of(word.substr(dot + 1), &known);
  return known ? word.substr(dot + 1) : std::string_view{};
}

/// Columns of a header line; empty when the line is none. All words from the first property name on must be property names.
std::vector<Column> header_of(std::string_view line) {
  std::vector<Column> columns;
  if (line.size() > 4096 || ifind(line, "HotFixID") == std::string_view::npos) return columns;
  std::size_t base = 0;
  bool has_id = false;
  for (std::size_t at = line.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpace, at), line.size());
    const std::string_view word = line.substr(at, end - at);
    const std::string_view name = known_end(word);
    if (name.empty()) {
      if (!columns.empty()) return {};
    } else {
      const auto offset = static_cast<std::size_t>(name.data() - line.data());
      // A message in front shifts the header only; blanks in front shift the rows as well.
      if (columns.empty() && line.substr(0, offset).find_first_not_of(kSpace) != std::string_view::npos)
        base = characters(line.substr(0, offset));
      const Field f = field_of(name);
      has_id = has_id || f == Field::id;
      columns.push_back({f, characters(line.substr(0, offset)) - base});
    }
    at = line.find_first_not_of(kSpace, end);
  }
  return has_id ? columns : std::vector<Column>{};
}

/// Cell of a row by characters; the last column runs to the end of the line.
Record cut_row(std::string_view line, const std::vector<Column>& columns) {
  Record r;
  std::size_t column = 0, at = 0;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const std::size_t until = k + 1 < columns.size() ? columns[k + 1].begin : std::string_view::npos;
    const std::size_t begin = at;
    while (at < line.size() && (column < until || (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80)) {
      if ((static_cast<unsigned char>(line[at]) & 0xC0) != 0x80) ++column;
      ++at;
    }
    r.set(columns[k].field, trim(line.substr(begin, at - begin)));
  }
  return r;
}

/// First word of a line that is a hotfix id by its form: for rows that some tool has shifted against the header.
std::string_view id_word(std::string_view line) {
  for (std::size_t at = line.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpace, at), line.size());
    const std::string_view word = line.substr(at, end - at);
    if (is_hotfix_id(word) && !is_digit(word[0])) return word;
    at = line.find_first_not_of(kSpace, end);
  }
  return {};
}

/// First word behind the id that begins like a date, for rows whose cells are shifted behind a name of another script.
std::string_view date_word(std::string_view line, std::string_view id) {
  const auto id_end = static_cast<std::size_t>(id.data() - line.data()) + id.size();
  for (std::size_t at = line.find_first_not_of(kSpace, id_end); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpace, at), line.size());
    const std::string_view word = line.substr(at, end - at);
    const std::size_t slash = word.find_first_of("/.-");
    if (slash != std::string_view::npos && word.find(word[slash], slash + 1) != std::string_view::npos &&
        word.find_first_not_of("0123456789/.-") == std::string_view::npos)
      return word;
    at = line.find_first_not_of(kSpace, end);
  }
  return {};
}

/// A name with a digit, as ids of other kinds are; the first letters of a prompt that was cut are none.
bool is_name(std::string_view s) {
  return s.size() >= 6 && s.size() <= 64 && s.find_first_of("0123456789") != std::string_view::npos &&
         std::all_of(s.begin(), s.end(), [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

bool only_dashes(std::string_view s) { return !s.empty() && s.find_first_not_of("- ") == std::string_view::npos; }

}  // namespace

bool read_table(std::string_view utf8, Collector& out) {
  LineReader lines(utf8);
  std::vector<Column> columns;
  std::string_view line;
  while (columns.empty() && lines.next(line)) columns = header_of(line);
  if (columns.empty()) return false;
  while (lines.next(line)) {
    if (trim(line).empty() || only_dashes(trim(line))) continue;
    if (line.size() > 65536) {
      out.lose(Error{ErrorCode::limit, "qfe line " + std::to_string(lines.number()), "at most 65536 bytes", std::to_string(line.size())});
      continue;
    }
    if (auto again = header_of(line); !again.empty()) {
      columns = std::move(again);
      continue;
    }
    Record r = cut_row(line, columns);
    if (const std::string_view id = r.get(Field::id); !is_hotfix_id(id)) {
      const std::string_view word = id_word(line);
      if (!word.empty()) {
        r.clear();
        r.set(Field::id, word);
      } else if (line.find('>') != std::string_view::npos) {
        continue;  // a prompt behind the table is no row
      } else if (id.empty()) {
        out.no_id(lines.number());
        continue;
      } else if (!is_name(id)) {  // "MSCompPackV1" of Windows XP is an id too
        out.lose(Error{ErrorCode::corrupt, "qfe line " + std::to_string(lines.number()), "a hotfix id", std::string(line.substr(0, 120))});
        continue;
      }
    }
    if (r.get(Field::installed_on).empty()) r.set(Field::installed_on, date_word(line, r.get(Field::id)));
    out.add(r, lines.number());
  }
  return true;
}

}  // namespace tq::format::qfe
