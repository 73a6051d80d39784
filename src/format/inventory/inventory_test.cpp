// Inventories: names of columns, separators, joins, damage, size.
#include "format/inventory/inventory.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>

#include "core/text.hpp"
#include "format/qfe/qfe.hpp"
#include "format/systeminfo/systeminfo.hpp"
#include "format/textcodec/textcodec.hpp"

namespace {
using namespace tq;
using namespace std::string_view_literals;
using namespace tq::format::inventory;

Inventory must(std::string_view text, const Mapping& mapping = {}) {
  auto r = parse(text, mapping);
  REQUIRE(r);
  return *std::move(r);
}

TEST_CASE("inventory: a CSV of two builds that must not be mixed up") {
  const auto r = must(
      "Name,OS,OS_Version,Service Pack,Architecture,Location,Hotfixes,Owner team\r\n"
      "BAGGAGE-07,Windows Server 2008 Standard,6.0.6003 Service Pack 2 Build 6003,,x64-based PC,\"Gate B, level "
      "0\",KB4493730;KB4474419,Ops\r\n"
      "GATE-01,Windows Server 2008 Standard,6.0.6002,2,32-bit,,,\r\n"
      "DESK-3,Windows 7 Professional,6.1.7601.24214,Service Pack 1,AMD64,,\"KB4499164, 976902|KB2533552\",\r\n");
  REQUIRE(r.machines.size() == 3);
  const Machine& a = r.machines[0];
  CHECK(a.name == "BAGGAGE-07");
  CHECK(a.product == "Windows Server 2008 Standard");
  CHECK(a.major == 6);
  CHECK(a.minor == 0);
  CHECK(a.build == 6003);
  CHECK_FALSE(a.revision);
  CHECK(a.service_pack == 2);
  CHECK(a.arch == "x64");
  CHECK(a.site == "Gate B, level 0");
  CHECK(a.kbs == std::vector<std::uint32_t>{4474419, 4493730});
  CHECK(a.labels == std::vector<std::pair<std::string, std::string>>{{"Owner team", "Ops"}});
  CHECK(a.line == 2);
  CHECK(r.machines[1].build == 6002);
  CHECK(r.machines[1].service_pack == 2);
  CHECK(r.machines[1].arch == "x86");
  CHECK_FALSE(r.machines[1].updates_given);
  CHECK(r.machines[2].revision == 24214);
  CHECK(r.machines[2].kbs.size() == 3);
  CHECK(r.losses.empty());
}

TEST_CASE("inventory: forms of versions") {
  struct Case {
    const char* text;
    std::uint32_t build;
    bool disagree;
  };
  for (const Case& c : {Case{"6.0.6003", 6003, false}, Case{"6.0.6003.20489", 6003, false}, Case{"6.0 (6003)", 6003, false},
                        Case{"6.0.6002 Service Pack 2 Build 6003", 6002, true}, Case{"Microsoft Windows [Version 6.0.6002]", 6002, false},
                        Case{"10.0.17763 N/A Build 17763", 17763, false}}) {
    CAPTURE(c.text);
    const auto r = must(std::string("name;version\nA;") + c.text + "\n");
    CHECK(r.machines[0].build == c.build);
    CHECK(r.machines[0].builds_disagree == c.disagree);
    CHECK(r.machines[0].version_text == c.text);
  }
  for (const char* text : {"", "6", "unknown", "2008", "1.2.3.4", "99.99.99999", "6.0.600", "6.0.70000"}) {
    CAPTURE(text);
    CHECK_FALSE(must(std::string("name;version\nA;") + text + "\n").machines[0].build);
  }
  const auto split = must("name,version,buildnumber\nA,6.0,6003\nB,6.0.6002,6003\n");
  CHECK(split.machines[0].major == 6);
  CHECK(split.machines[0].build == 6003);
  CHECK(split.machines[1].builds_disagree);
}

TEST_CASE("inventory: Excel's separators, marks, and encodings") {
  const std::string text = "sep=;\r\nci_name;caption;version;kbs\r\n\"SRV;1\";Windows Server 2008;6.0.6003;\"KB4493730\r\nKB4474419\"\r\n";
  std::string wide = "\xFF\xFE";
  for (char c : text) {
    wide += c;
    wide += '\0';
  }
  for (const std::string& bytes : {text, "\xEF\xBB\xBF" + text, wide}) {
    const auto decoded = format::textcodec::decode(bytes_of(bytes));
    CHECK(looks_like(decoded.utf8));
    const auto r = must(decoded.utf8);
    REQUIRE(r.machines.size() == 1);
    CHECK(r.machines[0].name == "SRV;1");
    CHECK(r.machines[0].build == 6003);
    CHECK(r.machines[0].kbs.size() == 2);
    CHECK(r.machines[0].line == 3);
  }
  CHECK(must("name\tversion\nA\t6.0.6002\n").machines[0].build == 6002);
}

TEST_CASE("inventory: the first known name counts, case and separators ignored") {
  const auto r = must("computer-name,HOST_NAME,Os Version\nlabel,name,6.0.6002\n");
  CHECK(r.machines[0].name == "name");
  CHECK(r.machines[0].labels.at(0) == std::pair<std::string, std::string>{"computer-name", "label"});
}

TEST_CASE("inventory: --map") {
  const auto map = parse_map("name=Asset Tag,version=fw,updates=patches");
  REQUIRE(map);
  const auto r = must("name,asset_tag,FW,patches\nlabel,A1,6.0.6003,KB4493730\n", *map);
  CHECK(r.machines[0].name == "A1");
  CHECK(r.machines[0].build == 6003);
  CHECK(r.machines[0].kbs.size() == 1);
  CHECK(r.machines[0].labels.at(0).second == "label");
  for (const char* bad : {"name", "name=", "colour=x", "=x"}) {
    CAPTURE(bad);
    const auto e = parse_map(bad);
    REQUIRE_FALSE(e);
    CHECK(e.error().code == ErrorCode::usage);
  }
  const auto absent = parse("a,b\n1,2\n", *map);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().wanted == "the column \"Asset Tag\"");
}

