#include "feeds/merge.hpp"

#include <algorithm>

#include "catalog/csv_export.hpp"

namespace tq::feeds {
namespace {

using catalog::TableId;

/// What a feed knows of itself, as rows of `meta`: `catalog info` prints them, and the next reader sees how old each one was.
std::vector<std::vector<std::string>> feed_rows(const Gather& g, const Counts& counts) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* key, const std::string& value, const Date& day, const char* source) {
    if (day.known()) rows.push_back({key, value, source, day.text(), "high", ""});
  };
  add("feeds.cvrf.as_of", g.cvrf_as_of.text(), g.cvrf_as_of, "MSRC CVRF");
  add("feeds.wesng.as_of", g.wesng_as_of.text(), g.wesng_as_of, "wesng definitions");
  add("feeds.kev.as_of", g.kev.newest.text(), g.kev.newest, "CISA known exploited vulnerabilities");
  const Date newest = std::max(g.cvrf_as_of, g.wesng_as_of);
  add("feeds.edges_dropped", std::to_string(counts.dropped_edges), newest, "counted while the feeds were read");
  add("feeds.edges_unknown", std::to_string(counts.unknown_edges), newest, "counted while the feeds were read");
  return rows;
}

/// `meta` of the base without the rows that the feeds renew.
std::string meta_table(const catalog::Catalog& base, const Gather& g, const Counts& counts) {
  const auto rows = feed_rows(g, counts);
  const Date newest = std::max({base.data_as_of(), g.cvrf_as_of, g.wesng_as_of, g.kev.newest});
  std::string text = catalog::csv_header(*catalog::find_schema(TableId::meta));
  for (const catalog::Meta& m : base.metas()) {
    const bool renewed = std::any_of(rows.begin(), rows.end(), [&](const auto& r) { return r[0] == m.key; });
    if (renewed) continue;
    const bool as_of = m.key == "data_as_of" && newest > base.data_as_of();
    text += as_of ? catalog::csv_line(
                        {"data_as_of", newest.text(), "the newest feed", newest.text(), "high", "date of the newest feed that went in"})
                  : catalog::csv_line({std::string(m.key), std::string(m.value), std::string(m.source), std::string(m.retrieved),
                                       to_string(m.confidence), std::string(m.note)});
  }
  for (const auto& row : rows) text += catalog::csv_line(row);
  return text;
}

/// The feeds' table holds the base's rows too.
bool is_replaced(TableId id) { return id == TableId::cves || id == TableId::fixes; }

}  // namespace

std::vector<catalog::SourceFile> merge(const catalog::Catalog& base, const Gather& gather, Tables tables) {
  std::vector<catalog::SourceFile> files;
  for (const catalog::Schema& s : catalog::schemas()) {
    if (is_replaced(s.id)) continue;
    const std::string path = "base/" + std::string(s.stem) + ".csv";
    files.push_back({path, s.id == TableId::meta ? meta_table(base, gather, tables.counts) : catalog::table_csv(base, s)});
  }
  for (catalog::SourceFile& f : tables.files) files.push_back(std::move(f));
  return files;
}

}  // namespace tq::feeds
