// Tables as an Excel workbook, by libxlsxwriter. Every cell is text: nothing in it is ever a formula, a number or a link.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tq::io {

struct Sheet {
  std::string name;            ///< at most 31 characters, none of []:*?/\ in it
  std::vector<double> widths;  ///< of the columns, in characters; as many as `head` has
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;  ///< UTF-8
};

struct Workbook {
  std::string title;
  std::int64_t created = 0;  ///< seconds since 1970: stands in the file, so it must not be the clock's
  std::vector<Sheet> sheets;
};

/// Rows below the head of one sheet.
inline constexpr std::size_t kSheetRows = 1048575;

/// The bytes of an .xlsx file, the same for the same workbook. A sheet with too many rows goes on in "NAME 2", "NAME 3".
/// Errors: unsupported (the library is not installed), io (its temporary files cannot be written).
Result<std::string> write_workbook(const Workbook& book);

/// `s` as a cell holds it: well-formed, no control or direction characters, nothing a spreadsheet would decode ("_x0041_"),
/// at most 32,767 UTF-16 units, with its length said at the end when it was cut.
std::string workbook_cell(std::string_view s);

}  // namespace tq::io
