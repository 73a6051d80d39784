// `tourniquet fleet` as a user runs it: import, scan, merge, query, rejudge, over generated and real machines.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "format/textcodec/csv.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"
#include "tests/support/unzip.hpp"

namespace {

using nlohmann::json;
using tq::test::run_program;

struct Folder {
  std::string path = tq::test::temporary_folder();
  [[nodiscard]] std::string at(const std::string& name) const { return path + "/" + name; }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(at(name)).parent_path());
    std::ofstream(at(name), std::ios::binary) << content;
  }
};

std::string systeminfo(const std::string& name, int build, const std::string& kbs) {
  return "\r\nHost Name:                 " + name +
         "\r\nOS Name:                   Microsoft Windows Server 2008 Standard\r\nOS Version:                6.0." +
         std::to_string(build) + " Service Pack 2 Build " + std::to_string(build) +
         "\r\nOS Configuration:          Standalone Server\r\nSystem Type:               x64-based PC\r\nHotfix(s):                 1 "
         "Hotfix(s) Installed.\r\n"
         "                           [01]: " +
         kbs + "\r\nNetwork Card(s):           1 NIC(s) Installed.\r\n";
}

json query(const std::string& store, std::vector<std::string> words) {
  words.insert(words.begin(), {"fleet", "query"});
  words.insert(words.end(), {"--store", store, "--format", "json"});
  const auto ran = run_program(words);
  CAPTURE(ran.err);
  CHECK(ran.status == 0);
  return json::parse(ran.out, nullptr, false);
}

int import(const std::string& store, std::vector<std::string> paths, std::vector<std::string> more = {}, const char* action = "import") {
  paths.insert(paths.begin(), {"fleet", action, "--store", store, "--as-of", "2026-11-20"});
  paths.insert(paths.end(), more.begin(), more.end());
  return run_program(paths).status;
}

/// All answers that do not speak of the store itself.
std::string all_answers(const std::string& store) {
  std::string out;
  for (const char* q : {"machines", "behind", "sites", "unknown", "would-close", "top-cves", "claims", "errors"})
    out += query(store, {q}).dump();
  return out;
}

}  // namespace

TEST_CASE("fleet: a folder of texts and inventories becomes machines, twice is once, damage is kept with its reason") {
  const Folder f;
  f.write("in/a.txt", systeminfo("PC-A", 6002, "KB955430"));
  f.write("in/sub/b.txt", systeminfo("PC-A", 6003, "KB4493471"));
  f.write("in/fleet.csv",
          "name,version,site,os,kbs\nROW-1,6.0.6003,Plant 1,Windows Server 2008,KB4493471\nROW-2,6.0.6002,Plant 2,Windows "
          "Vista,KB955430\nrow-1,,,,KB4474419\n");
  f.write("in/broken.txt", "this is no target");
  const auto store = f.at("fleet.tqdb");
  CHECK(import(store, {f.at("in")}) == 4);
  CHECK(import(store, {f.at("in")}) == 4);
  const auto machines = query(store, {"machines"});
  CHECK(machines["count"] == 4);  // two files are two machines, whatever they call themselves
  CHECK(query(store, {"build", "6002"})["count"] == 2);
  CHECK(query(store, {"machine", "row-1"})["rows"][0]["site"] == "Plant 1");
  const auto errors = query(store, {"errors"});
  REQUIRE(errors["count"] == 1);
  CHECK(errors["rows"][0]["target"].get<std::string>().ends_with("in/broken.txt"));
  f.write("in/broken.txt", systeminfo("PC-C", 6002, "KB955430"));
  CHECK(import(store, {f.at("in")}) == 0);
  CHECK(query(store, {"errors"})["count"] == 0);
  CHECK(query(store, {"machines"})["count"] == 5);
}

TEST_CASE("fleet: what changed between two scans is told, and the past can be asked") {
  const Folder f;
  const auto store = f.at("s.tqdb");
  f.write("pc.csv",
          "name,version,os,arch,kernel\nPC,6.0.6002,Windows Server 2008 Standard,x64,6.0.6002.19623\nSAME,6.0.6002,Windows Server 2008 "
          "Standard,x64,\n");
  CHECK(run_program({"fleet", "import", f.at("pc.csv"), "--store", store, "--as-of", "2026-10-01"}).status == 0);
  f.write("pc.csv",
          "name,version,os,arch,kernel\nPC,6.0.6003,Windows Server 2008 Standard,x64,6.0.6003.20489\nSAME,6.0.6002,Windows Server 2008 "
          "Standard,x64,\n");
  CHECK(run_program({"fleet", "import", f.at("pc.csv"), "--store", store, "--as-of", "2026-11-01"}).status == 0);
  const auto changes = query(store, {"changes", "--since", "2026-10-15"});
  REQUIRE(changes["count"] == 1);
  CHECK(changes["rows"][0]["name"] == "PC");
  CHECK(changes["rows"][0]["change"] == "fixed");
  CHECK(changes["rows"][0]["to_version"] == "6.0.6003.20489");
  CHECK(query(store, {"changes", "--since", "2026-11-02"})["count"] == 0);
  CHECK(query(store, {"history", "PC"})["count"] == 2);
  const auto then = query(store, {"machines", "--as-of", "2026-10-20"});
  REQUIRE(then["count"] == 2);
  CHECK(then["rows"][0]["version"] == "6.0.6002.19623");
}

