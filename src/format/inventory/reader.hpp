// The three forms of an inventory, each a source of rows.
#pragma once

#include <memory>

#include "format/inventory/inventory.hpp"

namespace tq::format::inventory {

class RowSource {
 public:
  enum class Got { row, damaged, end };
  virtual ~RowSource() = default;
  /// damaged: `error` says which line and why, and row.name whose it was if that is known; reading may go on.
  virtual Got next(Row& row, Error& error) = 0;
};

using Opened = Result<std::unique_ptr<RowSource>>;
Opened open_csv(std::string_view utf8, const Mapping& mapping);
Opened open_ndjson(std::string_view utf8, const Mapping& mapping);
Opened open_json_array(std::string_view utf8, const Mapping& mapping);

/// Names of the columns, or the keys of the first object; empty when the text has no such form.
std::vector<std::string> csv_names(std::string_view utf8);
std::vector<std::string> json_names(std::string_view utf8);

}  // namespace tq::format::inventory