TEST_CASE("inventory: rows of one machine are put together in first-appearance order") {
  const auto r = must(
      "name,version,hotfixid,rack\nB,6.0.6003,KB4493730,1\nA,6.0.6002,KB955430,2\nb,6.0.6003,KB4474419,1\nB,,KB4493730,3\nA,6.0.6003,,2\n,"
      "6.0.6002,,\n,6.0.6002,,\n");
  REQUIRE(r.machines.size() == 4);
  CHECK(r.rows == 7);
  CHECK(r.machines[0].name == "B");
  CHECK(r.machines[0].rows == 3);
  CHECK(r.machines[0].kbs == std::vector<std::uint32_t>{4474419, 4493730});
  CHECK(r.machines[0].labels.size() == 2);
  CHECK(r.machines[0].conflicts.empty());
  CHECK(r.machines[1].build == 6002);
  REQUIRE(r.machines[1].conflicts.size() == 2);  // the version text, and the build in it
  CHECK(r.machines[1].conflicts[0].place == "inventory line 6");
}

TEST_CASE("inventory: NDJSON and a JSON array") {
  const std::string first =
      R"j({"hostname":"A","os":"Windows Server 2008","os_version":"6.0.6003","hotfixes":["KB4493730",{"HotFixID":"KB4474419"}],"cpu":4,"kernel":"6.0.6003.20489 (vistasp2_ldr)"})j";
  const std::string second = R"({"name":"B","version":"6.0.6002","x":{"y":[1,2]},"arch":"ia64"})";
  for (const std::string& text : {first + "\n" + second + "\n", "[" + first + ",\n" + second + "]"}) {
    CHECK(looks_like(text));
    const auto r = must(text);
    REQUIRE(r.machines.size() == 2);
    CHECK(r.machines[0].name == "A");
    CHECK(r.machines[0].build == 6003);
    CHECK(r.machines[0].kbs.size() == 2);
    CHECK(r.machines[0].kernel == FileVersion{6, 0, 6003, 20489});
    CHECK(r.machines[0].labels == std::vector<std::pair<std::string, std::string>>{{"cpu", "4"}});
    CHECK(r.machines[1].build == 6002);
    CHECK(r.machines[1].arch == "ia64");
    CHECK(r.machines[1].labels.at(0).second == R"({"y":[1,2]})");
  }
}

