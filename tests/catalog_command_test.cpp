// `tourniquet catalog` as a user calls it: small feeds in a folder of their own, and the full ones where they are.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/support/archive_builder.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/feed_builder.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"

using namespace tq::test;
namespace fs = std::filesystem;

namespace {

/// A folder of the case's own, with names of files in it.
struct Scratch {
  fs::path path = temporary_folder();
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path / name).string(); }
};

void write(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::byte> bytes(const std::string& text) {
  const auto b = std::as_bytes(std::span(text));
  return {b.begin(), b.end()};
}

CvrfBuilder month() {
  return CvrfBuilder("2026-05-12")
      .product("1", "Windows 10 Version 1809 for x64-based Systems")
      .cve("CVE-2026-40001", "A new one", "Critical")
      .fix("5099001", {"1"}, "Security Update", "", "10.0.17763.9001");
}

/// A folder with a packed month and a plain one, a zip of definitions and the two lists.
void write_feeds(const Scratch& s) {
  fs::create_directory(s.path / "months");
  write(s / "months/2026-May.xml.zst", zstd(bytes(month().text())));
  write(s / "months/2026-Jun.xml", CvrfBuilder("2026-06-09")
                                       .product("1", "Windows 10 Version 1809 for x64-based Systems")
                                       .cve("CVE-2026-40002")
                                       .fix("5099002", {"1"}, "Security Update", "5099001", "10.0.17763.9101")
                                       .text());
  // The definitions contradict the month in what the CVE leads to: the month is to win, whichever is given first.
  std::string rows = wesng_header() + wesng_row("20260512", "CVE-2026-40001", "5099001", "Windows 10 Version 1809 for x64-based Systems");
  rows.replace(rows.find("Spoofing"), 8, "Tampering");
  write(s / "definitions.zip", ZipBuilder().file("CVEs_20260628.csv", bytes(rows)).file("Custom_1.csv", bytes("x")).build());
  write(s / "kev.csv", std::string("cveID,dateAdded,knownRansomwareCampaignUse\nCVE-2026-40001,2026-05-13,Known\n"));
  write(s / "files.csv", std::string("kb,file,arch,branch,version,source\n5099001,ntoskrnl.exe,x64,,10.0.17763.9001,a page\n"));
}

Ran update(const Scratch& s, const std::vector<std::string>& feeds) {
  std::vector<std::string> args = {"catalog", "update", "--from"};
  for (const std::string& f : feeds) args.push_back(s / f);
  args.insert(args.end(), {"-o", s / "new.tqc"});
  return run_program(args);
}

}  // namespace

TEST_CASE("catalog command: info, verify and export of the built-in catalog") {
  const Ran info = run_program({"catalog", "info"});
  CHECK(info.status == 0);
  CHECK(info.out.find("data as of") != std::string::npos);
  CHECK(run_program({"catalog", "info", "--format", "json"}).out.find("\"schema\": \"tourniquet.catalog/1\"") != std::string::npos);
  CHECK(run_program({"catalog", "info", "--max-age", "10", "--as-of", "2027-01-01"}).status == 5);
  CHECK(run_program({"catalog", "info", "--max-age", "10", "--as-of", "2026-07-01"}).status == 0);
  CHECK(run_program({"catalog", "info", "--max-age", "x"}).status == 2);
  CHECK(run_program({"catalog", "verify"}).status == 0);
  const Ran goals = run_program({"catalog", "export", "--table", "goals"});
  CHECK(goals.out.starts_with("id,nt_version,kb,"));
  CHECK(run_program({"catalog", "export", "--table", "goals", "--format", "ndjson"}).out.starts_with("{\"table\":\"goals\""));
  CHECK(run_program({"catalog", "export", "--table", "nonsense"}).status == 2);
  CHECK(run_program({"catalog", "export"}).status == 2);
  CHECK(run_program({"catalog", "nonsense"}).status == 2);
}

