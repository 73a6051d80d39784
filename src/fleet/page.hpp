// Pieces of a page about a fleet, for `fleet report` and `fleet serve`. Every text of a target goes through html_text().
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/db.hpp"

namespace tq::fleet {

struct Bar {
  std::string label;
  std::int64_t value = 0;
};
/// Horizontal bars as SVG with their numbers; empty without bars. Labels are texts, not markup.
std::string bars_svg(const std::string& title, const std::vector<Bar>& bars);

/// A cell as markup; the default is the text made safe.
using CellMarkup = std::function<std::string(const Row&, std::size_t column)>;
/// The rows of a statement as a table with a caption for screen readers; `most` rows are printed. Empty when there are none.
Result<std::string> table_html(Db& db, const std::string& caption, const std::string& sql, std::span<const Value> values,
                               std::uint64_t most, const CellMarkup& cell = {});

/// Numbers that a page begins with: machines, at the goal, behind, unknown, with known exploited CVEs missing, not read.
Result<std::string> tiles_html(Db& db);
/// Sites by how many months their machines are behind, the most machines first, at most `most` sites.
Result<std::string> heat_map_html(Db& db, std::uint64_t most);
/// The charts of builds and of months behind.
Result<std::string> charts_html(Db& db);

/// What the pieces above need beside a page's own style.
std::string_view fleet_style();

/// `fleet report`: one page that needs no network. `name`: how the store is called. Errors: those of the store.
Result<std::string> report_html(Db& db, const std::string& name, const std::string& version);

}  // namespace tq::fleet
