#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/text.hpp"
#include "feeds/csv_stream.hpp"
#include "feeds/cvrf.hpp"
#include "feeds/file_table.hpp"
#include "feeds/kev.hpp"
#include "feeds/limits.hpp"
#include "feeds/stream.hpp"
#include "feeds/wesng.hpp"
#include "tests/support/archive_builder.hpp"
#include "tests/support/feed_builder.hpp"

using namespace tq;
using namespace tq::feeds;
using tq::test::CvrfBuilder;

namespace {

/// Keeps each statement as a line.
struct Lines : Sink {
  Status take(const Statement& s) override {
    lines.push_back(std::to_string(s.kb) + "|" + std::string(s.cve) + "|" + std::string(s.product) + "|" + std::string(s.component) + "|" +
                    std::string(s.severity) + "|" + std::string(s.supersedes) + "|" + std::string(s.subtype) + "|" +
                    std::string(s.fixed_build) + "|" + s.date.text());
    return ok();
  }
  void as_of(Feed, const Date& d) override { day = d; }
  std::vector<std::string> lines;
  Date day;
};

/// Feeds a text in pieces of `step` bytes.
template <class Reader>
Status read(std::string_view text, Sink& sink, std::size_t step = 1000) {
  Reader reader("x", sink);
  const Bytes all(std::as_bytes(std::span(text)));
  for (std::size_t at = 0; at < text.size(); at += step)
    if (auto s = reader.put(*all.try_sub(at, std::min(step, text.size() - at))); !s) return s;
  return reader.finish();
}

std::string month() {
  return CvrfBuilder()
      .product("1", "Windows Server 2008 for 32-bit Systems Service Pack 2")
      .product("2", "Windows 7 for x64-based Systems Service Pack 1")
      .cve("CVE-2019-0001", "First &amp; best")
      .fix("4493471", {"1"}, "Monthly Rollup", "4489880", "6.0.6003.20489")
      .fix("Release Notes", {"1"})
      .cve("CVE-2019-0002")
      .fix("4493471", {"1", "2"}, "Security Only")
      .text();
}

Bytes view(const std::string& s) { return bytes_of(s); }

}  // namespace

TEST_CASE("feeds: a month of CVRF gives a statement for each update, CVE and product") {
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    Lines sink;
    REQUIRE(read<CvrfReader>(month(), sink, step));
    REQUIRE(sink.lines.size() == 3);
    CHECK(
        sink.lines[0] ==
        "4493471|CVE-2019-0001|Windows Server 2008 for 32-bit Systems Service Pack 2|Kernel|Critical|4489880|Monthly Rollup|6.0.6003.20489|"
        "2019-04-09");
    CHECK(sink.lines[2].find("Windows 7") != std::string::npos);
    CHECK(sink.day == Date{2019, 4, 9});
  }
}

TEST_CASE("feeds: hostile XML is refused, with a reason") {
  const auto refused = [](const std::string& text, const char* what) {
    Lines sink;
    const auto s = read<CvrfReader>(text, sink);
    REQUIRE_FALSE(s);
    CAPTURE(s.error().text());
    CHECK(s.error().text().find(what) != std::string::npos);
  };
  const CvrfBuilder plain = CvrfBuilder().product("1", "Windows 7").cve("CVE-2019-0001");
  refused(CvrfBuilder(plain).prologue("<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>").text(),
          "DOCTYPE");
  refused("<html><body/></html>", "cvrfdoc");
  refused(CvrfBuilder(plain).fix("4493471", {"99"}).text(), "a product that the document names");
  refused(CvrfBuilder("not a day").text(), "a date");
  refused(CvrfBuilder().product("1", "x").cve("").fix("4493471", {"1"}).text(), "a CVE");
  refused("", "well-formed");
  refused("<cvrfdoc></cvrfdoc>", "InitialReleaseDate");
  std::string deep = "<cvrfdoc>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  refused(deep, "64 levels");
  refused("<cvrfdoc><Vulnerability><Title>" + std::string(limits::kTextBytes + 1, 'x') + "</Title></Vulnerability></cvrfdoc>", "1 MiB");
}

