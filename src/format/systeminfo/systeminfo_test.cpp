// systeminfo built by hand: languages by structure, the three layouts, edited and cut texts, hostile ones.
#include "format/systeminfo/systeminfo.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace {
using namespace tq;
using namespace tq::format::systeminfo;
using namespace std::string_view_literals;

/// The first lines of a machine with the given labels.
std::string list_text(std::string_view version, std::string_view configuration = "Standalone Server",
                      std::string_view hotfixes = "1 Hotfix(s) Installed.\r\n                           [01]: KB955430") {
  return "\r\nHost Name:                 BAGGAGE-07\r\nOS Name:                   Microsoft\xC2\xAE Windows Server\xC2\xAE 2008 Standard "
         "\r\nOS Version:                " +
         std::string(version) +
         "\r\nOS Manufacturer:           Microsoft Corporation\r\nOS Configuration:          " + std::string(configuration) +
         "\r\nOS Build Type:             Multiprocessor Free\r\nRegistered Owner:          A. Person\r\nRegistered Organization:   "
         "\r\nProduct ID:                92573-082-2500115-76924\r\n"
         "Original Install Date:     10/4/2025, 3:56:42 PM\r\nSystem Boot Time:          10/4/2025, 6:45:24 PM\r\nSystem Type:             "
         "  X86-based PC\r\n"
         "Processor(s):              1 Processor(s) Installed.\r\n                           [01]: x64 Family 6\r\nLogon Server:           "
         "   N/A\r\nHotfix(s):                 " +
         std::string(hotfixes) +
         "\r\nNetwork Card(s):           1 NIC(s) Installed.\r\n                           [01]: Adapter\r\n                               "
         "  [01]: 192.168.40.129\r\n";
}

SystemInfo must(std::string_view text) {
  CHECK(looks_like(text));
  auto r = parse(text);
  REQUIRE(r);
  return *std::move(r);
}

TEST_CASE("systeminfo: version lines of many languages") {
  struct Case {
    const char* text;
    std::uint32_t build;
    int service_pack;
    const char* pack_text;
  };
  const Case cases[] = {
      {"6.0.6002 Service Pack 2 Build 6002", 6002, 2, "Service Pack 2"},
      {"6.0.6003 Service Pack 2 Build 6003", 6003, 2, "Service Pack 2"},
      {"6.1.7601 Service Pack 1 version 7601", 7601, 1, "Service Pack 1"},
      {"10.0.17763 \u6682\u7f3a Build 17763", 17763, 0, "\u6682\u7f3a"},
      {"6.3.9600 \u041d/\u0414 \u043f\u043e\u0441\u0442\u0440\u043e\u0435\u043d\u0438\u0435 9600", 9600, 0, "\u041d/\u0414"},
      {"6.0.6003 \uc11c\ube44\uc2a4 \ud329 2 \ube4c\ub4dc 6003", 6003, 2, "\uc11c\ube44\uc2a4 \ud329 2"},
      {"6.0.6002 Service Pack 2 \u30d3\u30eb\u30c9 6002", 6002, 2, "Service Pack 2"},
      {"10.0.20348 N/A Build 20348", 20348, 0, "N/A"},
      {"6.0.6000 N/A Build 6000", 6000, 0, "N/A"},
      {"\u200e6.0.6002 Service Pack 2 Build 6002", 6002, 2, "Service Pack 2"}};
  for (const auto& c : cases) {
    CAPTURE(std::string(c.text));
    const auto m = must(list_text(c.text));
    CHECK(m.build == c.build);
    CHECK(m.text_build == c.build);
    CHECK(m.service_pack == c.service_pack);
    CHECK(m.service_pack_text == c.pack_text);
    CHECK_FALSE(m.builds_disagree);
    CHECK(m.os_version_line == c.text);
    CHECK(m.host == "BAGGAGE-07");
    CHECK(m.product == "Windows Server 2008 Standard");
    CHECK(m.arch == "x86");
    CHECK(m.install_date == "10/4/2025, 3:56:42 PM");
    CHECK(m.boot_time == "10/4/2025, 6:45:24 PM");
    CHECK(m.product_type == ProductType::server);
  }
}

