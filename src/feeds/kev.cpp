#include "feeds/kev.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "catalog/rows.hpp"
#include "core/text.hpp"
#include "feeds/csv_stream.hpp"

namespace tq::feeds {

Result<KevList> read_kev(const std::string& name, Bytes text, std::uint32_t most_rows) {
  KevList list;
  std::optional<CsvColumns> columns;
  const auto damage = [&](std::uint64_t line, const char* wanted, std::string_view found) {
    return Error{ErrorCode::corrupt, name + ":" + std::to_string(line), wanted, std::string(found.substr(0, 80))};
  };
  CsvStream csv(name, [&](const std::vector<std::string_view>& cells, std::uint64_t line) -> Status {
    if (!columns) {
      TQ_TRY(columns, CsvColumns::of(name, cells, {"cveID", "dateAdded", "knownRansomwareCampaignUse"}));
      return ok();
    }
    if (cells.size() != columns->width()) return damage(line, "as many cells as the header", std::to_string(cells.size()));
    const auto cve = catalog::parse_cve(trim(columns->cell(cells, 0)));
    const auto added = Date::parse(trim(columns->cell(cells, 1)));
    if (!cve) return damage(line, "a CVE", columns->cell(cells, 0));
    if (!added) return damage(line, "a date YYYY-MM-DD", columns->cell(cells, 1));
    if (list.cves.size() >= most_rows)
      return Error{ErrorCode::limit, fmt::format("{}:{}", name, line), fmt::format("at most {} rows", most_rows), "more"};
    list.cves[catalog::cve_text(*cve)] = {*added, trim(columns->cell(cells, 2)) == "Known"};
    list.newest = std::max(list.newest, *added);
    return ok();
  });
  if (auto s = csv.put(text); !s) return s.error();
  if (auto s = csv.finish(); !s) return s.error();
  if (!columns) return damage(1, "a header row", "an empty file");
  return list;
}

}  // namespace tq::feeds