TEST_CASE("catalog command: a new catalog from feeds, carried to check") {
  const Scratch s;
  write_feeds(s);
  const Ran made = update(s, {"months", "definitions.zip", "kev.csv", "files.csv"});
  CAPTURE(made.err);
  REQUIRE(made.status == 0);
  CHECK(made.out.find("2 new") != std::string::npos);
  CHECK(run_program({"catalog", "verify", s / "new.tqc"}).status == 0);
  const std::string cves = run_program({"catalog", "export", "--table", "cves", "--catalog", s / "new.tqc"}).out;
  CHECK(cves.find("CVE-2026-40001,A new one,critical,Spoofing,2026-05-12,2026-05-13,y,MSRC CVRF; wesng") != std::string::npos);
  CHECK(run_program({"catalog", "export", "--table", "files", "--catalog", s / "new.tqc"})
            .out.find("5099001,ntoskrnl.exe,x64,any,10.0.17763.9001") != std::string::npos);
  CHECK(run_program({"explain", "KB5099002", "--catalog", s / "new.tqc"}).status == 0);
  const std::string first = read(s / "new.tqc");
  REQUIRE(update(s, {"kev.csv", "definitions.zip", "files.csv", "months"}).status == 0);
  CHECK(read(s / "new.tqc") == first);
  CHECK(run_program({"catalog", "update", "--from", s / "kev.csv"}).status == 2);
  CHECK(run_program({"catalog", "update", "-o", s / "x.tqc"}).status == 2);
  CHECK(run_program({"catalog", "update", "--from", s / "kev.csv", "-o", s / "kev.csv"}).status == 2);
}

TEST_CASE("catalog command: each build of NT 10.0 is asked for its own updates only") {
  const Scratch s;
  fs::create_directory(s.path / "months");
  write(s / "months/2026-Jun.xml", CvrfBuilder("2026-06-09")
                                       .product("1", "Windows Server 2019")
                                       .product("2", "Windows Server 2025")
                                       .cve("CVE-2026-40002")
                                       .fix("5099002", {"1"}, "Security Update", "", "10.0.17763.9101")
                                       .fix("5099009", {"2"}, "Security Update", "", "10.0.26100.9101")
                                       .text());
  REQUIRE(update(s, {"months"}).status == 0);
  for (const auto& [name, build, kb, foreign] :
       {std::array{"2019", "17763", "KB5099002", "KB5099009"}, std::array{"2025", "26100", "KB5099009", "KB5099002"}}) {
    const std::string text = std::string("Host Name: S\nOS Name: Microsoft Windows Server ") + name + " Standard\nOS Version: 10.0." +
                             build + " N/A Build " + build +
                             "\nSystem Type: x64-based PC\nHotfix(s): 1 Hotfix(s) Installed.\n [01]: KB4099999\n";
    write(s / "machine.txt", text);
    const Ran told = run_program({"check", s / "machine.txt", "--catalog", s / "new.tqc", "--as-of", "2026-11-20"});
    CAPTURE(told.out);
    CHECK(told.out.find(std::string(kb) + " (cumulative, 2026-06-09) is missing") != std::string::npos);
    CHECK(told.out.find(foreign) == std::string::npos);
    CHECK(told.out.find("stands for") == std::string::npos);
  }
}

