// Lists of updates: every layout of wmic and Get-HotFix, dates, damage.
#include "format/qfe/qfe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/text.hpp"
#include "format/textcodec/textcodec.hpp"
#include "tests/support/corpus.hpp"

namespace {
using namespace tq;
using namespace tq::format::qfe;

std::string text_of(const std::string& path) {
  const auto bytes = test::slurp(path);
  return format::textcodec::decode(bytes_of(bytes)).utf8;
}

std::set<std::uint32_t> kbs_of(const QfeList& list) {
  std::set<std::uint32_t> out;
  for (const auto& e : list.entries)
    if (e.kb != 0) out.insert(e.kb);
  return out;
}

TEST_CASE("qfe: Vista's table with hexadecimal times") {
  const auto path = test::corpus("inventory/vista_x64_sp1_qfe.txt");
  if (!path) return;
  const std::string text = text_of(*path);
  CHECK(looks_like(text));
  const auto r = parse(text);
  REQUIRE(r);
  CHECK(r->layout == Layout::table);
  CHECK(r->computer == "WINVISTASP0X64");
  REQUIRE(r->entries.size() == 174);
  CHECK(kbs_of(*r).size() == 173);  // 171 with KB in front, 943729 and 940157 without
  CHECK(r->losses.empty());
  CHECK(r->entries[0].id == "{7A068575-C5DB-43D9-BE20-3895D0C69B17}");
  CHECK(r->entries[0].kb == 0);
  CHECK(r->entries[0].date == Date{2019, 3, 21});
  CHECK(r->entries[1].kb == 937286);
  CHECK(r->entries[1].caption == "http://support.microsoft.com/?kbid=937286");
  CHECK(r->entries[1].installed_on == "01d4dfd0fb4eb361");
  REQUIRE(r->entries[1].file_time);
  CHECK(r->entries[1].file_time->text() == "2019-03-21T10:29:36Z");
  CHECK(r->entries[1].line == 3);
}

TEST_CASE("qfe: XP's table behind a message in another encoding, files instead of updates") {
  const auto path = test::corpus("inventory/xp_sp2_x64_qfe.txt");
  if (!path) return;
  const auto r = parse(text_of(*path));
  REQUIRE(r);
  CHECK(r->computer == "USER-8CEF73C787");
  CHECK(r->entries[0].id == "File 1");
  CHECK(r->entries[0].kb == 2115168);
  CHECK(r->entries.back().kb == 982665);
  CHECK(r->entries.back().description == "Security Update for Windows XP (KB982665)");
  CHECK(r->losses.empty());
  CHECK(std::count_if(r->entries.begin(), r->entries.end(), [](const Entry& e) { return e.kb == 0 && e.id == "MSCompPackV1"; }) == 1);
}

TEST_CASE("qfe: a Russian table is cut by characters, not by bytes") {
  const auto path = test::corpus("inventory/srv_2012r2_x64_standard_ru_qfe.txt");
  if (!path) return;
  const auto r = parse(text_of(*path));
  REQUIRE(r);
  REQUIRE(r->entries.size() == 7);
  CHECK(r->computer == "DC");
  CHECK(r->entries[0].kb == 2919355);
  CHECK(r->entries[0].installed_on == "3/18/2014");
  CHECK(r->entries[6].date == Date{2020, 4, 17});
}

struct Case {
  const char* name;
  std::string text;
  Layout layout;
};

std::vector<Case> layouts() {
  return {
      {"wmic_list",
       "\r\r\n\r\r\nCaption=http://support.microsoft.com/"
       "?kbid=955430\r\r\nCSName=SRV\r\r\nDescription=Update\r\r\nFixComments=\r\r\nHotFixID=KB955430\r\r\nInstalledBy="
       "X\\y\r\r\nInstalledOn=4/9/2019\r\r\n"
       "\r\r\n\r\r\nCaption=http://support.microsoft.com/"
       "?kbid=968930\r\r\nCSName=SRV\r\r\nDescription=Hotfix\r\r\nHotFixID=KB968930\r\r\nInstalledOn=4/19/2019\r\r\n",
       Layout::list},
      {"wmic_csv",
       "\r\n\r\nNode,Caption,CSName,Description,FixComments,HotFixID,InstallDate,InstalledBy,InstalledOn,Name,ServicePackInEffect,"
       "Status\r\n"
       "SRV,http://support.microsoft.com/?kbid=955430,SRV,Update,,KB955430,,X,4/9/2019,,,\r\nSRV,http://x,SRV,Hotfix,,KB968930,,X,4/19/"
       "2019,,,\r\n",
       Layout::csv},
      {"wmic_brief",
       "Description  FixComments  HotFixID  InstallDate  InstalledBy  InstalledOn  Name  ServicePackInEffect  Status  \r\n"
       "Update                    KB955430               X            4/9/2019                                          \r\n"
       "Hotfix                    KB968930               X            4/19/2019                                         \r\n",
       Layout::table},
      {"wmic_get", "C:\\>wmic qfe get HotFixID,InstalledOn\nHotFixID   InstalledOn\nKB955430   4/9/2019\nKB968930   4/19/2019\n\nC:\\>\n",
       Layout::table},
      {"ps_table",
       "PS C:\\> Get-HotFix\n\nSource        Description      HotFixID      InstalledBy          InstalledOn              \n"
       "------        -----------      --------      -----------          -----------              \n"
       "SRV           Update           KB955430      NT-AUTORITÄT\\SYSTEM  4/9/2019 12:00:00 AM     \n"
       "SRV           Hotfix           KB968930      NT AUTHORITY\\SYSTEM  4/19/2019 12:00:00 AM    \n\n",
       Layout::table},
      {"ps_list",
       "\nDescription         : Update\nFixComments         : \nHotFixID            : KB955430\nInstalledBy         : X\nInstalledOn       "
       "  : 4/9/2019 12:00:00 AM\nPSComputerName      : SRV\n\n"
       "Description         : Hotfix\nHotFixID            : KB968930\nInstalledOn         : 4/19/2019 12:00:00 AM\n\n",
       Layout::list},
      {"ps_csv",
       "#TYPE "
       "System.Management.ManagementObject#root\\cimv2\\Win32_QuickFixEngineering\n\"PSComputerName\",\"InstalledOn\",\"Caption\","
       "\"Description\",\"HotFixID\"\n"
       "\"SRV\",\"4/9/2019 12:00:00 AM\",\"http://x\",\"Update\",\"KB955430\"\n\"SRV\",\"4/19/2019 12:00:00 "
       "AM\",\"http://x\",\"Hotfix\",\"KB968930\"\n",
       Layout::csv},
      {"ps_json",
       R"([{"CSName":"SRV","Description":"Update","HotFixID":"KB955430","InstalledOn":{"value":"\/Date(1554768000000)\/","DateTime":"x"}},)"
       R"({"CSName":"SRV","Description":"Hotfix","HotFixID":"KB968930","InstalledOn":"2019-04-19T00:00:00"}])",
       Layout::json},
  };
}

const std::set<std::uint32_t>& layouts_kbs() {
  static const std::set<std::uint32_t> kbs = {955430, 968930};
  return kbs;
}

TEST_CASE("qfe: every layout gives the same two updates") {
  for (const auto& c : layouts()) {
    CAPTURE(c.name);
    CHECK(looks_like(c.text));
    const auto r = parse(c.text);
    REQUIRE(r);
    CHECK(r->layout == c.layout);
    REQUIRE(r->entries.size() == 2);
    CHECK(r->entries[0].kb == 955430);
    CHECK(r->entries[1].kb == 968930);
    // 4/9 has two readings; the other line of the list shows the order.
    CHECK(r->entries[0].date == Date{2019, 4, 9});
    CHECK(r->entries[1].date == Date{2019, 4, 19});
    CHECK(r->losses.empty());
    CHECK((r->computer == "SRV" || std::string(c.name) == "wmic_brief" || std::string(c.name) == "wmic_get"));
  }
}

TEST_CASE("qfe: plain lists") {
  const auto r = parse("# updates\nKB955430, KB968930\r\n\r\n  kb956250;2506146\n");
  REQUIRE(r);
  CHECK(r->layout == Layout::plain);
  CHECK(kbs_of(*r) == std::set<std::uint32_t>{955430, 956250, 968930, 2506146});
  CHECK(r->entries[3].line == 4);
  CHECK_FALSE(looks_like("KB955430 is installed on all machines\n"));
  CHECK_FALSE(looks_like("2019\n"));
  CHECK_FALSE(looks_like(""));
  CHECK_FALSE(looks_like(std::string_view("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)));
  CHECK_FALSE(looks_like("name,os,version,hotfixid\nA,Windows,6.0.6002,KB955430\n"));
}

TEST_CASE("qfe: the head of a longer file is enough to recognise it") {
  std::string plain, json = "[";
  for (int i = 0; i < 2000; ++i) {
    plain += "KB" + std::to_string(4000000 + i) + "\r\n";
    json += "{\"HotFixID\":\"KB" + std::to_string(4000000 + i) + "\"},\n";
  }
  for (const std::size_t n : {4096U, 4099U, 5000U, 8191U}) {
    CHECK(looks_like(plain.substr(0, n)));
    CHECK(looks_like(json.substr(0, n)));
  }
  CHECK_FALSE(looks_like("[{\"name\":\"A\",\"os_version\":\"6.0.6003\",\"HotFixID\":\"KB955430\"},"));
}

TEST_CASE("qfe: dates are read only when they have one reading") {
  const auto is = [](const char* s, Date d) {
    CAPTURE(s);
    CHECK(read_date(s) == d);
  };
  is("01d3e5ce0a7a7c6a", {2018, 5, 7});
  is("20190321", {2019, 3, 21});
  is("2019-03-21T10:00:00", {2019, 3, 21});
  is("2019/3/21", {2019, 3, 21});
  is("21.3.2019", {2019, 3, 21});
  is("1.2.2019 0:00:00", {2019, 2, 1});
  is("3/21/2019", {2019, 3, 21});
  is("21/03/2019 00:00:00", {2019, 3, 21});
  is("4/4/2019", {2019, 4, 4});
  for (const char* s : {"", "4/9/2019", "31/31/2019", "2019-02-30", "99999999", "0000000000000000", "ffffffffffffffff", "01d3e5ce0a7a7c6",
                        "/Date(-1)/", "21/3/19"}) {
    CAPTURE(s);
    CHECK_FALSE(read_date(s));
  }
  const auto mixed = parse("HotFixID   InstalledOn\nKB955430   13/4/2019\nKB955431   4/13/2019\nKB955432   4/9/2019\n");
  REQUIRE(mixed);
  CHECK_FALSE(mixed->entries[2].date);
  CHECK(mixed->entries[2].installed_on == "4/9/2019");
}

TEST_CASE("qfe: several computers, damaged rows and rows out of line") {
  const auto r = parse(
      "Source  Description  HotFixID  InstalledOn\nA       Update       KB955430  4/19/2019\nB       Update       KB968930  4/19/2019\nA   "
      "Update  KB956250  x\n????????????????????????????????????\n");
  REQUIRE(r);
  CHECK(r->several_computers);
  CHECK(r->computer.empty());
  CHECK(r->entries[1].computer == "B");
  CHECK(kbs_of(*r) == std::set<std::uint32_t>{955430, 956250, 968930});
  REQUIRE(r->losses.size() == 1);
  CHECK(r->losses[0].place == "qfe line 5");
}

TEST_CASE("qfe: a comma that wmic did not quote") {
  const auto r =
      parse("Node,Caption,CSName,Description,FixComments,HotFixID,InstalledOn\nSRV,http://x,SRV,Update, for all,,KB955430,4/19/2019\n");
  REQUIRE(r);
  REQUIRE(r->entries.size() == 1);
  CHECK(r->entries[0].kb == 955430);
}

TEST_CASE("qfe: 100,000 updates, and more than the limit") {
  std::string text = "HotFixID   InstalledOn\n";
  for (int i = 0; i < 200001; ++i) text += "KB" + std::to_string(1000000 + i) + "  4/19/2019\n";
  const auto r = parse(text);
  REQUIRE(r);
  CHECK(r->entries.size() == 200000);
  REQUIRE(r->losses.size() == 1);
  CHECK(r->losses[0].code == ErrorCode::limit);
}

TEST_CASE("qfe: a list that is cut says so, wherever more than whole updates is left of it") {
  for (const auto& c : layouts()) {
    CAPTURE(c.name);
    const std::size_t first = c.text.find("KB955430") + 8, second = c.text.find("KB968930") + 8;
    const bool records = c.layout == Layout::list;
    const std::size_t begin =
        records ? c.text.rfind(c.text.find("Caption") == std::string::npos ? "Description" : "Caption") : c.text.rfind('\n', second) + 1;
    for (std::size_t n = 0; n < c.text.size(); ++n) {
      const auto r = parse(std::string_view(c.text).substr(0, n));
      if (!r) continue;
      CAPTURE(n);
      const std::size_t whole = n >= second ? 2 : n >= first ? 1 : 0;
      const auto kbs = kbs_of(*r);
      CHECK(kbs.size() == r->entries.size());
      CHECK(std::includes(layouts_kbs().begin(), layouts_kbs().end(), kbs.begin(), kbs.end()));
      CHECK(r->entries.size() <= whole);
      if (!r->losses.empty()) continue;
      // Between the first update and the first letter of the second nothing tells that there was more.
      CHECK(r->entries.size() == whole);
      CHECK((n >= second || (n >= first && n <= begin)));
    }
  }
}

TEST_CASE("qfe: truncation at every length and random damage never break the reader") {
  std::mt19937 random(6003);
  for (const auto& c : layouts()) {
    for (std::size_t n = 0; n < c.text.size(); ++n) {
      const auto r = parse(std::string_view(c.text).substr(0, n));
      if (r) CHECK(r->entries.size() <= 2);
    }
    for (int round = 0; round < 200; ++round) {
      std::string text = c.text;
      for (int k = 0; k < 5; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
      const auto r = parse(text);
      if (r) CHECK(r->entries.size() <= 8);
    }
  }
}

}  // namespace
