// The program over a real fleet: 180 systeminfo texts of clean installs, each with a known build.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/bytes.hpp"
#include "format/textcodec/csv.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/program.hpp"
#include "tests/support/unzip.hpp"

namespace {

using nlohmann::json;

/// File name -> "major.minor.build", from the table that lies in the archive.
std::map<std::string, std::string> truth_of(const std::string& folder) {
  const auto table = tq::test::slurp(folder + "/GROUND_TRUTH.csv");
  tq::format::textcodec::CsvReader reader(tq::bytes_of(table).chars(), ',');
  tq::format::textcodec::CsvRecord row;
  std::map<std::string, std::string> truth;
  while (reader.next(row) == tq::format::textcodec::CsvReader::Got::record)
    if (row.line != 1 && row.fields.size() == 5) truth[row.fields[0]] = row.fields[1];
  return truth;
}

}  // namespace

TEST_CASE("fleet: every build of the real fleet is right, through the program") {
  const auto zip = tq::test::corpus("inventory/vanilla_fleet_systeminfo.zip");
  if (!zip) return;
  const tq::test::UnpackedZip files(*zip);
  const auto truth = truth_of(files.path());
  REQUIRE(truth.size() == 180);
  std::vector<std::string> args{"check", "--format", "json", "--as-of", "2026-11-20"};
  for (const auto& [name, build] : truth) args.push_back(files.path() + "/" + name);
  const auto report = json::parse(tq::test::run_program(args).out, nullptr, false);
  REQUIRE(report.is_object());
  CHECK(report["errors"].empty());
  REQUIRE(report["machines"].size() == truth.size());
  auto want = truth.begin();
  for (const auto& m : report["machines"]) {
    CAPTURE(want->first);
    const std::string number = want->second.substr(want->second.rfind('.') + 1);
    CHECK(m["target"].get<std::string>().ends_with(want->first));
    CHECK(m["nt_version"].get<std::string>() + "." + number == want->second);
    CHECK(std::to_string(m["build"]["number"].get<int>()) == number);
    // One text is one witness: the number is claimed, whatever it says.
    CHECK(m["build"]["status"] == "claimed");
    CHECK(m["product"].get<std::string>().starts_with("Windows "));
    CHECK(m["arch"] == "x64");
    ++want;
  }
}
