// The answers of `fleet query` as text, JSON, NDJSON and CSV, row by row.
#include <fmt/format.h>

#include "core/json.hpp"
#include "core/text.hpp"
#include "fleet/query.hpp"
#include "fleet/then.hpp"
#include "report/support/csv.hpp"

namespace tq::fleet {
namespace {

using Out = std::function<void(std::string_view)>;

constexpr std::size_t kWidest = 48;  // a column of the text form; longer cells push their row apart
constexpr std::size_t kFlushBytes = 65536;

std::vector<Value> values_of(const Sql& sql) {
  std::vector<Value> out;
  for (const auto& t : sql.texts) out.emplace_back(std::string_view(t));
  for (const auto n : sql.numbers) out.emplace_back(n);
  return out;
}

std::string cell(const Row& r, std::size_t c) { return r.null(c) ? "" : std::string(r.text(c)); }

Json row_json(const Row& r) {
  Json o = Json::object();
  for (std::size_t c = 0; c < r.size(); ++c) {
    if (r.null(c))
      o[r.name(c)] = nullptr;
    else if (r.number(c))
      o[r.name(c)] = r.integer(c);
    else
      o[r.name(c)] = to_valid_utf8(r.text(c));
  }
  return o;
}

class Printer {
 public:
  Printer(const Question& q, const Out& out) : q_(q), out_(out) {}

  void row(const Row& r) {
    if (rows_++ == 0) head(r);
    switch (q_.form) {
      case Form::text: return text_row(r);
      case Form::ndjson: return put(row_json(r).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
      case Form::csv: {
        std::vector<std::string> cells;
        for (std::size_t c = 0; c < r.size(); ++c) cells.push_back(cell(r, c));
        return put(report::csv_line(cells));
      }
      case Form::json: return put((rows_ == 1 ? "\n  " : ",\n  ") + row_json(r).dump(-1, ' ', false, Json::error_handler_t::replace));
    }
  }

  /// `total`: all there are, printed or not.
  void open_json(std::uint64_t total) {
    put(fmt::format("{{\"schema\":\"tourniquet.fleet/1\",\"query\":{},\"argument\":{},\"count\":{},\"rows\":[", Json(q_.name).dump(),
                    Json(to_valid_utf8(q_.argument)).dump(), total));
  }
  void finish() {
    if (q_.form == Form::json) put("\n]}\n");
    if (q_.form == Form::text) print_table();
    if (!held_.empty()) out_(held_);
    held_.clear();
  }
  void put(const std::string& s) {
    held_ += s;
    if (held_.size() < kFlushBytes) return;
    out_(held_);
    held_.clear();
  }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  void head(const Row& r) {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < r.size(); ++c) names.push_back(r.name(c));
    if (q_.form == Form::csv) put(report::csv_line(names));
    if (q_.form == Form::text) table_.push_back(std::move(names));
  }
  void text_row(const Row& r) {
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < r.size(); ++c) cells.push_back(printable(cell(r, c)));
    table_.push_back(std::move(cells));
    if (table_.size() >= kTextRows * 10) print_table();
  }
  void print_table() {
    std::vector<std::size_t> widths;
    for (const auto& row : table_)
      for (std::size_t c = 0; c < row.size(); ++c) {
        widths.resize(std::max(widths.size(), row.size()));
        widths[c] = std::max(widths[c], std::min(row[c].size(), kWidest));
      }
    for (const auto& row : table_) {
      std::string line;
      for (std::size_t c = 0; c < row.size(); ++c) line += fmt::format("{:<{}}  ", row[c], widths[c]);
      put(line.substr(0, line.find_last_not_of(' ') + 1) + "\n");
    }
    table_.clear();
  }

  const Question& q_;
  const Out& out_;
  std::string held_;
  std::vector<std::vector<std::string>> table_;
  std::uint64_t rows_ = 0;
};

Result<std::uint64_t> total_of(Db& db, const Sql& sql, std::span<const Value> values) {
  const std::string count = sql.count.empty() ? "SELECT count(*) FROM (" + sql.rows + ") counted" : sql.count;
  std::uint64_t n = 0;
  TQ_TRY(
      [[maybe_unused]] const auto read,
      db.run(count, sql.count.find('$') == std::string::npos && !sql.count.empty() ? std::span<const Value>{} : values, [&](const Row& r) {
        n = static_cast<std::uint64_t>(r.integer(0));
        return false;
      }));
  return n;
}

}  // namespace

Status answer(Db& db, const Question& question, const Out& out) {
  if (!question.as_of.empty()) {
    TQ_TRY([[maybe_unused]] const auto there, go_back(db, question.as_of));
  }
  TQ_TRY(const Sql sql, sql_of(db, question));
  return answer_with(db, question, sql, out);
}

Status answer_with(Db& db, const Question& question, const Sql& sql, const Out& out) {
  const auto values = values_of(sql);
  const bool text = question.form == Form::text;
  auto limit = question.limit;
  if (!limit && text) limit = kTextRows;
  Printer printer(question, out);
  std::uint64_t total = 0;
  if (text || question.form == Form::json || (limit && !sql.order.empty())) {
    TQ_TRY(total, total_of(db, sql, values));
  }
  if (text) printer.put(fmt::format("{} {}\n", total, printable(sql.what)));
  if (question.form == Form::json) printer.open_json(total);
  const bool sorted = !sql.order.empty() && (!limit || total <= kSortedRows);
  const std::string rows = sql.rows + (sorted ? " ORDER BY " + sql.order : "") + (limit ? " LIMIT " + std::to_string(*limit) : "");
  TQ_TRY([[maybe_unused]] const auto read, db.run(rows, values, [&](const Row& r) {
    printer.row(r);
    return true;
  }));
  printer.finish();
  if (text && printer.rows() < total) out(fmt::format("... {} more (--limit N, or --format csv)\n", total - printer.rows()));
  return ok();
}

}  // namespace tq::fleet