TEST_CASE("systeminfo: a build that somebody edited in one place shows in the other") {
  const auto m = must(list_text("6.0.6002 Service Pack 2 Build 6003"));
  CHECK(m.build == 6002);
  CHECK(m.text_build == 6003);
  CHECK(m.builds_disagree);
}

TEST_CASE("systeminfo: revisions where they are printed") {
  CHECK(must(list_text("6.0.6003.20489 Service Pack 2 Build 6003")).revision == 20489);
  CHECK(must(list_text("10.0.19045 N/A Build 19045.2006")).revision == 2006);
  CHECK_FALSE(must(list_text("6.0.6003 Service Pack 2 Build 6003")).revision);
}

TEST_CASE("systeminfo: roles") {
  using enum ProductType;
  const std::pair<const char*, ProductType> roles[] = {
      {"Primary Domain Controller", domain_controller},
      {"Additional/Backup Domain Controller", domain_controller},
      {"\u0414\u043e\u043f\u043e\u043b\u043d\u0438\u0442\u0435\u043b\u044c\u043d\u044b\u0439 "
       "\u043a\u043e\u043d\u0442\u0440\u043e\u043b\u043b\u0435\u0440 \u0434\u043e\u043c\u0435\u043d\u0430",
       domain_controller},
      {"Prim\u00e4rer Dom\u00e4nencontroller", domain_controller},
      {"Contr\u00f4leur de domaine principal", domain_controller},
      {"Member Server", server},
      {"???", server}};
  for (const auto& [text, want] : roles) {
    CAPTURE(std::string(text));
    CHECK(must(list_text("6.0.6003 Service Pack 2 Build 6003", text)).product_type == want);
  }
}

TEST_CASE("systeminfo: hotfix lists") {
  const auto with = [](std::string_view list) { return must(list_text("6.0.6003 Service Pack 2 Build 6003", "Member Server", list)); };
  const auto several = with(
      "6 Hotfix(s) Installed.\r\n  [01]: {7A068575-C5DB-43D9-BE20-3895D0C69B17}\r\n  [02] : KB4493730\r\n  [03]: KB955430 - Update\r\n  "
      "[04]: KB4493730\r\n  [05]: File 1\r\n  [06]: Q147222");
  CHECK(several.kbs == std::vector<std::uint32_t>{955430, 4493730});
  CHECK(several.hotfix_other_ids == std::vector<std::string>{"{7A068575-C5DB-43D9-BE20-3895D0C69B17}", "File 1", "Q147222"});
  CHECK(several.hotfixes_announced == 6);
  CHECK(several.hotfixes_listed == 6);
  CHECK_FALSE(several.hotfixes_truncated);
  for (const std::string_view none : {"N/A"sv, "0 Hotfix(s) Installed."sv}) {
    const auto m = with(none);
    CHECK(m.hotfixes_seen);
    CHECK(m.hotfixes_announced == 0);
    CHECK(m.kbs.empty());
    CHECK_FALSE(m.hotfixes_truncated);
  }
  const auto cut = with("9 Hotfix(s) Installed.\r\n  [01]: KB955430\r\n  [02]: KB297829");
  CHECK(cut.hotfixes_truncated);
  CHECK(cut.kbs == std::vector<std::uint32_t>{955430});  // KB297829 may be the start of KB2978290
  REQUIRE(cut.losses.size() == 1);
  CHECK(cut.losses[0].code == ErrorCode::truncated);
  CHECK(with("9 Hotfix(s) Installed.\r\n  [01]: KB955430\r\n  [02]: KB2978290").kbs.size() == 2);
}

