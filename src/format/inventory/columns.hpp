// From column names to meanings, and from cells to values.
#pragma once

#include <string_view>
#include <vector>

#include "format/inventory/inventory.hpp"

namespace tq::format::inventory {

/// Lower case, without "_", blanks, "-" and a byte-order mark.
std::string plain_name(std::string_view column);

/// Meaning of each column: for each key the first name of its list that is present; -1 for labels.
struct Columns {
  std::vector<int> key;  ///< per column: static_cast<int>(Key) or -1
  [[nodiscard]] bool has(Key k) const;
};
/// Errors: not_found when a mapped column is not there or no known column is.
Result<Columns> assign(const std::vector<std::string>& names, const Mapping& mapping);

/// Sets what a cell says. `column` is kept for labels.
void take_cell(Row& row, int key, std::string_view column, std::string_view cell);
/// May the cell go on, where the text ends at once behind it? Told by the form of what it ends in.
bool may_go_on(int key, std::string_view cell);
/// Settles what several cells say together; call once per row.
void finish_row(Row& row);

/// True when such columns make an inventory (see looks_like).
bool is_inventory(const Columns& columns, const std::vector<std::string>& names);

}  // namespace tq::format::inventory
