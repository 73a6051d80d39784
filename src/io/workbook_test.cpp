#include "io/workbook.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "core/text.hpp"

using namespace tq;

TEST_CASE("workbook: a cell holds no control character, no escape and no more than a cell can") {
  CHECK(io::workbook_cell("=1+1") == "=1+1");  // a text is no formula, whatever it begins with
  CHECK(io::workbook_cell("a\x1b[31m\n\xE2\x80\xAE") == "a\\x1b[31m\\x0a\\u{202e}");
  CHECK(io::workbook_cell("\xED\xA0\x80\xFF") == "\\xed\\xa0\\x80\\xff");  // a lone surrogate is no UTF-8
  CHECK(io::workbook_cell("\xEF\xBF\xBE\xEF\xBF\xBF") == "\\u{fffe}\\u{ffff}");
  CHECK(io::workbook_cell("_x0041_ _x00_ _X0041_") == "_x005F_x0041_ _x00_ _X0041_");
  const std::string exact(32767, 'x');
  CHECK(io::workbook_cell(exact) == exact);
  const std::string cut = io::workbook_cell(exact + "y");
  CHECK(utf8_to_utf16(cut).size() == 32767);
  CHECK(cut.ends_with("[cut: it has 32768 characters]"));
  std::string pairs;
  for (int i = 0; i < 20000; ++i) pairs += "\xF0\x9F\x98\x80";
  const std::string cut_pairs = io::workbook_cell("x" + pairs);
  CHECK(is_utf8(cut_pairs));
  CHECK(utf8_to_utf16(cut_pairs).size() <= 32767);
  CHECK(cut_pairs.find("\xEF\xBF\xBD") == std::string::npos);
}

TEST_CASE("workbook: the same tables are the same bytes, in any time zone") {
  const io::Workbook book{"t", 1795132800, {{"One", {10}, {"head"}, {{"=1+1"}, {""}}}, {"Two", {}, {}, {}}}};
  const auto once = io::write_workbook(book);
  if (!once) {
    MESSAGE("SKIPPED: " << once.error().text());
    return;
  }
  CHECK(once->starts_with("PK"));
  ::setenv("TZ", "Asia/Tokyo", 1);
  const auto again = io::write_workbook(book);
  ::unsetenv("TZ");
  REQUIRE(again);
  CHECK(*once == *again);
}