TEST_CASE("catalog command: a hostile feed is refused whole and the old file stays") {
  const Scratch s;
  write_feeds(s);
  write(s / "new.tqc", std::string("the old one"));
  const auto refused = [&](const std::string& name, const std::string& says) {
    const Ran r = update(s, {"months", name});
    CAPTURE(name);
    CAPTURE(r.err);
    CHECK(r.status == 5);
    CHECK(r.err.find(says) != std::string::npos);
    CHECK(read(s / "new.tqc") == "the old one");
  };
  const auto packed = zstd(bytes(month().text()));
  write(s / "cut.xml.zst", std::vector<std::byte>(packed.begin(), packed.end() - 4));
  refused("cut.xml.zst", "cut.xml.zst");
  write(s / "bomb.xml", month().prologue("<!DOCTYPE x [<!ENTITY a \"aa\">]>").text());
  refused("bomb.xml", "DOCTYPE");
  write(s / "attribute.xml", "<cvrf:cvrfdoc x=\"" + std::string(std::size_t{8} << 20, 'A') + "\"/>");
  refused("attribute.xml", "4 MiB");
  std::string deep = "<cvrf:cvrfdoc>";
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  write(s / "deep.xml", deep);
  refused("deep.xml", "64 levels");
  write(s / "html.xml", std::string("<html/>"));
  refused("html.xml", "cvrfdoc");
  auto zip = ZipBuilder().file("CVEs_1.csv", bytes(wesng_header() + std::string(9000, 'x'))).build();
  write(s / "cut.zip", std::vector<std::byte>(zip.begin(), zip.begin() + static_cast<std::ptrdiff_t>(zip.size() / 2)));
  refused("cut.zip", "cut.zip");
  write(s / "other.zip", ZipBuilder().file("readme.txt", bytes("hello")).build());
  refused("other.zip", "CVEs_*.csv");
  write(s / "date.csv", wesng_header() + wesng_row("yesterday", "CVE-2026-40001", "5099001", "Windows 7"));
  refused("date.csv", "DatePosted");
  write(s / "circle.xml", CvrfBuilder("2026-05-12")
                              .product("1", "Windows 7 for x64-based Systems Service Pack 1")
                              .cve("CVE-2026-40009")
                              .fix("5099011", {"1"}, "Monthly Rollup", "5099012")
                              .fix("5099012", {"1"}, "Monthly Rollup", "5099011")
                              .text());
  refused("circle.xml", "circle");
  write(s / "noise.bin", std::vector<std::byte>(5000, std::byte{0x81}));
  refused("noise.bin", "noise.bin");
  refused("absent.xml", "absent.xml");
}

TEST_CASE("catalog command: the full feeds") {
  const char* at = std::getenv("TQ_FEEDS");
  fs::path feeds = at != nullptr ? fs::path(at) : fs::path();
  if (feeds.empty())
    if (const char* samples = std::getenv("TQ_CORPUS")) feeds = fs::path(samples).parent_path() / "feeds";
  std::vector<std::string> paths;
  std::error_code ec;
  if (!feeds.empty())
    for (const auto& e : fs::directory_iterator(feeds, ec)) paths.push_back(e.path().string());
  if (paths.empty()) {
    std::cout << "SKIPPED catalog command, the full feeds: neither TQ_FEEDS nor a folder feeds beside TQ_CORPUS\n";
    return;
  }
  const Scratch s;
  std::vector<std::string> args = {"catalog", "update", "--from"};
  args.insert(args.end(), paths.begin(), paths.end());
  args.insert(args.end(), {"-o", s / "full.tqc"});
  const auto start = std::chrono::steady_clock::now();
  const Ran made = run_program(args);
  MESSAGE("catalog update takes " << std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start).count()
                                  << " s");
  CAPTURE(made.err);
  REQUIRE(made.status == 0);
  CHECK(run_program({"catalog", "verify", s / "full.tqc"}).status == 0);
  const std::string info = run_program({"catalog", "info", s / "full.tqc"}).out;
  for (const char* nt : {"NT 6.0", "NT 6.1", "NT 6.2", "NT 6.3", "NT 10.0"}) CHECK_MESSAGE(info.find(nt) != std::string::npos, nt);
  // The last rollup of 6.1 and a cumulative update of 10.0 with their fixed builds.
  const std::string fixes = run_program({"catalog", "export", "--table", "fixes", "--catalog", s / "full.tqc"}).out;
  CHECK(fixes.find("w7-sp1-x64") != std::string::npos);
  CHECK(fixes.find(",10.0.17763.") != std::string::npos);
  CHECK(fixes.find(",6.1.7601.") != std::string::npos);
}
