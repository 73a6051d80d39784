// Decoding: marks, no marks, mixed texts, code pages; CSV records; what is found inside lines.
#include "format/textcodec/textcodec.hpp"

#include <doctest/doctest.h>

#include <random>

#include "core/text.hpp"
#include "format/textcodec/codepage.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace {
using namespace tq;
using namespace tq::format::textcodec;
using namespace std::string_view_literals;

std::string utf16(std::string_view utf8, bool big = false) {
  std::string out;
  for (const char16_t c : utf8_to_utf16(utf8)) {
    const char low = static_cast<char>(c & 0xFF), high = static_cast<char>(c >> 8);
    out += big ? high : low;
    out += big ? low : high;
  }
  return out;
}

Decoded of(std::string_view s) { return decode(bytes_of(s)); }

constexpr std::string_view kText =
    "Host Name:     A\r\nOS Version:    6.0.6003 Service Pack 2 Build 6003\r\nTime Zone:     S\u00e3o Paulo \u65e5\u672c\r\n"sv;

TEST_CASE("textcodec: UTF-8 and UTF-16, with and without a mark") {
  struct Case {
    std::string bytes;
    const char* encoding;
  };
  for (const Case& c :
       {Case{std::string(kText), "utf-8"}, Case{"\xEF\xBB\xBF" + std::string(kText), "utf-8"}, Case{"\xFF\xFE" + utf16(kText), "utf-16le"},
        Case{"\xFE\xFF" + utf16(kText, true), "utf-16be"}, Case{utf16(kText), "utf-16le"}, Case{utf16(kText, true), "utf-16be"}}) {
    const auto d = of(c.bytes);
    CHECK(d.encoding == c.encoding);
    CHECK(d.utf8 == kText);
    CHECK_FALSE(d.lossy);
  }
  CHECK(of("").encoding == "ascii");
  CHECK(of("").utf8.empty());
  CHECK(of("plain").encoding == "ascii");
  CHECK(of("\xFF\xFE").utf8.empty());
}

TEST_CASE("textcodec: two encodings in one file") {
  const std::string message = "Please wait while WMIC is being installed.";
  for (const std::string& between : {std::string(), std::string("\xFF\xFE"), std::string("x"), std::string("x\xFF\xFE")}) {
    const auto d = of(message + between + utf16(kText));
    CAPTURE(d.encoding);
    CHECK(d.utf8.find("Host Name:     A\r\n") != std::string::npos);
    CHECK(d.utf8.ends_with("\u65e5\u672c\r\n"));
    CHECK(d.utf8.starts_with(message));
  }
  const auto appended = of("\xFF\xFE" + utf16(kText) + "Host Name: B\r\nOS Version: 6.0.6002 Service Pack 2 Build 6002\r\n");
  CHECK(appended.encoding == "utf-16le+ascii");
  CHECK(appended.utf8 == std::string(kText) + "Host Name: B\r\nOS Version: 6.0.6002 Service Pack 2 Build 6002\r\n");
}

TEST_CASE("textcodec: NUL bytes are data, not another encoding") {
  const auto d = of("Host Name: A\0B\r\nOS Version: 6.0.6003 Service Pack 2 Build 6003\r\n"sv);
  CHECK(d.encoding == "ascii");
  CHECK(d.utf8.find("A\0B"sv) != std::string::npos);
  CHECK(of(std::string(1000, '\0')).utf8.size() <= 1000);
}

/// Lines as systeminfo prints them, in the bytes of a code page.
std::string in_page(const char* page, std::string_view utf8) {
  for (const auto& p : single_byte_pages()) {
    if (std::string_view(p.name) != page) continue;
    std::string out;
    for (const char16_t c : utf8_to_utf16(utf8)) {
      if (c < 0x80) {
        out += static_cast<char>(c);
        continue;
      }
      for (std::size_t i = 0; i < p.upper.size(); ++i)
        if (p.upper[i] == c) out += static_cast<char>(0x80 + i);
    }
    return out;
  }
  return {};
}

