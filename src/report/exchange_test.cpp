// Formats for other programs: each is closed in itself and says what the machine is.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/stored_zip.hpp"
#include "tests/support/json_at.hpp"
#include "tests/support/made_report.hpp"

namespace {

using nlohmann::json;
using namespace tq;
using tq::test::at;
using tq::test::full_machine;
using tq::test::hostile_machine;
using tq::test::parsed;
using tq::test::render;
using tq::test::report_of;
using tq::test::size_at;

}  // namespace

TEST_CASE("report: a bundle holds facts, findings, digests and versions, and no product key") {
  auto m = full_machine("ALPHA");
  const std::string key = "ABCDE-FGHIJ-12345-KLMNO-67890";
  m.facts.labels = {{"key", key, "row 1"}, {"longer", key + "-1", "row 1"}, {"guid", "0ff1ce15-a989-479d-af46-f275c6370663", "row 1"}};
  auto r = report_of({m});
  r.sources = {{"disk//SOFTWARE", 12, std::string(64, 'b'), ""}, {"=evil", 1, "", "damaged"}};
  const std::string zip = render("bundle", r);
  CHECK(zip.find("\"" + key + "\"") == std::string::npos);
  CHECK(zip.find("set (29 characters)") != std::string::npos);
  CHECK(zip.find("0ff1ce15-a989-479d-af46-f275c6370663") != std::string::npos);
  const auto members = read_stored_members(bytes_of(zip));
  REQUIRE(members.size() == 5);
  CHECK(members[0].name == "manifest.json");
  CHECK(members[3].data == "path,size_bytes,sha256,problem\r\ndisk//SOFTWARE,12," + std::string(64, 'b') + ",\r\n'=evil,1,,damaged\r\n");
  const auto refused = report::find("bundle")->render(r, {false, false, "no key"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::usage);
}

TEST_CASE("report: ndjson is one whole machine a line, errors last") {
  const std::string out = render("ndjson", report_of({full_machine("ALPHA"), hostile_machine()}));
  std::vector<json> lines;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find('\n', at);
    lines.push_back(parsed(out.substr(at, end - at)));
    at = end + 1;
  }
  REQUIRE(lines.size() == 3);
  CHECK(at(lines[0], "/name") == "ALPHA");
  CHECK(at(lines[0], "/schema") == "tourniquet.report/1");
  CHECK(at(lines[0], "/build/number") == "6002");
  CHECK(at(lines[2], "/error/target") == "bad.vhd");
}

TEST_CASE("report: prometheus samples follow their family and hold no raw quote") {
  const std::string out = render("prometheus", report_of({full_machine("ALPHA"), hostile_machine()}));
  CHECK(out.find("tourniquet_goal_reached{machine=\"ALPHA\",target=\"ALPHA.vhd\",goal=\"public\"} 0\n") != std::string::npos);
  CHECK(out.find("goal=\"last\"} NaN\n") != std::string::npos);
  CHECK(out.find("tourniquet_cves{machine=\"ALPHA\",target=\"ALPHA.vhd\",state=\"missing\"} 2\n") != std::string::npos);
  CHECK(out.find("tourniquet_driver_gates{machine=\"ALPHA\",target=\"ALPHA.vhd\",gate=\"differs\"} 1\n") != std::string::npos);
  CHECK(out.find("tourniquet_exposure{machine=\"ALPHA\",target=\"ALPHA.vhd\",state=\"default_open\"} 1\n") != std::string::npos);
  CHECK(out.find("alert(1)</script>\\\"") != std::string::npos);  // a quote ends no label
  CHECK(out.find("tourniquet_targets_unread 1\n") != std::string::npos);
  std::set<std::string> seen;
  std::string current;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find('\n', at);
    const std::string line = out.substr(at, end - at);
    at = end + 1;
    const std::string name = line.starts_with("# ") ? line.substr(7, line.find(' ', 7) - 7) : line.substr(0, line.find_first_of("{ "));
    if (name != current) CHECK_MESSAGE(seen.insert(name).second, name);
    current = name;
  }
}

TEST_CASE("report: sarif names a rule for every result") {
  const json doc = parsed(render("sarif", report_of({full_machine("ALPHA"), hostile_machine()})));
  REQUIRE(size_at(doc, "/runs/0/results") == 6);  // a finding, a driver and a program of each machine
  REQUIRE(size_at(doc, "/runs/0/tool/driver/rules") == 3);
  REQUIRE(size_at(doc, "/runs/0/artifacts") == 6);
  CHECK(at(doc, "/runs/0/artifacts/0/hashes/sha-256") == std::string(64, 'a'));
  CHECK(at(doc, "/runs/0/results/1/ruleId") == "driver-gate");
  CHECK(at(doc, "/runs/0/results/1/locations/0/physicalLocation/artifactLocation/uri") == "System32/drivers/a.sys");
  CHECK(at(doc, "/runs/0/results/2/ruleId") == "time32");
  CHECK(at(doc, "/runs/0/tool/driver/rules/0/id") == "TQ2001");
  CHECK(at(doc, "/runs/0/results/0/level") == "error");
  CHECK(size_at(doc, "/runs/0/results/0/relatedLocations") == 2);
  const std::string uri = at(doc, "/runs/0/results/3/locations/0/physicalLocation/artifactLocation/uri");
  CHECK(uri.find_first_of("<>\" \n=") == std::string::npos);
  CHECK(at(doc, "/runs/0/invocations/0/executionSuccessful") == "false");
}

TEST_CASE("report: csaf states are closed over its products; without a vulnerability it is a plain document") {
  const json doc = parsed(render("csaf", report_of({full_machine("ALPHA"), hostile_machine()})));
  CHECK(at(doc, "/document/category") == "csaf_vex");
  std::set<std::string> products;
  for (const auto& p : doc["product_tree"]["full_product_names"]) products.insert(at(p, "/product_id"));
  CHECK(products.size() == 2);
  REQUIRE(size_at(doc, "/vulnerabilities") == 3);
  for (const auto& v : doc["vulnerabilities"]) {
    CHECK(size_at(v, "/notes") == 1);
    for (const auto& [state, ids] : v["product_status"].items())
      for (const auto& id : ids) CHECK(products.contains(at(id, "")));
    if (v["product_status"].contains("known_affected"))
      CHECK(at(v, "/remediations/0/product_ids") == at(v, "/product_status/known_affected"));
  }
  CHECK(at(doc, "/vulnerabilities/0/cve") == "CVE-2017-0144");
  auto clean = full_machine("BETA");
  clean.verdict.cves = {};
  const json plain = parsed(render("csaf", report_of({clean})));
  CHECK(at(plain, "/document/category") == "csaf_base");
  CHECK_FALSE(plain.contains("vulnerabilities"));
}

TEST_CASE("report: cyclonedx references resolve, and the serial number follows the content") {
  const auto one = report_of({full_machine("ALPHA")});
  const json doc = parsed(render("cyclonedx", one));
  std::set<std::string> refs;
  for (const auto& c : doc["components"]) refs.insert(at(c, "/bom-ref"));
  for (const auto& v : doc["vulnerabilities"]) {
    for (const auto& a : v["affects"]) CHECK(refs.contains(at(a, "/ref")));
    const std::string state = at(v, "/analysis/state");
    CHECK((state == "exploitable" || state == "in_triage"));
  }
  CHECK(size_at(doc, "/vulnerabilities") == 3);
  auto other = one;
  other.machines[0].verdict.cves.missing.pop_back();
  CHECK(at(parsed(render("cyclonedx", other)), "/serialNumber") != at(doc, "/serialNumber"));
}