TEST_CASE("feeds: CVRF with any element within any other says nothing new") {
  const std::string text = month();
  Lines plain;
  REQUIRE(read<CvrfReader>(text, plain));
  const auto known = [&](const std::string& line) {
    const auto of = [](const std::string& l) { return l.substr(0, l.find('|', l.find('|') + 1)); };
    return std::ranges::any_of(plain.lines, [&](const auto& l) { return of(l) == of(line); });
  };
  std::size_t read_whole = 0;
  for (std::size_t at = text.find('>'); at != std::string::npos; at = text.find('>', at + 1))
    for (const std::string name : {"Threat", "Remediation", "Vulnerability", "FullProductName", "ProductID", "Note", "Revision", "other"}) {
      const std::string one = "<" + name + " Type=\"Severity\"><ProductID>1</ProductID>", end = "</" + name + ">";
      const std::string within = "<a>" + one + "<a>" + one + end + "</a>" + end + "</a>";
      Lines sink;
      if (read<CvrfReader>(std::string(text).insert(at + 1, within), sink)) ++read_whole;
      CAPTURE(within);
      CHECK(std::ranges::all_of(sink.lines, known));
    }
  CHECK(read_whole > 100);
}

TEST_CASE("feeds: CVRF cut at any length is refused") {
  const std::string text = month();
  for (std::size_t n = 0; n + 1 < text.size(); n += 3) {
    Lines sink;
    CHECK_FALSE(read<CvrfReader>(std::string_view(text).substr(0, n), sink));
  }
}

TEST_CASE("feeds: random changes of CVRF and CSV never do more than refuse") {
  std::mt19937 random(20190409);
  const std::string csv = test::wesng_header() + test::wesng_row("20190409", "CVE-2019-0001", "4493471", "Windows 7", "Kernel", "4489880");
  for (int round = 0; round < 1500; ++round) {
    for (std::string text : {month(), csv}) {
      for (int i = 0; i < 3; ++i) text[random() % text.size()] = static_cast<char>(random());
      Lines sink;
      if (text.starts_with("<"))
        (void)read<CvrfReader>(text, sink);
      else
        (void)read<WesngReader>(text, sink);
      CHECK(sink.lines.size() <= 3);
    }
  }
}

TEST_CASE("feeds: wesng's rows, in pieces of any size") {
  const std::string text =
      "\xEF\xBB\xBF" + test::wesng_header() +
      test::wesng_row("20190409", "CVE-2019-0001", "4493471", "Windows 7", "Kernel", "1;2", "said \"\"so\"\", twice\nand on") +
      test::wesng_row("20190410", "CVE-2019-0002", "", "Windows 7") +
      test::wesng_row("20190410", "CVE-2019-0002", "Release Notes", "Windows 7");
  for (const std::size_t step : {std::size_t{1}, std::size_t{5}, std::size_t{4096}}) {
    Lines sink;
    REQUIRE(read<WesngReader>(text, sink, step));
    REQUIRE(sink.lines.size() == 3);
    CHECK(sink.lines[0] == "4493471|CVE-2019-0001|Windows 7|Kernel|Important|1;2|||2019-04-09");
    CHECK(sink.lines[1].starts_with("0|"));
    CHECK(sink.lines[2].starts_with("0|"));
    CHECK(sink.day == Date{2019, 4, 10});
  }
}