TEST_CASE("textcodec: single-byte code pages by what their words become") {
  struct Case {
    const char* page;
    std::string_view text;
  };
  const Case cases[] = {{"cp850",
                         "Nom de l'h\u00f4te:      X\r\nVersion du syst\u00e8me:  6.0.6002 Service Pack 2 version 6002\r\nM\u00e9moire "
                         "physique:    1\r\nPropri\u00e9taire enregistr\u00e9: a\r\n"},
                        {"cp1252",
                         "Nom de l'h\u00f4te:      X\r\nVersion du syst\u00e8me:  6.0.6002 Service Pack 2 version 6002\r\nM\u00e9moire "
                         "physique:    1\r\nPropri\u00e9taire enregistr\u00e9: a\r\n"},
                        {"cp850",
                         "Physikalischer Speicher gr\u00f6\u00dfe\r\nVerf\u00fcgbarer Speicher\r\nBetriebssystemversion: 6.0.6003 Service "
                         "Pack 2 Build 6003\r\nL\u00e4ndereinstellung: de\r\n"},
                        {"cp866",
                         "\u0418\u043c\u044f \u0443\u0437\u043b\u0430:   DC\r\n\u0412\u0435\u0440\u0441\u0438\u044f \u041e\u0421:   "
                         "6.0.6003 Service Pack 2 \u0441\u0431\u043e\u0440\u043a\u0430 6003\r\n"},
                        {"cp1251",
                         "\u0418\u043c\u044f \u0443\u0437\u043b\u0430:   DC\r\n\u0412\u0435\u0440\u0441\u0438\u044f \u041e\u0421:   "
                         "6.0.6003 Service Pack 2 \u0441\u0431\u043e\u0440\u043a\u0430 6003\r\n"},
                        {"cp852",
                         "N\u00e1zev po\u010d\u00edta\u010de: A\r\nVerze syst\u00e9mu: 6.0.6002 Service Pack 2 sestaven\u00ed "
                         "6002\r\nDostupn\u00e1 fyzick\u00e1 pam\u011b\u0165: 1\r\n"},
                        {"cp1250",
                         "N\u00e1zev po\u010d\u00edta\u010de: A\r\nVerze syst\u00e9mu: 6.0.6002 Service Pack 2 sestaven\u00ed "
                         "6002\r\nDostupn\u00e1 fyzick\u00e1 pam\u011b\u0165: 1\r\n"},
                        {"cp737",
                         "\u038c\u03bd\u03bf\u03bc\u03b1 \u03ba\u03b5\u03bd\u03c4\u03c1\u03b9\u03ba\u03bf\u03cd: "
                         "A\r\n\u0388\u03ba\u03b4\u03bf\u03c3\u03b7: 6.0.6002 Service Pack 2 6002\r\n"}};
  for (const auto& c : cases) {
    CAPTURE(c.page);
    const auto d = of(in_page(c.page, c.text));
    CHECK(d.encoding == c.page);
    CHECK(d.utf8 == c.text);
    CHECK_FALSE(d.lossy);
  }
}

TEST_CASE("textcodec: double-byte code pages") {
  struct Case {
    const char* page;
    std::string_view bytes, want;
  };
  // The bytes of the console: "host name" and "OS version" in Japanese, Korean and traditional Chinese.
  const Case cases[] = {
      {"cp932",
       "\x83\x7a\x83\x58\x83\x67\x96\xbc: A\r\nOS \x83\x6f\x81\x5b\x83\x57\x83\x87\x83\x93: 6.0.6003 Service Pack 2 \x83\x72\x83\x8b\x83\x68 6003\r\n"sv,
       "\u30db\u30b9\u30c8\u540d: A"},
      {"cp949",
       "\xc8\xa3\xbd\xba\xc6\xae \xc0\xcc\xb8\xa7: A\r\nOS \xb9\xf6\xc0\xfc: 6.0.6003 \xbc\xad\xba\xf1\xbd\xba \xc6\xd1 2 \xba\xf4\xb5\xe5 6003\r\n"sv,
       "\ud638\uc2a4\ud2b8 \uc774\ub984: A"},
      {"cp950",
       "\xa5\x44\xbe\xf7\xa6\x57\xba\xd9: A\r\n\xa7\x40\xb7\x7e\xa8\x74\xb2\xce\xaa\xa9\xa5\xbb: 6.0.6003 Service Pack 2 \xb2\xd5\xab\xd8 6003\r\n"sv,
       "\u4e3b\u6a5f\u540d\u7a31: A"}};
  for (const auto& c : cases) {
    CAPTURE(c.page);
    const auto d = of(c.bytes);
    CHECK(d.encoding == c.page);
    CHECK(d.utf8.starts_with(c.want));
    CHECK(d.utf8.find("6.0.6003") != std::string::npos);
  }
}

TEST_CASE("textcodec: no code page swallows a number, whatever bytes stand before it") {
  std::mt19937 random(932);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) {
      for (int k = 0; k < 7; ++k) text += static_cast<char>(0x80 + random() % 128);
      text += "KB4493730[01]6.0.6003\r\n";
    }
    const auto d = of(text);
    std::size_t kbs = 0;
    for (std::size_t at = d.utf8.find("KB4493730"); at != std::string::npos; at = d.utf8.find("KB4493730", at + 1)) ++kbs;
    std::size_t builds = 0;
    for (std::size_t at = d.utf8.find("6.0.6003"); at != std::string::npos; at = d.utf8.find("6.0.6003", at + 1)) ++builds;
    CHECK(kbs == 20);
    CHECK(builds == 20);
    CHECK(is_utf8(d.utf8));
  }
}

TEST_CASE("textcodec: UTF-8 that was cut or patched stays UTF-8") {
  const std::string text = "\u0418\u043c\u044f \u0443\u0437\u043b\u0430: \u041a\u043e\u043d\u0442\u0440\u043e\u043b\u043b\u0435\u0440\r\n";
  const auto d = of(text.substr(0, text.size() - 3));
  CHECK(d.encoding == "utf-8");
  CHECK(d.lossy);
  CHECK(is_utf8(d.utf8));
}

