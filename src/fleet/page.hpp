// Pieces of a page about a fleet, for `fleet report` and `fleet serve`. Every text of a target goes through html_text().
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/db.hpp"

namespace tq::fleet {

/// A length of a bar and what it stands for: a class of the style ("bar", "good", "bad", "mute", "h0"..).
struct Part {
  std::int64_t value = 0;
  const char* tone = "bar";
};
/// One line of a chart.
struct Bar {
  std::string label;
  std::vector<Part> parts;
  std::string link = {};  ///< of the dashboard; empty: none
};
/// Horizontal bars as a table of labels, numbers and SVG: readable at any width, and by those who hear it. `heads`: what the numbers
/// of the parts are called. Empty without bars. Labels are texts, not markup.
std::string bars_html(const std::string& title, const std::vector<std::string>& heads, const std::vector<Bar>& bars);

/// Months behind in steps that a colour can tell apart. The last one is "unknown".
struct Step {
  const char* name;
  int from = 0, to = 0;  ///< months, both counted; -1: no end
};
std::span<const Step> steps_behind();

/// How links of the dashboard call the site of machines that name none.
inline constexpr const char* kNoSite = "(none)";

/// 1234567 as "1,234,567".
std::string grouped(std::int64_t n);
/// A text made safe for a cell, cut when it is longer than anybody reads there.
std::string cell_text(std::string_view s);

/// A cell as markup; the default is the text made safe.
using CellMarkup = std::function<std::string(const Row&, std::size_t column)>;
/// The rows of a statement as a table with a caption for screen readers; `most` rows are printed. Empty when there are none.
Result<std::string> table_html(Db& db, const std::string& caption, const std::string& sql, std::span<const Value> values,
                               std::uint64_t most, const CellMarkup& cell = {});

/// A report stands alone; the pages of the dashboard lead to each other.
enum class Linked : bool { no, yes };
/// Numbers that a page begins with: machines, at the goal, behind, unknown, with known exploited CVEs missing, not read.
Result<std::string> tiles_html(Db& db, Linked linked = Linked::no);
/// Sites by how many months their machines are behind, the most machines first, at most `most` sites.
Result<std::string> heat_map_html(Db& db, std::uint64_t most, Linked linked = Linked::no);
/// The charts of builds, of months behind and of the goals.
Result<std::string> charts_html(Db& db, Linked linked = Linked::no);

/// What the pieces above need beside a page's own style.
std::string_view fleet_style();

/// `fleet report`: one page that needs no network. `name`: how the store is called. Errors: those of the store.
Result<std::string> report_html(Db& db, const std::string& name, const std::string& version);

}  // namespace tq::fleet