TEST_CASE("feeds: damaged definitions are refused at their line") {
  const auto refused = [](const std::string& rows, const char* what) {
    Lines sink;
    const auto s = read<WesngReader>(test::wesng_header() + rows, sink);
    REQUIRE_FALSE(s);
    CAPTURE(s.error().text());
    CHECK(s.error().text().find(what) != std::string::npos);
  };
  refused(test::wesng_row("20190231", "CVE-2019-0001", "4493471", "Windows 7"), "x:2");
  refused(test::wesng_row("2019-04-09", "CVE-2019-0001", "4493471", "Windows 7"), "DatePosted");
  refused("\"20190409\",\"CVE-2019-0001\"\r\n", "10 cells");
  refused("\"20190409", "closing quote");
  refused("\"20190409\"x", "behind a closing quote");
  refused(std::string(300, ','), "256 cells");
  refused("\"" + std::string(limits::kTextBytes + 10, 'x'), "1 MiB");
  Lines sink;
  CHECK_FALSE(read<WesngReader>("a,b,c\n", sink));
  CHECK_FALSE(read<WesngReader>("", sink));
}

TEST_CASE("feeds: the list of exploited CVEs") {
  const std::string head = "cveID,vendorProject,dateAdded,knownRansomwareCampaignUse\n";
  const auto list = read_kev("kev", view(head + "CVE-2019-0708,Microsoft,2021-11-03,Known\nCVE-2025-48384,Git,2025-08-25,Unknown\n"));
  REQUIRE(list);
  CHECK(list->cves.at("CVE-2019-0708").added == Date{2021, 11, 3});
  CHECK(list->cves.at("CVE-2019-0708").ransomware);
  CHECK_FALSE(list->cves.at("CVE-2025-48384").ransomware);
  CHECK(list->newest == Date{2025, 8, 25});
  CHECK_FALSE(read_kev("kev", view(head + "CVE-2019,Microsoft,2021-11-03,Known\n")));
  CHECK_FALSE(read_kev("kev", view(head + "CVE-2019-0708,Microsoft,03.11.2021,Known\n")));
  CHECK_FALSE(read_kev("kev", view(head + "CVE-2019-0708,Microsoft\n")));
  CHECK_FALSE(read_kev("kev", view("a,b\n")));
  CHECK_FALSE(read_kev("kev", view("")));
}

TEST_CASE("feeds: a table of files") {
  const std::string head = "kb,file,arch,branch,version,source\n";
  const auto rows =
      read_file_table("f", view(head + "KB4493471,Win32k.SYS,x64,LDR,6.0.6003.20489,a page\n4493471,ntdll.dll,,,6.0.6003.20489,\n"
                                       "4493471,ntdll.dll,,,6.0.6003.20489,\n"));
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  CHECK((*rows)[0].file == "ntdll.dll");
  CHECK((*rows)[0].branch == catalog::FileBranch::any);
  CHECK((*rows)[1].file == "win32k.sys");
  CHECK((*rows)[1].arch == catalog::ProductArch::x64);
  for (const char* bad : {"x,a.dll,,,6.0.6003.1,", "4493471,,,,6.0.6003.1,", "4493471,..\\a.dll,,,6.0.6003.1,",
                          "4493471,a.dll,mips,,6.0.6003.1,", "4493471,a.dll,,both,6.0.6003.1,", "4493471,a.dll,,,6.0,",
                          "4493471,a.dll,,,0.0.0.0,", "4493471,a.dll,,", "4493471,a.dll,,,6.0.6003.1,\xFF"})
    CHECK_FALSE(read_file_table("f", view(head + bad + "\n")));
}