TEST_CASE("systeminfo: a text that ends within its hotfix list") {
  const std::string head = "Host Name:  GATE\r\nOS Name:  Windows Server 2008\r\nOS Version:  6.0.6003 Service Pack 2 Build 6003\r\n";
  struct Case {
    const char* list;
    std::uint32_t listed;
    bool whole;
  };
  const Case cases[] = {
      {"Hotfix(s):", 0, false},
      {"Hotfix(s):      ", 0, false},
      {"Hotfix(s):      \r\nNetwork Card(s):  N/A\r\n", 0, false},
      {"Hotfix(s):  N", 0, false},
      {"Hotfix(s):  N/A", 0, false},
      {"Hotfix(s):  N/A\r\n", 0, true},
      {"Hotfix(s):  0 Hotfix(s) Ins", 0, true},
      {"Hotfix(s):  1", 0, false},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: K", 0, false},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: KB4493", 0, false},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: KB449373", 0, false},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: KB4493730", 1, true},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: KB948465", 1, true},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: KB449373\r\n", 1, true},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: {7A068575-C5DB-43D9-BE20-3895D0C69B17}", 1, true},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: {7A068575-C5DB-43D9", 0, false},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: File 1", 0, false},
      {"Hotfix(s):  1 Hotfix(s) Installed.\r\n  [01]: KB449373\r\nNetwork Card(s):  N", 1, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.list);
    const auto m = must(head + c.list);
    CHECK(m.hotfixes_seen);
    CHECK(m.hotfixes_listed == c.listed);
    CHECK(m.hotfixes_truncated != c.whole);
    CHECK(m.kbs.size() <= c.listed);
  }
}

TEST_CASE("systeminfo: cut texts and prompts around") {
  const std::string whole = "Microsoft Windows [Version 6.0.6003]\r\nC:\\Users\\a>systeminfo\r\n" +
                            list_text("6.0.6003 Service Pack 2 Build 6003") + "\r\nC:\\Users\\a>";
  CHECK(must(whole).host == "BAGGAGE-07");
  const auto no_host = must("C:\\>systeminfo\r\n" + whole.substr(whole.find("OS Name")));
  CHECK(no_host.host.empty());
  CHECK(no_host.build == 6003);
  const auto no_name = must(whole.substr(0, whole.find("OS Name")) + whole.substr(whole.find("OS Version")));
  CHECK(no_name.host == "BAGGAGE-07");
  CHECK(no_name.os_name.empty());
  CHECK(no_name.build == 6003);
  std::string spaced;
  for (const char c : list_text("6.0.6002 Service Pack 2 Build 6002")) spaced += c == '\r' ? std::string("\r\r") : std::string(1, c);
  const auto m = must(spaced);
  CHECK(m.kbs.size() == 1);
  CHECK(m.evidence.front().line == 3);
}

TEST_CASE("systeminfo: several machines in one text") {
  const std::string a = list_text("6.0.6002 Service Pack 2 Build 6002"),
                    b = list_text("6.0.6003 Service Pack 2 Build 6003", "Member Server", "1 Hotfix(s) Installed.\r\n  [01]: KB4493730");
  const std::string both = a + b;
  const auto parts = split(both);
  REQUIRE(parts.size() == 2);
  CHECK(parse(parts[0])->build == 6002);
  CHECK(parse(parts[1])->build == 6003);
  CHECK(parse(parts[1])->host == "BAGGAGE-07");
  CHECK(parse(a + b)->kbs == std::vector<std::uint32_t>{955430});
  CHECK(split(a).size() == 1);
  CHECK(split("").size() == 1);
}

const std::string kCsvHeader =
    "\"Host Name\",\"OS Name\",\"OS Version\",\"OS Manufacturer\",\"OS Configuration\",\"OS Build Type\",\"Registered Owner\",\"Registered "
    "Organization\",\"Product ID\",\"Original Install Date\",\"System Boot Time\","
    "\"System Manufacturer\",\"System Model\",\"System Type\",\"Processor(s)\",\"BIOS Version\",\"Logon Server\",\"Hotfix(s)\",\"Network "
    "Card(s)\"\r\n";
