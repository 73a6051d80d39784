// What stands between a target's text and the terminal, and the spelling of UTF-8 that it relies on.
#include "core/text.hpp"

#include <doctest/doctest.h>

#include "core/html.hpp"

using namespace tq;

TEST_CASE("text: no control character of either block reaches a terminal") {
  CHECK(printable("a\x1b[2J\n\x7f") == "a\\x1b[2J\\x0a\\x7f");
  // 0x9B alone starts a sequence on terminals that know the second block; in UTF-8 it has two bytes.
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\x9b31m");
  for (unsigned c = 0x80; c < 0xA0; ++c)
    CHECK(printable(std::string{'\xC2', static_cast<char>(c)}) == std::string("\\x") + "89"[c / 16 - 8] + "0123456789abcdef"[c % 16]);
  CHECK(printable("\xC2\xA0\xC3\xA4") == "\xC2\xA0\xC3\xA4");
  CHECK(printable("\xE2\x80\xAE\xD8\x9C\xE2\x81\xA6\xE2\x80\xA8\xEF\xBB\xBF") == "\\u{202e}\\u{061c}\\u{2066}\\u{2028}\\u{feff}");
  CHECK(printable("a\\b") == "a\\b");
  CHECK(printable("a\\b", true) == "a\\\\b");
}

TEST_CASE("text: ill-formed UTF-8 is no character in disguise") {
  struct Case {
    const char* bytes;
    const char* shown;
  };
  for (const Case& c : {Case{"\xC0\x9B", "\\xc0\\x9b"}, Case{"\xE0\x82\x9B", "\\xe0\\x82\\x9b"}, Case{"\xE0\x80\xBC", "\\xe0\\x80\\xbc"},
                        Case{"\xF0\x80\x80\xBC", "\\xf0\\x80\\x80\\xbc"}, Case{"\xED\xA0\x80", "\\xed\\xa0\\x80"},
                        Case{"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, Case{"\xE2\x80", "\\xe2\\x80"}, Case{"\xFF", "\\xff"}}) {
    CHECK_FALSE(is_utf8(c.bytes));
    CHECK(printable(c.bytes) == c.shown);
    CHECK(is_utf8(to_valid_utf8(c.bytes)));
    CHECK(to_valid_utf8(c.bytes).find_first_of("<\x1b") == std::string::npos);
  }
  for (const char* good : {"\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(good));
}

TEST_CASE("text: HTML text ends neither its element nor its attribute") {
  CHECK(html_text("<a href=\"x\" b='y'>&\x1b") == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\\x1b");
}