TEST_CASE("feeds: packed bytes stream out whole or are refused") {
  const std::string text(300000, 'q');
  const auto packed = test::zstd(std::vector<std::byte>(text.size(), std::byte{'q'}));
  std::string out;
  const auto sink = [&](Bytes b) {
    out += b.chars();
    return ok();
  };
  REQUIRE(stream(*io::from_memory(packed), "m", limits::kDocumentBytes, sink));
  CHECK(out == text);
  for (std::size_t n = 5; n < packed.size(); n += 3) {
    const auto cut = std::vector<std::byte>(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE(stream(*io::from_memory(cut), "m", limits::kDocumentBytes, sink));
  }
  const auto bomb = stream(*io::from_memory(packed), "m", 1000, sink);
  REQUIRE_FALSE(bomb);
  CHECK(bomb.error().code == ErrorCode::limit);
}

TEST_CASE("feeds: texts, levels, products of a fix and cells at their limits, and one more") {
  const auto refused = [](const std::string& text) {
    Lines sink;
    const auto s = read<CvrfReader>(text, sink);
    return !s && s.error().code == ErrorCode::limit;
  };
  const auto title = [&](std::size_t n) {
    return refused(CvrfBuilder().product("1", "x").cve("CVE-2019-0001", std::string(n, 'x')).text());
  };
  CHECK_FALSE(title(limits::kTextBytes));
  CHECK(title(limits::kTextBytes + 1));
  const auto deep = [&](std::size_t levels) {
    std::string text = "<cvrfdoc>";
    for (std::size_t i = 1; i < levels; ++i) text += "<a>";
    return refused(text);
  };
  CHECK_FALSE(deep(limits::kXmlDepth));
  CHECK(deep(limits::kXmlDepth + 1));
  const auto products = [&](std::size_t n) {
    return refused(CvrfBuilder().product("1", "x").cve("CVE-2019-0001").fix("4493471", std::vector<std::string>(n, "1")).text());
  };
  CHECK_FALSE(products(limits::kProductsOfFix));
  CHECK(products(limits::kProductsOfFix + 1));
  // A tag that never ends: what expat holds back is bounded.
  CHECK(refused("<cvrfdoc a=\"" + std::string(limits::kTokenBytes + 2000, 'x')));
  const auto cells = [](std::size_t n) {
    Lines sink;
    const auto s = read<WesngReader>(test::wesng_header() + std::string(n - 1, ',') + "\n", sink);
    return !s && s.error().code == ErrorCode::limit;
  };
  CHECK_FALSE(cells(256));
  CHECK(cells(257));
  const auto row = [](std::size_t n) {
    Lines sink;
    const auto s = read<WesngReader>(test::wesng_header() + std::string(n, 'x') + "\n", sink);
    return !s && s.error().code == ErrorCode::limit;
  };
  CHECK_FALSE(row(limits::kTextBytes - 1));
  CHECK(row(limits::kTextBytes + 1));
}

TEST_CASE("feeds: products of a month, rows of the list and of a table as many as are allowed, and one more") {
  const auto refused = [](const auto& read) { return !read && read.error().code == ErrorCode::limit; };
  Lines sink;
  CvrfReader month("m", sink, 2), longer("m", sink, 2);
  CHECK_FALSE(refused(month.put(bytes_of(CvrfBuilder().product("1", "a").product("2", "b").text()))));
  CHECK(refused(longer.put(bytes_of(CvrfBuilder().product("1", "a").product("2", "b").product("3", "c").text()))));
  const std::string kev = "cveID,dateAdded,knownRansomwareCampaignUse\nCVE-2019-0001,2021-11-03,Known\nCVE-2019-0002,2021-11-03,Known\n";
  CHECK(read_kev("k", bytes_of(kev), 2));
  CHECK(refused(read_kev("k", bytes_of(kev), 1)));
  const std::string files = "kb,file,arch,branch,version,source\n4493471,a.dll,,,6.0.6003.1,x\n4493471,b.dll,,,6.0.6003.1,x\n";
  CHECK(read_file_table("f", bytes_of(files), 2));
  CHECK(refused(read_file_table("f", bytes_of(files), 1)));
}

TEST_CASE("feeds: a document of as many bytes as are allowed, and one more") {
  const std::string text(1000, 'x');
  const auto source = io::from_memory({std::as_bytes(std::span(text)).begin(), std::as_bytes(std::span(text)).end()});
  const auto sink = [](Bytes) { return ok(); };
  CHECK(stream(*source, "m", 1000, sink));
  const auto more = stream(*source, "m", 999, sink);
  REQUIRE_FALSE(more);
  CHECK(more.error().code == ErrorCode::limit);
}
