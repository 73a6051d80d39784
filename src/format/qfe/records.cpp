// The layouts with names on every value: key=value and key : value lists, CSV, JSON; and bare KB numbers.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/ascii.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/qfe/collect.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::qfe {
namespace {

using namespace textcodec;

struct KeyValue {
  std::string_view key, value;
};

/// "HotFixID=KB1" of wmic, "HotFixID : KB1" of PowerShell.
KeyValue key_value(std::string_view line) {
  const std::size_t at = line.find_first_of("=:");
  if (at > 64) return {};
  return {trim(line.substr(0, at)), trim(line.substr(at + 1))};
}

/// A column by which a CSV or JSON is an inventory of machines, which has a reader of its own.
bool machine_column(std::string_view name) {
  std::string plain;
  for (char c : lower_ascii(name))
    if (c != '_' && c != ' ' && c != '-') plain += c;
  for (const std::string_view n : {"version", "osversion", "os", "osname", "product"})
    if (plain == n) return true;
  return false;
}

/// Fields of a header; empty when it has no HotFixID column.
std::vector<Field> csv_header(const std::vector<std::string>& names) {
  std::vector<Field> fields;
  bool has_id = false;
  for (const auto& name : names) {
    if (machine_column(trim(name))) return {};
    fields.push_back(field_of(trim(name)));
    has_id = has_id || fields.back() == Field::id;
  }
  return has_id ? fields : std::vector<Field>{};
}

Record csv_record(const std::vector<std::string>& cells, const std::vector<Field>& fields) {
  Record r;
  for (std::size_t i = 0; i < cells.size() && i < fields.size(); ++i)
    if (fields[i] != Field::none && (r.get(fields[i]).empty() || !trim(cells[i]).empty())) r.set(fields[i], cells[i]);
  // wmic does not quote: a comma in a title moves the cells behind it. The id has a form of its own.
  if (!is_hotfix_id(r.get(Field::id)) && cells.size() != fields.size())
    for (const auto& cell : cells)
      if (is_hotfix_id(cell) && !is_digit(cell[0])) {
        r.set(Field::id, cell);
        r.set(Field::installed_on, {});
        break;
      }
  return r;
}

std::string_view text_at(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return {};
  if (it->is_string()) return it->get_ref<const std::string&>();
  // A DateTime becomes {"value":"\/Date(...)\/","DateTime":"Tuesday, ..."}.
  if (it->is_object() && it->contains("value") && (*it)["value"].is_string()) return (*it)["value"].get_ref<const std::string&>();
  return {};
}

bool add_json(const nlohmann::json& object, Collector& out) {
  if (!object.is_object()) return false;
  Record r;
  bool has_id = false;
  for (const auto& [key, value] : object.items()) {
    if (machine_column(key)) return false;
    const Field f = field_of(key);
    has_id = has_id || f == Field::id;
    const std::string_view text = f == Field::none ? std::string_view{} : text_at(object, key.c_str());
    if (!text.empty()) r.set(f, text);
  }
  if (has_id) out.add(r, 0);
  return has_id;
}

}  // namespace

bool read_list(std::string_view utf8, Collector& out) {
  LineReader lines(utf8);
  Record r;
  std::vector<Field> seen;
  std::uint32_t id_line = 0;
  bool any = false;
  const auto flush = [&] {
    out.add(r, id_line);
    r.clear();
    seen.clear();
  };
  for (std::string_view line; lines.next(line);) {
    const KeyValue kv = key_value(line);
    bool known = false;
    const Field f = field_of(kv.key, &known);
    if (!known && !trim(line).empty() && line.find('>') == std::string_view::npos) out.no_id(lines.number());
    if (!known || f == Field::none) continue;
    // A key that comes again begins the next record; blank lines do not, wmic puts two between all records.
    if (std::find(seen.begin(), seen.end(), f) != seen.end() && !(f == Field::computer && r.get(Field::id).empty())) flush();
    seen.push_back(f);
    r.set(f, kv.value);
    if (f == Field::id) {
      id_line = lines.number();
      any = any || is_hotfix_id(kv.value);
    }
  }
  const bool begun = !seen.empty() && std::find(seen.begin(), seen.end(), Field::id) == seen.end();
  if (begun || r.get(Field::id).empty()) out.no_id(lines.number(), begun);
  flush();
  return any;
}

bool read_csv(std::string_view utf8, Collector& out) {
  constexpr int kRowsBefore = 8;  // "#TYPE ..." of PowerShell, a prompt
  LineReader lines(utf8);
  std::string_view line;
  for (int i = 0; i < kRowsBefore && lines.next(line); ++i) {
    if (line.size() > 65536) return false;
    const char separator = guess_separator(line);
    if (ifind(line, "HotFixID") == std::string_view::npos || (separator == 0 && trim(line).front() != '"')) continue;
    CsvReader reader(utf8.substr(lines.position()), separator == 0 ? ',' : separator, lines.number() + 1);
    CsvReader header_reader(line, separator == 0 ? ',' : separator);
    CsvRecord record;
    if (header_reader.next(record) != CsvReader::Got::record) return false;
    const std::vector<Field> fields = csv_header(record.fields);
    if (fields.empty()) return false;
    for (auto got = reader.next(record); got != CsvReader::Got::end; got = reader.next(record)) {
      if (got == CsvReader::Got::damaged) {
        out.lose(reader.error());
        continue;
      }
      const Record r = csv_record(record.fields, fields);
      if (is_hotfix_id(r.get(Field::id)))
        out.add(r, record.line);
      else
        out.no_id(record.line);
    }
    return true;
  }
  return false;
}

bool read_json(std::string_view utf8, Collector& out) {
  const std::string_view s = trim(utf8);
  if (!s.starts_with("[") && !s.starts_with("{")) return false;
  constexpr int kDepth = 16;
  bool too_deep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kDepth;
    return depth <= kDepth;
  };
  const auto json = nlohmann::json::parse(s.begin(), s.end(), watch, /*allow_exceptions=*/false);
  if (json.is_discarded()) return false;
  if (too_deep) out.lose(Error{ErrorCode::limit, "qfe.json", "a depth of at most " + std::to_string(kDepth), "more"});
  if (json.is_object()) return add_json(json, out);
  if (!json.is_array()) return false;
  bool any = false;
  for (const auto& item : json) any = add_json(item, out) || any;
  return any;
}

bool read_plain(std::string_view utf8, Collector& out) {
  constexpr std::string_view kBetween = " \t,;|";
  LineReader lines(utf8);
  std::vector<std::pair<std::string_view, std::uint32_t>> ids;
  for (std::string_view line; lines.next(line);) {
    const std::string_view s = trim(line);
    if (s.empty() || s[0] == '#') continue;
    for (std::size_t at = s.find_first_not_of(kBetween); at != std::string_view::npos;) {
      const std::size_t end = std::min(s.find_first_of(kBetween, at), s.size());
      const std::string_view word = s.substr(at, end - at);
      // Anything else than KB numbers makes it another text. Bare numbers count from six digits on: years and sizes are shorter.
      const std::uint32_t kb = kb_of_id(word);
      if (kb == 0 || (is_digit(word[0]) && kb < 100000)) return false;
      if (ids.size() < limits::kHotfixes) ids.emplace_back(word, lines.number());
      at = s.find_first_not_of(kBetween, end);
    }
  }
  Record r;
  for (const auto& [id, line] : ids) {
    r.set(Field::id, id);
    out.add(r, line);
  }
  return !ids.empty();
}

}  // namespace tq::format::qfe