TEST_CASE("inventory: the head of a longer file is enough to recognise it") {
  CHECK(looks_like(R"([{"name":"A","x":{"y":"}"},"version":"6.0.6003"},{"name":"B","ver)"));
  CHECK(looks_like("name;version\nA;6.0.60"));
  CHECK(looks_like("{\"name\":\"A\",\"version\":\"6.0.6003\"}\n{\"na"));
  CHECK_FALSE(looks_like(R"([{"name":"A","version":"6.0.6)"));
}

TEST_CASE("inventory: damaged rows are named and the others read") {
  const auto csv = must("name,version\nA,6.0.6002\nB,6.0,6003\nC,6.0.6003,\nD,\"6.0.6003\n");
  REQUIRE(csv.machines.size() == 2);
  CHECK(csv.machines[1].name == "C");
  REQUIRE(csv.losses.size() == 2);
  CHECK(csv.losses[0].place == "inventory line 3");
  CHECK(csv.losses[1].place == "inventory line 5");
  CHECK(csv.lost_rows == 2);

  const std::string deep(100000, '[');
  const auto json = must("{\"name\":\"A\",\"version\":\"6.0.6002\"}\nnot json\n{\"name\":\"B\",\"x\":" + deep +
                         "}\n[1]\n{\"colour\":1}\n{\"name\":\"C\",\"version\":\"6.0.6003\"}\n");
  REQUIRE(json.machines.size() == 2);
  CHECK(json.machines[1].line == 6);
  CHECK(json.lost_rows == 4);
}

TEST_CASE("inventory: what is none") {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), std::string_view("name\nA\n"),
        std::string_view("colour,size\nred,1\n"), std::string_view("Node,Caption,CSName,HotFixID,Name\nA,http://x,A,KB955430,\n"),
        std::string_view("Host Name: A\nOS Version: 6.0.6002 Service Pack 2 Build 6002\n"), std::string_view("[1,2"),
        std::string_view("{}"), std::string_view("[]"), std::string_view("{\"a\":1}")}) {
    CAPTURE(text);
    CHECK_FALSE(looks_like(text));
  }
}

TEST_CASE("inventory: its texts are not taken for those of one machine") {
  const char* text = "name,os,version,hotfixid\nA,Windows Server 2008,6.0.6002 Service Pack 2 Build 6002,KB955430\n";
  CHECK(looks_like(text));
  CHECK_FALSE(format::systeminfo::looks_like(text));
  CHECK_FALSE(format::qfe::looks_like(text));
}

TEST_CASE("inventory: hostile names stay what they are") {
  const auto r = must("name,version\n\"=cmd|' /C calc'!A0\x1b[31m\",6.0.6003\nN\0L,6.0.6002\n"sv);
  REQUIRE(r.machines.size() == 2);
  CHECK(r.machines[0].name == "=cmd|' /C calc'!A0\x1b[31m");
  CHECK(r.machines[1].name == "N\0L"sv);
}

TEST_CASE("inventory: limits of cells, columns and lines") {
  const auto r = must("name,version,note,kbs\nA,6.0.6003," + std::string(1 << 20, 'x') + "," + [] {
    std::string s;
    for (int i = 0; i < 100000; ++i) s += "KB" + std::to_string(1000000 + i) + " ";
    return s;
  }() + "\nB,6.0.6002,,\n");
  REQUIRE(r.machines.size() == 2);
  CHECK(r.machines[0].labels[0].second.size() == kFieldBytes);
  CHECK(r.machines[0].kbs.size() == 100000);
  const auto wide = must("name,version\nA,6.0.6003\n" + std::string(50'000'000, ',') + "\nB,6.0.6002\n" + std::string(50'000'000, 'x') +
                         ",6.0.6002\nC,6.0.6003\n");
  REQUIRE(wide.machines.size() == 3);
  CHECK(wide.machines[2].name == "C");
  CHECK(wide.lost_rows == 2);
}

