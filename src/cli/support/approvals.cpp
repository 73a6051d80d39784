#include "cli/support/approvals.hpp"

#include <fmt/format.h>

#include "cli/support/common.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/textcodec.hpp"
#include "io/byte_source.hpp"

namespace tq::cli {
namespace {

using format::textcodec::CsvReader;
using format::textcodec::CsvRecord;

struct Columns {
  std::optional<std::size_t> kb, status, date, by, note;
};

Columns columns_of(const CsvRecord& header) {
  Columns c;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const std::string name = lower_ascii(trim(header.fields[i]));
    if (name == "kb") c.kb = i;
    if (name == "status") c.status = i;
    if (name == "date") c.date = i;
    if (name == "by") c.by = i;
    if (name == "note") c.note = i;
  }
  return c;
}

std::string field(const CsvRecord& r, const std::optional<std::size_t>& column) {
  return column && *column < r.fields.size() ? std::string(trim(r.fields[*column])) : std::string();
}

Error bad(const std::string& path, std::uint32_t line, std::string wanted, const std::string& found) {
  return {ErrorCode::usage, fmt::format("{} line {}", path, line), std::move(wanted), printable(found)};
}

Result<plan::Approval> approval(const std::string& path, const CsvRecord& r, const Columns& c) {
  plan::Approval a;
  const std::string kb = field(r, c.kb);
  const auto number = parse_kb(kb);
  if (!number) return bad(path, r.line, "a KB number", kb);
  a.kb = *number;
  a.status = lower_ascii(field(r, c.status));
  if (a.status != "approved" && a.status != "rejected" && a.status != "pending")
    return bad(path, r.line, "approved, rejected or pending", a.status);
  a.date = field(r, c.date);
  a.by = field(r, c.by);
  a.note = field(r, c.note);
  return a;
}

Result<std::vector<plan::Approval>> read_approvals(const std::string& path) {
  TQ_TRY(const auto bytes, io::read_file(path, limits::kTextBytes));
  return approvals_from(bytes_of(bytes), path);
}

}  // namespace

Result<std::vector<plan::Approval>> approvals_from(Bytes csv, const std::string& path) {
  std::string text = format::textcodec::decode(csv).utf8;
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const char separator = format::textcodec::guess_separator(std::string_view(text).substr(0, text.find('\n')));
  CsvReader reader(text, separator == 0 ? ',' : separator);
  CsvRecord record;
  std::optional<Columns> columns;
  std::vector<plan::Approval> out;
  for (;;) {
    const auto got = reader.next(record);
    if (got == CsvReader::Got::end) break;
    if (got == CsvReader::Got::damaged) return reader.error();
    if (!columns) {
      columns = columns_of(record);
      if (!columns->kb || !columns->status) return bad(path, record.line, "a header with the columns kb and status", "another first line");
      continue;
    }
    TQ_TRY(auto a, approval(path, record, *columns));
    out.push_back(std::move(a));
  }
  if (!columns) return bad(path, 1, "a header with the columns kb and status", "an empty file");
  return out;
}

std::optional<plan::Options> plan_options(const Args& args) {
  plan::Options o;
  o.goal = args.get("--goal", "last");
  o.line = plan::line_from(args.get("--line", "auto")).value_or(plan::Line::automatic);
  if (!args.has("--approvals")) return o;
  auto list = read_approvals(args.get("--approvals"));
  if (!list) {
    complain("the approvals are refused: " + list.error().text());
    return std::nullopt;
  }
  o.has_approvals = true;
  o.approvals = *std::move(list);
  return o;
}

}  // namespace tq::cli