TEST_CASE("textcodec: any bytes give well-formed text") {
  std::mt19937 random(1);
  for (int round = 0; round < 400; ++round) {
    std::string text(random() % 400, '\0');
    for (auto& c : text) c = static_cast<char>(random() % 5 == 0 ? 0 : random() % 256);
    CHECK(is_utf8(of(text).utf8));
  }
}

TEST_CASE("textcodec: versions and what only looks like one") {
  CHECK(find_version("6.0.6003.20489")->revision == 20489);
  CHECK(find_version("x 6.0.6002 Service Pack 2")->build == 6002);
  CHECK(find_version("[Version 10.0.17763.1]")->build == 17763);
  for (const char* none : {"", "10.04.2020", "10.0.0.1", "192.168.6.0", "6.0", "6.0.", "6.0.600", "16.0.6003", "1.6.0.6003", "6.0.6003.1.2",
                           "6.0.70031", "6.0.6003x", "7.0.6003", "6.5.6003", "17.04.2020"}) {
    CAPTURE(none);
    CHECK_FALSE(find_version(none));
  }
}

TEST_CASE("textcodec: hotfix ids") {
  CHECK(kb_of_id("KB2803821-v2 - Update") == 2803821);
  CHECK(kb_of_id(" kb955430 ") == 955430);
  CHECK(kb_of_id("943729") == 943729);
  for (const char* none : {"", "KB", "KB2862", "KB286212345", "20190321", "943729 x", "{7A068575-C5DB-43D9-BE20-3895D0C69B17}", "File 1",
                           "Q147222", "Intel64"}) {
    CAPTURE(none);
    CHECK(kb_of_id(none) == 0);
  }
  CHECK(is_hotfix_id("{7A068575-C5DB-43D9-BE20-3895D0C69B17}"));
  CHECK(is_hotfix_id("Q147222"));
  CHECK_FALSE(is_hotfix_id("192.168.0.1"));
  CHECK_FALSE(is_hotfix_id("fe80::1"));
}

TEST_CASE("textcodec: product names without what the console made of their signs") {
  for (const char* name : {"Microsoftr Windows Serverr 2008 Standard ", "Microsoft\u00ae Windows Server\u00ae 2008 Standard",
                           "Microsoft(R) Windows Server (R) 2008  Standard", "Microsoft? Windows Server? 2008 Standard",
                           "Microsoft\u00ab Windows Server\u00ab 2008 Standard", "Windows Server 2008 Standard"}) {
    CAPTURE(std::string(name));
    CHECK(plain_product(name) == "Windows Server 2008 Standard");
  }
  CHECK(plain_product("Microsoftr Windows VistaT Enterprise ") == "Windows Vista Enterprise");
  CHECK(plain_product("Microsoft Hyper-V Server 2008 R2") == "Hyper-V Server 2008 R2");
  CHECK(plain_product("Microsoft Windows 11 Pro Insider Preview") == "Windows 11 Pro Insider Preview");
  CHECK(plain_product("").empty());
}

TEST_CASE("textcodec: processor words") {
  const std::pair<const char*, const char*> words[] = {
      {"x64-based PC", "x64"},     {"X86-based PC", "x86"}, {"Itanium-based System", "ia64"},
      {"ARM64-based PC", "arm64"}, {"64-bit", "x64"},       {"AMD64", "x64"},
      {"32-bit", "x86"},           {"PowerPC", ""}};
  for (const auto& [text, want] : words) CHECK(arch_of(text) == want);
}

TEST_CASE("textcodec: CSV records") {
  CsvReader reader("a,\"b \"\"c\"\"\",\r\n\r\n\"x\ny\",z\n\"open,1\nlast,2", ',');
  CsvRecord r;
  REQUIRE(reader.next(r) == CsvReader::Got::record);
  CHECK(r.fields == std::vector<std::string>{"a", "b \"c\"", ""});
  REQUIRE(reader.next(r) == CsvReader::Got::record);
  CHECK(r.fields == std::vector<std::string>{"x\ny", "z"});
  CHECK(r.line == 3);
  REQUIRE(reader.next(r) == CsvReader::Got::damaged);
  CHECK(reader.error().place == "csv line 5");
  REQUIRE(reader.next(r) == CsvReader::Got::record);
  CHECK(r.fields == std::vector<std::string>{"last", "2"});
  CHECK(r.line == 6);
  CHECK(reader.next(r) == CsvReader::Got::end);
  CHECK(guess_separator("a;b;c,d") == ';');
  CHECK(guess_separator("\"a,b,c\"\td") == '\t');
  CHECK(guess_separator("alone") == '\0');
}

TEST_CASE("textcodec: line ends of all kinds") {
  LineReader lines("a\r\nb\nc\rd\r\r\ne");
  std::string all;
  for (std::string_view line; lines.next(line);) all += std::to_string(lines.number()) + std::string(line);
  CHECK(all == "1a2b3c4d5e");
}

}  // namespace