TEST_CASE("fleet: shards put together answer as one scan does, in any order") {
  const Folder f;
  for (int i = 0; i < 60; ++i)
    f.write("in/site" + std::to_string(i % 3) + "/pc" + std::to_string(i) + ".txt",
            systeminfo("PC-" + std::to_string(i), i % 4 == 0 ? 6003 : 6002, "KB955430"));
  f.write("in/bad.txt", "no");
  import(f.at("whole.tqdb"), {f.at("in")}, {}, "scan");
  for (const char* k : {"0", "1", "2"}) import(f.at(std::string("s") + k), {f.at("in")}, {"--shard", std::string(k) + "/3"}, "scan");
  CHECK(query(f.at("s0"), {"machines"})["count"].get<int>() < 60);
  CHECK(run_program({"fleet", "merge", f.at("s0"), f.at("s1"), f.at("s2"), "--store", f.at("m1")}).status == 0);
  CHECK(run_program({"fleet", "merge", f.at("s2"), f.at("s0"), f.at("s1"), f.at("s0"), "--store", f.at("m2")}).status == 0);
  const auto whole = all_answers(f.at("whole.tqdb"));
  CHECK(query(f.at("m1"), {"machines"})["count"] == 60);
  CHECK(all_answers(f.at("m1")) == whole);
  CHECK(all_answers(f.at("m2")) == whole);
}

TEST_CASE("fleet: a long inventory is joined by name wherever its rows stand") {
  const Folder f;
  std::string csv = "name,version,os,hotfixid,note\n";
  const std::string note(200, 'n');
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 3000; ++i)
      csv += "PC-" + std::to_string(i) + ",6.0.6002,Windows Server 2008 Standard,KB" + std::to_string(955430 + round) + "," + note + "\n";
  csv += "LAST,6.0.6003,Windows Server 2008,KB955430," + note + "\nBAD,6.0.6003,\"open\n";
  f.write("long.csv", csv);
  CHECK(import(f.at("s"), {f.at("long.csv")}) == 4);
  CHECK(query(f.at("s"), {"machines"})["count"] == 3001);
  CHECK(query(f.at("s"), {"errors"})["count"] == 1);
  CHECK(query(f.at("s"), {"build", "6003"})["count"] == 1);
  // The same rows in one piece, through check: the same facts, so the same verdict.
  f.write("short.csv", "name,version,os,hotfixid\nPC-0,6.0.6002,Windows Server 2008 Standard,KB955430 KB955431 KB955432\n");
  import(f.at("t"), {f.at("short.csv")});
  CHECK(query(f.at("t"), {"machine", "PC-0"})["rows"][0]["missing_cves"] ==
        query(f.at("s"), {"machine", "PC-0"})["rows"][0]["missing_cves"]);
}

TEST_CASE("fleet: misses the CVEs that check says, and rejudge needs no input") {
  const Folder f;
  f.write("a.csv", "name,version,os,arch,kernel,kbs\nPC,6.0.6003,Windows Server 2008 Standard,x64,6.0.6003.20489,KB4493471\n");
  import(f.at("s"), {f.at("a.csv")});
  const auto report = json::parse(run_program({"check", f.at("a.csv"), "--format", "json", "--as-of", "2026-11-20"}).out, nullptr, false);
  REQUIRE(report.is_object());
  const auto& m = report["machines"][0];
  const auto row = query(f.at("s"), {"machine", "pc"})["rows"][0];
  CHECK(row["missing_cves"] == m["cves"]["missing"].size());
  CHECK(row["unknown_cves"] == m["cves"]["unknown"].size());
  CHECK(row["months_behind"] == m["goals"]["last"]["months_behind"]);
  REQUIRE_FALSE(m["cves"]["missing"].empty());
  for (const std::size_t i : {std::size_t{0}, m["cves"]["missing"].size() - 1})
    CHECK(query(f.at("s"), {"missing", m["cves"]["missing"][i]})["count"] == 1);
  CHECK(query(f.at("s"), {"top-cves"})["count"] == m["cves"]["missing"].size());
  std::filesystem::remove(f.at("a.csv"));
  CHECK(run_program({"fleet", "rejudge", "--goal", "public", "--store", f.at("s")}).status == 0);
  CHECK(query(f.at("s"), {"machine", "PC"})["rows"][0]["months_behind"] == m["goals"]["public"]["months_behind"]);
  CHECK(query(f.at("s"), {"machine", "PC"})["rows"][0]["missing_cves"].get<std::size_t>() < m["cves"]["missing"].size());
}

