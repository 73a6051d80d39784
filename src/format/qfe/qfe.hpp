// Lists of installed updates: `wmic qfe`, PowerShell's Get-HotFix, plain lists of KB numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/version.hpp"

namespace tq::format::qfe {

enum class Layout { table, list, csv, json, plain };
const char* to_string(Layout l);

/// One update. Who installed it is not kept: nobody needs it and it names a person.
struct Entry {
  std::uint32_t kb = 0;               ///< 0 for GUIDs, "File 1" and the like
  std::string id;                     ///< HotFixID as printed
  std::string description;            ///< "Update", "Security Update", "Hotfix", or a title
  std::string installed_on;           ///< as printed
  std::optional<Date> date;           ///< absent when the order of day and month cannot be known
  std::optional<FileTime> file_time;  ///< when installed_on is a hexadecimal FILETIME, as NT 6.0 writes it
  std::string caption;                ///< address of the article
  std::string computer;
  std::uint32_t line = 0;  ///< from 1; 0 in JSON
};

struct QfeList {
  Layout layout = Layout::table;
  std::string computer;  ///< when all entries that name one name the same
  bool several_computers = false;
  std::vector<Entry> entries;  ///< in order of appearance
  std::vector<Error> losses;
};

/// True when the text has a HotFixID column, key or property, or consists of KB numbers only. An inventory with a machine per
/// row (a column for the product or its version) is none.
bool looks_like(std::string_view utf8);

/// Errors: not_found (no such list), limit (text too long).
Result<QfeList> parse(std::string_view utf8);

/// Date of an InstalledOn text that has only one reading: hexadecimal FILETIME, 20190321, 2019-03-21, 21.3.2019, /Date(...)/,
/// or 3/21/2019 where only one order is a date. `file_time` is set for the first.
std::optional<Date> read_date(std::string_view text, std::optional<FileTime>* file_time = nullptr);

}  // namespace tq::format::qfe