TEST_CASE("inventory: open quotes on every line cost no quadratic time") {
  std::string text = "name,version\n";
  for (int i = 0; i < 300000; ++i) text += "a\"b,\"\n";
  const auto start = std::chrono::steady_clock::now();
  const auto r = parse(text);
  REQUIRE(r);
  CHECK(r->lost_rows > 0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("inventory: the last cell of a text that ends within it is left out, and named") {
  struct Case {
    const char* text;
    bool cut;
    std::size_t kbs;
  };
  const Case cases[] = {
      {"name,version,hotfixes\nA,6.0.6003,KB955430;KB4493730", false, 2},
      {"name,version,hotfixes\nA,6.0.6003,KB955430;KB4493", true, 0},
      {"name,version,hotfixes\nA,6.0.6003,KB955430;", true, 0},
      {"name,version,hotfixes\nA,6.0.6003,KB955430;\n", false, 1},
      {"name,version,hotfixes\nA,6.0.6003,\"KB955430;KB4493\"", false, 1},
      {"name,version,hotfixes,site\nA,6.0.6003,KB955430;KB4493730", true, 0},
      {"name,version,hotfixes,site\nA,6.0.6003,KB955430;KB4493730,", false, 2},
      {"name,hotfixes,version\nA,KB955430,6.0.6003", false, 1},
      {"name,hotfixes,version\nA,KB955430,6.0.600", true, 1},
      {"name,hotfixes,version\nA,KB955430,6.0.6003.20489", false, 1},
      {"name,hotfixes,version\nA,KB955430,6.0.6003.2048", true, 1},
      {"name,hotfixes,version\nA,KB955430,6.0.6003 Service Pack 2", false, 1},
      {"name,hotfixes,version\nA,KB955430,10.0.1776", true, 1},
      {"name,hotfixes,version\nA,KB955430,10.0.17763", false, 1},
      {"name,hotfixes,build\nA,KB955430,6003", false, 1},
      {"name,hotfixes,build\nA,KB955430,1776", true, 1},
      {"name,hotfixes,site\nA,KB955430,Gate", false, 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto r = parse(c.text);
    REQUIRE(r);
    REQUIRE(r->machines.size() == 1);
    const Machine& m = r->machines[0];
    CHECK(m.updates_cut == c.cut);
    CHECK(m.conflicts.size() == (c.cut ? 1 : 0));
    CHECK(m.kbs.size() == c.kbs);
    if (c.cut) CHECK((m.conflicts[0].code == ErrorCode::truncated && (!m.build || m.build == 6003)));
  }
}

TEST_CASE("inventory: which cells are a list of updates, and which are a whole one") {
  struct Case {
    const char* cell;
    bool given, cut;
    std::size_t kbs;
  };
  for (const Case& c : {Case{"KB955430;KB4493730", true, false, 2}, Case{"0", true, false, 0}, Case{"none", true, false, 0},
                        Case{"0 Hotfix(s) Installed.", true, false, 0}, Case{"N/A", false, false, 0}, Case{"-", false, false, 0},
                        Case{"unknown", false, false, 0}, Case{"see ticket 4711", false, false, 0}, Case{"Q147222", true, false, 0},
                        Case{"2 Hotfix(s) Installed.,[01]: KB955430,[02]: KB4493730", true, false, 2},
                        Case{"3 Hotfix(s) Installed.,[01]: KB955430,[02]: KB4493730", true, true, 2}}) {
    CAPTURE(c.cell);
    const auto r = parse("name,version,hotfixes\nA,6.0.6003,\"" + std::string(c.cell) + "\"\n");
    REQUIRE(r);
    REQUIRE(r->machines.size() == 1);
    CHECK(r->machines[0].updates_given == c.given);
    CHECK(r->machines[0].updates_cut == c.cut);
    CHECK(r->machines[0].kbs.size() == c.kbs);
  }
}

TEST_CASE("inventory: with a row for each update a lost row may have held one") {
  const std::string rows = "name,version,hotfixid\nA,6.0.6003,KB955430\nA,6.0.6003,KB4493730\nB,6.0.6003,KB955430\n";
  const std::string one_each = "name,version,hotfixes\nA,6.0.6003,KB955430\nB,6.0.6003,KB955430\n";
  const auto machines = [](const std::string& text) { return parse(text)->machines; };
  for (const auto& m : machines(rows)) CHECK_FALSE(m.updates_cut);
  for (const auto& m : machines(rows + "\"C,6.0.6003,KB4493730\n")) CHECK(m.updates_cut);
  for (const auto& m : machines(rows + "b,6.0.6003,\"KB4493730\n")) CHECK(m.updates_cut == (m.name == "B"));
  for (const auto& m : machines(rows + "b,6.0.6003,KB4493730,moved\n")) CHECK(m.updates_cut == (m.name == "B"));
  for (const auto& m : machines(one_each + "\"C,6.0.6003,KB4493730\n")) CHECK_FALSE(m.updates_cut);
}

TEST_CASE("inventory: truncation at every length and random damage") {
  const std::string csv = "name;os;version;hotfixes\r\n\"A\";\"Windows \"\"Server\"\" 2008\";6.0.6003;KB4493730\r\nB;x;6.0.6002;\r\n";
  const std::string json = "{\"name\":\"A\",\"version\":\"6.0.6003\",\"kbs\":[\"KB4493730\"]}\n{\"name\":\"B\",\"version\":\"6.0.6002\"}\n";
  std::mt19937 random(6002);
  for (const std::string& whole : {csv, json}) {
    for (std::size_t n = 0; n < whole.size(); ++n)
      if (const auto r = parse(std::string_view(whole).substr(0, n))) CHECK(r->machines.size() <= 2);
    for (int round = 0; round < 500; ++round) {
      std::string text = whole;
      for (int k = 0; k < 4; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
      if (const auto r = parse(text)) CHECK(r->machines.size() <= 8);
    }
  }
}

}  // namespace