TEST_CASE("fleet: wrong use and files that are no store") {
  const Folder f;
  f.write("text", "hello, this is no database, and it is longer than a header of one would be; really, it is just text");
  CHECK(run_program({"fleet", "query", "machines", "--store", f.at("none")}).status == 3);
  CHECK(run_program({"fleet", "query", "machines", "--store", f.at("text")}).status == 3);
  CHECK(run_program({"fleet", "query", "nonsense", "--store", f.at("none")}).status != 0);
  CHECK(run_program({"fleet", "fly"}).status == 2);
  CHECK(run_program({"fleet", "import"}).status == 2);
  CHECK(run_program({"fleet", "scan", f.path, "--shard", "3/3", "--store", f.at("s")}).status == 2);
  CHECK(run_program({"fleet", "import", f.at("absent"), "--store", f.at("s")}).status == 3);
  CHECK(run_program({"fleet", "import", f.at("text"), "--store", f.at("text")}).status != 0);
  std::ifstream text(f.at("text"));
  std::string line;
  std::getline(text, line);
  CHECK(line.starts_with("hello"));
}

TEST_CASE("fleet: the real fleet, packed as it comes: every build is right") {
  const auto zip = tq::test::corpus("inventory/vanilla_fleet_systeminfo.zip");
  if (!zip) return;
  const Folder f;
  const auto store = f.at("s");
  CHECK(import(store, {*zip}) == 4);  // the table of truths in it is no target
  const auto machines = query(store, {"machines"});
  REQUIRE(machines["count"] == 180);
  std::map<std::string, std::string> builds;
  for (const auto& m : machines["rows"]) builds[m["target"].get<std::string>().substr(zip->size() + 2)] = m["version"];
  const tq::test::UnpackedZip files(*zip);
  const auto table = tq::test::slurp(files.path() + "/GROUND_TRUTH.csv");
  tq::format::textcodec::CsvReader reader(tq::bytes_of(table).chars(), ',');
  tq::format::textcodec::CsvRecord row;
  int compared = 0;
  while (reader.next(row) == tq::format::textcodec::CsvReader::Got::record) {
    if (row.line == 1) continue;
    CAPTURE(row.fields[0]);
    CHECK(builds[row.fields[0]] == row.fields[1]);
    ++compared;
  }
  CHECK(compared == 180);
  const auto unpacked = f.at("u");
  import(unpacked, {files.path()}, {}, "scan");
  CHECK(query(unpacked, {"machines"})["count"] == 180);
}

TEST_CASE("fleet: machines that say no name are kept by their place, and never two in one") {
  const Folder f;
  const std::string rows = "version,os\n6.0.6002,Windows Server 2008\n6.0.6003,Windows Server 2008\n";
  f.write("a/list.csv", rows);
  f.write("b/list.csv", rows);
  const auto store = f.at("s");
  CHECK(import(store, {f.at("a/list.csv"), f.at("b/list.csv")}) == 0);
  CHECK(import(store, {f.at("a/list.csv"), f.at("b/list.csv")}, {"--again"}) == 0);
  CHECK(query(store, {"machines"})["count"] == 4);
  CHECK(query(store, {"machine", "list.csv line 2"})["count"] == 2);
  // Among other files a table without names may be one of anything.
  CHECK(import(f.at("t"), {f.at("a")}) == 3);
  CHECK(query(f.at("t"), {"errors"})["count"] == 1);
  CHECK(import(f.at("t"), {f.at("a")}, {"--map", "product=os"}) == 0);
  CHECK(query(f.at("t"), {"machines"})["count"] == 2);
}

TEST_CASE("fleet: any question can be asked of a day in the past") {
  const Folder f;
  const auto store = f.at("s");
  const std::string head = "name,version,os,arch,site,kernel\n", more = "OTHER,6.0.6002,Windows Server 2008 Standard,x64,North,\n";
  f.write("pc.csv", head + "PC,6.0.6002,Windows Server 2008 Standard,x64,South,6.0.6002.19623\n");
  CHECK(run_program({"fleet", "import", f.at("pc.csv"), "--store", store, "--as-of", "2026-10-01"}).status == 0);
  f.write("pc.csv", head + "PC,6.0.6003,Windows Server 2008 Standard,x64,South,6.0.6003.20489\n" + more);
  CHECK(run_program({"fleet", "import", f.at("pc.csv"), "--store", store, "--as-of", "2026-11-01"}).status == 0);
  const auto count = [&](std::vector<std::string> words, const char* day) {
    words.insert(words.end(), {"--as-of", day});
    return query(store, words)["count"].get<int>();
  };
  CHECK(count({"build", "6002"}, "2026-10-20") == 1);
  CHECK(count({"build", "6003"}, "2026-10-20") == 0);
  CHECK(count({"sites"}, "2026-10-20") == 1);
  CHECK(count({"sites"}, "2026-11-01") == 2);
  CHECK(count({"machines"}, "2026-09-30") == 0);
  CHECK(count({"history", "PC"}, "2026-10-20") == 1);
  CHECK(count({"changes", "--since", "2026-01-01"}, "2026-10-20") == 0);
  CHECK(count({"changes", "--since", "2026-01-01"}, "2026-11-20") == 1);
  CHECK(query(store, {"machines"})["count"] == 2);  // the store itself was not touched
  CHECK(run_program({"fleet", "query", "machines", "--store", store, "--as-of", "yesterday"}).status == 2);
}
