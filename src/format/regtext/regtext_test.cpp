// Registry text: every value form of both layouts, damage, and the real samples.
#include "format/regtext/regtext.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/bytes.hpp"
#include "core/text.hpp"
#include "format/textcodec/textcodec.hpp"
#include "tests/support/corpus.hpp"

namespace {
using namespace tq;
using namespace tq::format::regtext;

constexpr const char* kCurrentVersion = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

const Key* find_key(const RegText& text, std::string_view path) {
  const auto at = std::ranges::find_if(text.keys, [&](const Key& k) { return !k.deleted && k.path == path; });
  return at == text.keys.end() ? nullptr : &*at;
}

const Value& must(const RegText& text, std::string_view key, std::string_view name) {
  const Key* k = find_key(text, key);
  REQUIRE(k != nullptr);
  const Value* v = find_value(*k, name);
  REQUIRE(v != nullptr);
  return *v;
}

std::string hex_of(const Value& v) {
  std::string out;
  for (auto b : v.data)
    out += "0123456789abcdef"[std::to_integer<unsigned>(b) >> 4], out += "0123456789abcdef"[std::to_integer<unsigned>(b) & 15];
  return out;
}

const std::string kExport =
    "Windows Registry Editor Version 5.00\r\n\r\n"
    "; a comment\r\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n"
    "@=\"the default\"\r\n"
    "\"CurrentBuildNumber\"=\"6003\"\r\n"
    "\"UBR\"=dword:00005009\r\n"
    "\"Path\"=\"C:\\\\Windows \\\"x\\\"\"\r\n"
    "\"Expand\"=hex(2):25,00,53,00,25,\\\r\n  00,00,00\r\n"
    "\"Multi\"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n"
    "\"Q\"=hex(b):88,77,66,55,44,33,22,11\r\n"
    "\"Bin\"=hex:de,ad,\\\r\n  be,\\\r\n  ef\r\n"
    "\"Empty\"=hex:\r\n"
    "\"Odd\"=hex(ffff0012):01\r\n"
    "\"Lines\"=\"one\r\ntwo\"\r\n"
    "\"Gone\"=-\r\n"
    "\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Old]\r\n"
    "\r\n[HKLM\\SOFTWARE\\With[brackets]]\r\n\"a=b\"=\"c\"\r\n";

void check_export(const RegText& r) {
  CHECK(r.losses.empty());
  REQUIRE(r.keys.size() == 3);
  CHECK(must(r, kCurrentVersion, "").text == "the default");
  CHECK(must(r, kCurrentVersion, "currentbuildnumber").text == "6003");
  CHECK(hex_of(must(r, kCurrentVersion, "CurrentBuildNumber")) == "36003000300033000000");
  CHECK(must(r, kCurrentVersion, "CurrentBuildNumber").line == 6);
  CHECK(must(r, kCurrentVersion, "UBR").number == 20489);
  CHECK(must(r, kCurrentVersion, "UBR").type == kDword);
  CHECK(hex_of(must(r, kCurrentVersion, "UBR")) == "09500000");
  CHECK(must(r, kCurrentVersion, "Path").text == "C:\\Windows \"x\"");
  CHECK(must(r, kCurrentVersion, "Expand").text == "%S%");
  CHECK(must(r, kCurrentVersion, "Multi").text == "a\nb");
  CHECK(must(r, kCurrentVersion, "Q").number == 0x1122334455667788);
  CHECK(must(r, kCurrentVersion, "Bin").text == "deadbeef");
  CHECK(must(r, kCurrentVersion, "Empty").data.empty());
  CHECK(must(r, kCurrentVersion, "Odd").type == 0xFFFF0012);
  CHECK(must(r, kCurrentVersion, "Lines").text == "one\r\ntwo");
  CHECK(find_value(*find_key(r, kCurrentVersion), "Gone") == nullptr);
  CHECK(r.keys[0].values.back().deleted);
  CHECK(r.keys[1].deleted);
  CHECK(find_key(r, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Old") == nullptr);
  CHECK(must(r, "HKEY_LOCAL_MACHINE\\SOFTWARE\\With[brackets]", "a=b").text == "c");
}

TEST_CASE("regtext: an export of version 5, as UTF-8 and as UTF-16") {
  CHECK(looks_like(kExport));
  const auto r = parse(kExport);
  REQUIRE(r);
  CHECK(r->layout == Layout::version5);
  check_export(*r);
  std::string wide = "\xFF\xFE";
  for (char c : kExport) wide += c, wide += '\0';
  const auto again = parse(format::textcodec::decode(bytes_of(wide)).utf8);
  REQUIRE(again);
  check_export(*again);
}

TEST_CASE("regtext: REGEDIT4 strings become UTF-16") {
  const auto r = parse(
      "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\r\n\"Path\"=hex(2):25,53,25,00\r\n\"Multi\"=hex(7):61,00,62,00,"
      "00\r\n\"Current\"=dword:1\r\n");
  REQUIRE(r);
  CHECK(r->layout == Layout::regedit4);
  CHECK(must(*r, "HKEY_LOCAL_MACHINE\\SYSTEM\\Select", "Path").text == "%S%");
  CHECK(hex_of(must(*r, "HKEY_LOCAL_MACHINE\\SYSTEM\\Select", "Multi")) == "61000000620000000000");
  CHECK(must(*r, "HKEY_LOCAL_MACHINE\\SYSTEM\\Select", "Current").number == 1);
}

TEST_CASE("regtext: reg query with blanks and with tabs") {
  const std::string head = "C:\\>reg query \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\" /s\r\n\r\n";
  const std::string body =
      "    (Default)    REG_SZ    (value not set)\r\n"
      "    Current Build    REG_SZ    6003\r\n"
      "    UBR    REG_DWORD    0x5009\r\n"
      "    Empty    REG_SZ    \r\n"
      "    Multi    REG_MULTI_SZ    a\\0b\r\n"
      "    Bin    REG_BINARY    DEADBEEF\r\n"
      "    Q    REG_QWORD    0x1122334455667788\r\n"
      "    None    REG_NONE    \r\n"
      "    A REG_SZ name    REG_EXPAND_SZ    %SystemRoot%    REG_SZ    x\r\n"
      "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Sub\r\n    <NO NAME>    REG_SZ    d\r\n\r\nEnd of search: "
      "9 match(es) found.\r\n";
  std::string tabs;
  for (std::size_t i = 0; i < body.size();) {
    const bool layout = body.substr(i, 4) == "    " && i > 0 && body[i - 1] != '\n';
    tabs += layout ? '\t' : body[i];
    i += layout ? 4 : 1;
  }
  for (const std::string& text :
       {head + kCurrentVersion + "\r\n" + body, "! REG.EXE VERSION 3.0\r\n\r\n" + std::string(kCurrentVersion) + "\r\n" + tabs}) {
    CHECK(looks_like(text));
    const auto r = parse(text);
    REQUIRE(r);
    CHECK(r->layout == Layout::query);
    CHECK(r->losses.empty());
    CHECK(find_value(*find_key(*r, kCurrentVersion), "") == nullptr);
    CHECK(must(*r, kCurrentVersion, "Current Build").text == "6003");
    CHECK(must(*r, kCurrentVersion, "UBR").number == 20489);
    CHECK(must(*r, kCurrentVersion, "Empty").text.empty());
    CHECK(hex_of(must(*r, kCurrentVersion, "Empty")) == "0000");
    CHECK(hex_of(must(*r, kCurrentVersion, "Multi")) == "61000000620000000000");
    CHECK(must(*r, kCurrentVersion, "Bin").text == "deadbeef");
    CHECK(must(*r, kCurrentVersion, "Q").number == 0x1122334455667788);
    CHECK(must(*r, kCurrentVersion, "A REG_SZ name").type == kExpandSz);
    CHECK(must(*r, std::string(kCurrentVersion) + "\\Sub", "").text == "d");
  }
}

TEST_CASE("regtext: damaged lines cost themselves only") {
  const auto r = parse(
      "Windows Registry Editor Version "
      "5.00\n[HKEY_LOCAL_MACHINE\\A]\n\"x\"=dword:zz\n\"y\"=dword:00001772\nnonsense\n\"z\"=hex:1,22,gg\n[HKEY_NOWHERE\\B]\n\"lost\"="
      "\"1\"\n"
      "[HKEY_LOCAL_MACHINE\\C]\n\"ok\"=\"6003\"\n\"open\"=\"never closed\n");
  REQUIRE(r);
  CHECK(must(*r, "HKEY_LOCAL_MACHINE\\A", "y").number == 6002);
  CHECK(must(*r, "HKEY_LOCAL_MACHINE\\C", "ok").text == "6003");
  CHECK(r->keys.size() == 2);
  std::string places;
  for (const auto& e : r->losses) places += e.place.substr(e.place.rfind(' '));
  CHECK(places == " 3 5 6 7 11");
}

TEST_CASE("regtext: a key that comes again continues its first appearance") {
  const auto r = parse("REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n\"x\"=\"1\"\n[HKEY_LOCAL_MACHINE\\B]\n[HKEY_local_machine\\a]\n\"y\"=\"2\"\n");
  REQUIRE(r);
  REQUIRE(r->keys.size() == 2);
  CHECK(r->keys[0].values.size() == 2);
}

TEST_CASE("regtext: exports of hivexregedit") {
  const auto software = test::corpus("hives/reg-text/phony-windows-software.reg");
  if (!software) return;
  const auto bytes = test::slurp(*software);
  const auto r = parse(bytes_of(bytes).chars());
  REQUIRE(r);
  CHECK(looks_like(bytes_of(bytes).chars()));
  CHECK(r->layout == Layout::headless);
  CHECK(r->losses.empty());
  CHECK(must(*r, kCurrentVersion, "ProductName").text == "Microsoft Windows 7 Phony Edition");
  CHECK(must(*r, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\test3", "InstallLocation").text ==
        "C:\\Program Files\\Red Hat\\test3");
  const auto system_bytes = test::slurp(*test::corpus("hives/reg-text/phony-windows-system.reg"));
  const auto s = parse(bytes_of(system_bytes).chars());
  REQUIRE(s);
  CHECK(must(*s, "HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices", "\\DosDevices\\C:").data.size() == 12);
  CHECK(must(*s, "HKEY_LOCAL_MACHINE\\SYSTEM\\Select", "LastKnownGood").number == 2);
}

TEST_CASE("regtext: what is none, and long lines") {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("\x89PNG\r\n\x1a\n", 8), std::string_view("[section]\nkey=1\n"),
        std::string_view("HKEY_LOCAL_MACHINE\n"), std::string_view("[-]\n"), std::string_view("[\n")}) {
    CAPTURE(text);
    CHECK_FALSE(looks_like(text));
  }
  const auto r = parse("REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n\"x\"=hex:" + std::string(50'000'000, '0') + "\n\"y\"=\"1\"\n" +
                       std::string(1'000'000, '"'));
  REQUIRE(r);
  CHECK(must(*r, "HKEY_LOCAL_MACHINE\\A", "y").text == "1");
  CHECK(r->losses.size() == 2);
}

TEST_CASE("regtext: the last value of a text that ends within it is left out, unless its form is whole") {
  const std::string reg = "Windows Registry Editor Version 5.00\n[HKEY_LOCAL_MACHINE\\A]\n\"y\"=dword:00000001\n";
  const std::string query = "\nHKEY_LOCAL_MACHINE\\A\n    y    REG_DWORD    0x1\n";
  struct Case {
    const std::string& head;
    const char* last;
    bool kept;
  };
  const Case cases[] = {
      {reg, "\"x\"=dword:00001772", true},
      {reg, "\"x\"=dword:0000177", false},
      {reg, "\"x\"=dword:1\n", true},
      {reg, "\"x\"=\"6003\"", true},
      {reg, "\"x\"=\"600", false},
      {reg, "\"x\"=hex:01,02", false},
      {reg, "\"x\"=hex:01,02\n", true},
      {reg, "\"x\"=hex:01,\\\n", false},
      {query, "    x    REG_SZ    6003", true},
      {query, "    x    REG_SZ    600", false},
      {query, "    x    REG_SZ    6003.20", false},
      {query, "    x    REG_SZ    Service", false},
      {query, "    x    REG_SZ    1776", false},
      {query, "    x    REG_DWORD    0x7", false},
      {query, "    x    REG_DWORD    0x7\n", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.last);
    const auto r = parse(c.head + c.last);
    REQUIRE(r);
    REQUIRE(r->keys.size() == 1);
    CHECK(find_value(r->keys[0], "y") != nullptr);
    CHECK((find_value(r->keys[0], "x") != nullptr) == c.kept);
    CHECK(r->losses.empty() == c.kept);
  }
}

TEST_CASE("regtext: truncation at every length and random damage") {
  std::mt19937 random(20489);
  for (std::size_t n = 0; n < kExport.size(); ++n)
    if (const auto r = parse(std::string_view(kExport).substr(0, n))) CHECK(r->keys.size() <= 3);
  for (int round = 0; round < 1000; ++round) {
    std::string text = kExport;
    for (int k = 0; k < 6; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
    if (const auto r = parse(text)) CHECK(r->keys.size() <= 9);
  }
}

}  // namespace
