#include "feeds/wesng.hpp"

#include "core/path.hpp"
#include "core/text.hpp"
#include "feeds/csv_stream.hpp"

namespace tq::feeds {
namespace {

enum WesngColumn : std::size_t { kDate, kCve, kKb, kTitle, kProduct, kComponent, kSeverity, kImpact, kSupersedes };
const std::vector<std::string_view> kColumns = {"DatePosted",        "CVE",      "BulletinKB", "Title",     "AffectedProduct",
                                                "AffectedComponent", "Severity", "Impact",     "Supersedes"};

/// "20190409"
std::optional<Date> compact_date(std::string_view s) {
  if (s.size() != 8) return std::nullopt;
  return Date::parse(std::string(s.substr(0, 4)) + "-" + std::string(s.substr(4, 2)) + "-" + std::string(s.substr(6)));
}

}  // namespace

struct WesngReader::State {
  std::string name;
  Sink& sink;
  CsvStream csv;
  std::optional<CsvColumns> columns;
  Date newest;

  State(std::string n, Sink& s)
      : name(std::move(n)), sink(s), csv(name, [this](const auto& cells, std::uint64_t line) { return row(cells, line); }) {}

  Status row(const std::vector<std::string_view>& cells, std::uint64_t line) {
    if (!columns) {
      TQ_TRY(columns, CsvColumns::of(name, cells, kColumns));
      return ok();
    }
    if (cells.size() != columns->width()) return damage(line, std::to_string(columns->width()) + " cells", std::to_string(cells.size()));
    const auto cell = [&](WesngColumn c) { return trim(columns->cell(cells, c)); };
    Statement s;
    s.feed = Feed::wesng;
    const auto date = compact_date(cell(kDate));
    if (!date) return damage(line, "DatePosted YYYYMMDD", cell(kDate));
    s.date = s.first = *date;
    newest = std::max(newest, *date);
    // Some products have "Release Notes" in place of a number: nothing that a machine could list.
    s.kb = parse_kb(cell(kKb)).value_or(0);
    s.cve = cell(kCve);
    s.product = cell(kProduct);
    s.component = cell(kComponent);
    s.title = cell(kTitle);
    s.severity = cell(kSeverity);
    s.impact = cell(kImpact);
    s.supersedes = cell(kSupersedes);
    return sink.take(s);
  }

  [[nodiscard]] Error damage(std::uint64_t line, std::string wanted, std::string_view found) const {
    return {ErrorCode::corrupt, name + ":" + std::to_string(line), std::move(wanted), std::string(found.substr(0, 80))};
  }
};

WesngReader::WesngReader(std::string name, Sink& sink) : state_(std::make_unique<State>(std::move(name), sink)) {}
WesngReader::~WesngReader() = default;

Status WesngReader::put(Bytes chunk) { return state_->csv.put(chunk); }

Status WesngReader::finish() {
  if (auto s = state_->csv.finish(); !s) return s;
  if (!state_->columns) return Error{ErrorCode::corrupt, state_->name, "a header row", "an empty file"};
  state_->sink.as_of(Feed::wesng, state_->newest);
  return ok();
}

bool is_wesng_member(std::string_view path) {
  const std::string_view name = last_component(path);
  return istarts_with(name, "CVEs_") && name.ends_with(".csv");
}

}  // namespace tq::feeds