std::string csv_row(const char* build, const char* hotfixes) {
  return std::string("\"BAGGAGE-07\",\"Microsoftr Windows Serverr 2008 Standard \",\"6.0.") + build + " Service Pack 2 Build " + build +
         "\",\"Microsoft Corporation\",\"Standalone Server\",\"Multiprocessor Free\",\"A. "
         "Person\",\"\",\"92573-082-2500115-76924\",\"10/4/2025, 3:56:42 PM\",\"10/4/2025, 6:45:24 PM\","
         "\"VMware, Inc.\",\"VMware\",\"x64-based PC\",\"1 Processor(s) Installed.,[01]: Intel64\",\"x\",\"N/A\",\"" +
         hotfixes + "\",\"1 NIC(s) Installed.,[01]: x\"\r\n";
}

TEST_CASE("systeminfo: csv with and without its header") {
  for (const std::string& text : {kCsvHeader + csv_row("6003", "2 Hotfix(s) Installed.,[01]: KB955430,[02]: KB4493730"),
                                  csv_row("6003", "2 Hotfix(s) Installed.,[01]: KB955430,[02]: KB4493730")}) {
    const auto m = must(text);
    CHECK(m.layout == Layout::csv);
    CHECK(m.host == "BAGGAGE-07");
    CHECK(m.product == "Windows Server 2008 Standard");
    CHECK(m.build == 6003);
    CHECK(m.service_pack == 2);
    CHECK(m.arch == "x64");
    CHECK(m.product_type == ProductType::server);
    CHECK(m.kbs == std::vector<std::uint32_t>{955430, 4493730});
    CHECK(m.hotfixes_announced == 2);
  }
  CHECK(must(kCsvHeader + csv_row("6002", "N/A")).hotfixes_seen);
  // A machine a row is an inventory.
  CHECK_FALSE(looks_like(kCsvHeader + csv_row("6002", "N/A") + csv_row("6003", "N/A")));
}

/// The table of `cells` as the console prints it, and the same broken at `width` columns.
std::string table_text(std::size_t width) {
  const std::pair<const char*, const char*> cells[] = {{"Host Name", "BAGGAGE-07"},
                                                       {"OS Name", "Microsoftr Windows Serverr 2008 Standard"},
                                                       {"OS Version", "6.0.6003 Service Pack 2 Build 6003"},
                                                       {"OS Manufacturer", "Microsoft Corporation"},
                                                       {"OS Configuration", "Standalone Server"},
                                                       {"OS Build Type", "Multiprocessor Free"},
                                                       {"Registered Owner", "A. Person"},
                                                       {"Registered Organization", ""},
                                                       {"Product ID", "92573-082-2500115-76924"},
                                                       {"Original Install Date", "10/4/2025, 3:56:42 PM"},
                                                       {"System Boot Time", "10/4/2025, 6:45:24 PM"},
                                                       {"System Manufacturer", "VMware, Inc."},
                                                       {"System Model", "VMware"},
                                                       {"System Type", "x64-based PC"},
                                                       {"Processor(s)", "1 Processor(s) Installed., [01]: Intel64"},
                                                       {"BIOS Version", "x"},
                                                       {"Hotfix(s)", "2 Hotfix(s) Installed., [01]: KB955430, [02]: KB4493730"}};
  std::string header, rule, row;
  for (const auto& [name, value] : cells) {
    const std::size_t w = std::max(std::string_view(name).size(), std::string_view(value).size());
    const auto put = [&](std::string& to, std::string_view s) {
      to += (to.empty() ? "" : " ") + std::string(s) + std::string(w - s.size(), ' ');
    };
    put(header, name);
    put(row, value);
    put(rule, std::string(w, '='));
  }
  std::string out = "\r\n";
  for (const auto& line : {header, rule, row})
    for (std::size_t at = 0; at < line.size(); at += width) {
      std::string piece = line.substr(at, width);
      if (width < line.size()) piece.erase(piece.find_last_not_of(' ') + 1);
      out += piece + "\r\n";
    }
  return out;
}

