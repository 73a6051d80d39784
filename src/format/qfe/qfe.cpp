#include "format/qfe/qfe.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/qfe/collect.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::qfe {

const char* to_string(Layout l) {
  switch (l) {
    case Layout::table: return "table";
    case Layout::list: return "list";
    case Layout::csv: return "csv";
    case Layout::json: return "json";
    case Layout::plain: return "plain";
  }
  return "?";
}

Field field_of(std::string_view name, bool* known) {
  struct Row {
    std::string_view name;
    Field field;
  };
  // Win32_QuickFixEngineering, and the names that wmic (Node) and PowerShell (Source, PSComputerName) add.
  static constexpr std::array<Row, 14> kRows = {{{"HotFixID", Field::id},
                                                 {"InstalledOn", Field::installed_on},
                                                 {"Description", Field::description},
                                                 {"Caption", Field::caption},
                                                 {"CSName", Field::computer},
                                                 {"Node", Field::computer},
                                                 {"PSComputerName", Field::computer},
                                                 {"Source", Field::computer},
                                                 {"ServicePackInEffect", Field::service_pack},
                                                 {"FixComments", Field::none},
                                                 {"InstallDate", Field::none},
                                                 {"InstalledBy", Field::none},
                                                 {"Name", Field::none},
                                                 {"Status", Field::none}}};
  for (const auto& row : kRows)
    if (iequals(row.name, name)) {
      if (known != nullptr) *known = true;
      return row.field;
    }
  if (known != nullptr) *known = false;
  return Field::none;
}

void Collector::lose(Error e) {
  if (out_.losses.size() < limits::kLossesListed) out_.losses.push_back(std::move(e));
}

Collector::Collector(QfeList& out, std::string_view utf8) : out_(out), text_(utf8) {
  if (!textcodec::ends_open(utf8)) return;
  textcodec::LineReader lines(utf8);
  for (std::string_view line; lines.next(line);) open_line_ = lines.number();
}

void Collector::lose_end(std::uint32_t line, std::string_view found) {
  lose(Error{ErrorCode::truncated, "qfe line " + std::to_string(line), "a whole hotfix id", std::string(found.substr(0, 120)), std::nullopt,
             "end the last line, or take the list again"});
}

void Collector::no_id(std::uint32_t line, bool record_begun) {
  if (record_begun || line == open_line_) lose_end(line, "the end of the text before it");
}

void Collector::add(const Record& r, std::uint32_t line) {
  const std::string_view id = trim(r.get(Field::id));
  if (id.empty()) return;
  if (line == open_line_ && text_.ends_with(id) && textcodec::id_may_go_on(id)) return lose_end(line, id);
  if (out_.entries.size() >= limits::kHotfixes) {
    if (!full_)
      lose(Error{ErrorCode::limit, "qfe line " + std::to_string(line), std::to_string(limits::kHotfixes) + " entries at most", "more"});
    full_ = true;
    return;
  }
  Entry e;
  e.id = std::string(id);
  e.kb = textcodec::kb_of_id(e.id);
  // Windows XP and 2003 list each replaced file as "File 1"; the update it belongs to stands under ServicePackInEffect.
  if (e.kb == 0) e.kb = textcodec::kb_of_id(r.get(Field::service_pack));
  e.description = std::string(trim(r.get(Field::description)));
  e.installed_on = std::string(trim(r.get(Field::installed_on)));
  e.date = read_date(e.installed_on, &e.file_time);
  e.caption = std::string(trim(r.get(Field::caption)));
  e.computer = std::string(trim(r.get(Field::computer)));
  e.line = line;
  out_.entries.push_back(std::move(e));
}

void Collector::finish() {
  for (const auto& e : out_.entries) {
    if (e.computer.empty()) continue;
    if (out_.computer.empty()) out_.computer = e.computer;
    if (!iequals(out_.computer, e.computer)) out_.several_computers = true;
  }
  if (out_.several_computers) out_.computer.clear();
  settle_dates(out_);
}

Result<QfeList> parse(std::string_view utf8) {
  if (utf8.size() > limits::kTextBytes)
    return Error{ErrorCode::limit,
                 "qfe",
                 "at most " + std::to_string(limits::kTextBytes) + " bytes",
                 std::to_string(utf8.size()),
                 std::nullopt,
                 "give the list of one machine"};
  struct Reader {
    Layout layout;
    bool (*read)(std::string_view, Collector&);
  };
  // From the strictest form to the loosest.
  static constexpr std::array<Reader, 5> kReaders = {{{Layout::json, read_json},
                                                      {Layout::csv, read_csv},
                                                      {Layout::table, read_table},
                                                      {Layout::list, read_list},
                                                      {Layout::plain, read_plain}}};
  for (const auto& reader : kReaders) {
    QfeList list;
    list.layout = reader.layout;
    Collector collector(list, utf8);
    if (!reader.read(utf8, collector)) continue;
    collector.finish();
    // A machine without any prints no header either: what followed it is lost.
    if (list.entries.empty() && list.losses.empty())
      collector.lose(Error{ErrorCode::truncated, "qfe", "an update below the header", "none"});
    return list;
  }
  return Error{ErrorCode::not_found, "qfe", "a HotFixID column, key or property, or KB numbers only", "none"};
}

bool looks_like(std::string_view utf8) {
  constexpr std::size_t kProbeBytes = std::size_t{64} * 1024, kShort = 4096;
  std::string_view head = utf8.substr(0, kProbeBytes);
  const std::string_view start = trim(head);
  if (start.starts_with("[") || start.starts_with("{")) {
    // Callers may hand in the head of a file only, and JSON is whole or nothing: the first object stands for all.
    const std::string_view object = textcodec::first_json_object(head);
    return !object.empty() && parse(object).has_value();
  }
  // The last line of a head is cut, perhaps inside a number.
  if (head.size() >= kShort && head.find_last_of("\r\n") != std::string_view::npos) head = head.substr(0, head.find_last_of("\r\n"));
  return parse(head).has_value();
}

}  // namespace tq::format::qfe