TEST_CASE("systeminfo: tables, whole and broken by a console of 80 and 120 columns") {
  for (const std::size_t width : {std::size_t{4000}, std::size_t{80}, std::size_t{120}}) {
    CAPTURE(width);
    const auto m = must(table_text(width));
    CHECK(m.layout == Layout::table);
    CHECK(m.host == "BAGGAGE-07");
    CHECK(m.product == "Windows Server 2008 Standard");
    CHECK(m.build == 6003);
    CHECK(m.arch == "x64");
    CHECK(m.kbs == std::vector<std::uint32_t>{955430, 4493730});
  }
}

TEST_CASE("systeminfo: what is none") {
  for (const std::string_view text : {""sv, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "Host Name: A\nOS Name: Microsoft Windows\n"sv,
                                      "Start: 10.04.2020, 12:00\n"sv, "Server: 10.0.0.1\n"sv, "Version: 6.0.6002\n"sv, "\0\0\0\0"sv}) {
    CHECK_FALSE(looks_like(text));
  }
  const auto r = parse("no version here\n");
  REQUIRE_FALSE(r);
  CHECK(r.error().code == ErrorCode::not_found);
  const auto big = parse(std::string(limits::kTextBytes + 1, 'x'));
  REQUIRE_FALSE(big);
  CHECK(big.error().code == ErrorCode::limit);
}

TEST_CASE("systeminfo: hostile names are data") {
  std::string text = list_text("6.0.6003 Service Pack 2 Build 6003");
  text.replace(text.find("BAGGAGE-07"), 10, "A\x1b[31m\0B"sv);
  CHECK(must(text).host == "A\x1b[31m\0B"sv);
}

TEST_CASE("systeminfo: 100,000 hotfixes, a line of 50 MB, and the time of an ordinary text") {
  std::string list = "100000 Hotfix(s) Installed.";
  for (int i = 0; i < 100000; ++i)
    list += "\r\n                           [" + std::to_string(i + 1) + "]: KB" + std::to_string(4000000 - i);
  const std::string text = list_text("6.0.6003 Service Pack 2 Build 6003", "Member Server", list);
  const auto start = std::chrono::steady_clock::now();
  const auto m = must(text);
  CHECK(m.kbs.size() == 100000);
  CHECK(m.kb_lines.front() > m.kb_lines.back());
  const auto behind = parse(std::string(50'000'000, ':') + "\r\n" + list_text("6.0.6002 Service Pack 2 Build 6002"));
  REQUIRE(behind);
  CHECK(behind->build == 6002);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));  // sanitizers included
  CHECK_FALSE(looks_like(std::string(1'000'000, '[')));
}

TEST_CASE("systeminfo: truncation at every length and random damage") {
  std::mt19937 random(6003);
  for (const std::string& whole : {list_text("6.0.6003 Service Pack 2 Build 6003"),
                                   kCsvHeader + csv_row("6003", "2 Hotfix(s) Installed.,[01]: KB955430,[02]: KB4493730"), table_text(80)}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto r = parse(std::string_view(whole).substr(0, n));
      if (r) CHECK((r->build == 6003 || n < whole.size()));
      if (r) CHECK(r->kbs.size() == r->kb_lines.size());
    }
    for (int round = 0; round < 300; ++round) {
      std::string text = whole;
      for (int k = 0; k < 8; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
      if (const auto r = parse(text)) CHECK(r->kbs.size() == r->kb_lines.size());
      split(text);
    }
  }
}

}  // namespace
