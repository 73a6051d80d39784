// Every format over one machine, and over one whose every text is an attack on the place it is printed in.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/stored_zip.hpp"
#include "core/text.hpp"
#include "report/renderer.hpp"
#include "report/support/csv.hpp"
#include "report/support/html.hpp"
#include "report/support/ledger.hpp"

namespace {

using nlohmann::json;
using namespace tq;

/// Markup, quotes, a terminal's escape, a change of direction, a line end with a formula behind it, a lone surrogate, bytes of no text.
constexpr const char* kHostile = "<script>alert(1)</script>\"'&=1+1\x1b[31m\xE2\x80\xAE,\n@SUM(A1);=2\x7f\xED\xA0\x80\xFF\\";

std::string render(const char* format, const model::Report& r) {
  const auto* renderer = report::find(format);
  REQUIRE(renderer != nullptr);
  const auto out = renderer->render(r, {});
  if (!out && out.error().code == ErrorCode::unsupported) {
    MESSAGE("SKIPPED: " << out.error().text());
    return "nothing";
  }
  REQUIRE_MESSAGE(out, (out ? "" : out.error().text()));
  return *out;
}

model::Machine machine(const std::string& name) {
  model::Machine m;
  m.facts.target = name + ".vhd";
  m.facts.identity.name = name;
  m.facts.identity.product = "Windows Server 2008 Standard";
  m.facts.identity.arch = "x64";
  m.verdict.build = {6002, 18005, "6.0.6002.18005", 2, model::Standing::proven, "two witnesses agree", {}};
  m.verdict.goals = {{"public", 1111111, 20705, {2020, 1, 14}, model::Tri::no, 9, "older"},
                     {"last", 2222222, 23717, {2026, 1, 13}, model::Tri::unknown, {}, "not read"}};
  m.verdict.missing.emplace_back();
  m.verdict.missing[0].kb = 2222222;
  m.verdict.missing[0].kind = "monthly_rollup";
  m.verdict.missing[0].title = "2026-01 Rollup";
  m.verdict.missing[0].released = {2026, 1, 13};
  m.verdict.unknown = {{3333333, "no file evidence"}};
  m.verdict.installed = {{4444444, "installed", 0}};
  m.verdict.installed_evidence = {{"cbs"}};
  m.verdict.covered = {{5555555, 4444444}};
  m.verdict.cves.missing = {(2019u << 20) | 708, (2020u << 20) | 601};
  m.verdict.cves.unknown = {(2017u << 20) | 144};
  m.verdict.cves.known_exploited = {(2019u << 20) | 708};
  m.verdict.lifecycle.extended_end = "2020-01-14";
  m.verdict.lifecycle.esu_end = "2023-01-10";
  m.verdict.lifecycle.last_patch = "2026-01-13";
  m.verdict.lifecycle.patch_source = "none since 2026-01-13";
  m.findings = {{"TQ2001", model::Severity::high, "updates are missing", "one of them", "install it", {"a place", "another"}}};
  m.verdict.exposure = {{"smb1", model::ExposureState::default_open, "SMB1 is not set", "SYSTEM//x", {(2017u << 20) | 144}, {}},
                        {"rdp", model::ExposureState::closed, "fDenyTSConnections = 1", "SYSTEM//y", {}, {}}};
  model::SoftwareLifecycle browser;
  browser.name = "Internet Explorer";
  browser.version = "9";
  browser.end = "2020-01-14";
  browser.state = "ended";
  m.verdict.lifecycle.software = {browser};
  model::MigrationPath way_out;
  way_out.to = "Windows Server 2012 R2";
  way_out.kind = "in_place";
  way_out.hops.emplace_back();
  way_out.hops[0].from = "Windows Server 2008";
  way_out.hops[0].to = "Windows Server 2012 R2";
  way_out.hops[0].conditions = {"x64 only"};
  way_out.blockers = {0};
  m.verdict.migration.blockers.emplace_back();
  m.verdict.migration.blockers[0].what = "Server Core";
  m.verdict.migration.paths = {way_out};
  m.verdict.migration.impossible.emplace_back();
  m.verdict.migration.impossible[0].to = "Windows Server 2025";
  m.verdict.migration.impossible[0].why = "no single hop";
  m.facts.drivers.resize(2);
  m.facts.drivers[0].path = "System32/drivers/a.sys";
  m.facts.drivers[0].sha256 = std::string(64, 'a');
  m.facts.drivers[0].gate = "differs";
  m.facts.drivers[0].detail = "build == 6002";
  m.facts.drivers[1].path = "System32/drivers/b.sys";
  m.facts.drivers[1].gate = "no_source";
  m.facts.time32.resize(1);
  m.facts.time32[0].path = "App/clock.exe";
  m.facts.time32[0].exposure = "exposed";
  m.facts.time32[0].why = {"compares time() with 0"};
  m.facts.coverage = {{"registry.SOFTWARE", model::CoverageStatus::read, ""}, {"kernel", model::CoverageStatus::failed, "cut short"}};
  return m;
}

model::Machine hostile() {
  model::Machine m = machine(kHostile);
  m.facts.target = m.facts.identity.product = m.verdict.build.version = m.verdict.build.why = kHostile;
  m.facts.coverage[1].detail = kHostile;
  m.findings[0].detail = m.findings[0].evidence[0] = kHostile;
  m.verdict.build.witnesses = {{"registry", model::WitnessGroup::booted_kernel, kHostile, kHostile, 6002, {}, false, true}};
  m.facts.traces = {{"cbs_log", kHostile, kHostile, kHostile}};
  m.facts.drivers[0].path = m.facts.drivers[0].detail = m.facts.drivers[0].loaded_by = kHostile;
  m.facts.time32[0].path = m.facts.time32[0].why[0] = kHostile;
  m.verdict.exposure[0].what = m.verdict.exposure[0].evidence = kHostile;
  m.verdict.lifecycle.software[0].where = kHostile;
  m.verdict.migration.blockers[0].what = kHostile;
  m.verdict.migration.blockers[0].evidence = {kHostile};
  m.verdict.missing[0].approval_note = m.verdict.missing[0].title = kHostile;
  m.verdict.esu.bypass = {{"x", kHostile, kHostile, true}};
  m.verdict.broken_packages = {kHostile};
  m.facts.identity.arch = m.facts.identity.edition = kHostile;
  m.way.emplace();
  m.way->steps = {{1, 2222222, "monthly_rollup", kHostile, {kHostile}, true, true}};
  m.way->impossible = m.way->unknown = m.way->notes = {kHostile};
  return m;
}

model::Report report_of(std::vector<model::Machine> machines) {
  return {"1.0", "abcdef", "2026-06-28", "2026-11-20", "last", std::move(machines), {{"bad.vhd", "bad.vhd", kHostile}}};
}

/// No control character, no change of direction: these reach no file of ours.
bool tame(const std::string& s) { return s.find('\x1b') == std::string::npos && s.find("\xE2\x80\xAE") == std::string::npos; }

}  // namespace

TEST_CASE("report: every format is deterministic and tames what a target says") {
  const auto r = report_of({machine("ALPHA"), hostile()});
  for (const auto* renderer : report::all()) {
    CAPTURE(std::string(renderer->name));
    const std::string once = render(renderer->name, r);
    CHECK(once == render(renderer->name, r));
    CHECK_FALSE(once.empty());
    // JSON escapes what is not printable by itself, and archives are packed; the others are read as they lie.
    const std::string_view name = renderer->name;
    if (name == "xlsx" || name == "bundle") continue;
    if (name != "json" && name != "ndjson" && name != "facts") CHECK(tame(once));
    CHECK(is_utf8(once));
  }
}

TEST_CASE("report: html holds no markup of a target, and every section") {
  const std::string page = render("html", report_of({machine("ALPHA"), hostile()}));
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script&gt;") != std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("http://") == std::string::npos);
  for (const char* part : {"What to do, in order",
                           "Findings",
                           "Vulnerabilities",
                           "CVE-2019-0708",
                           "What was read, and what was not",
                           "KB2222222",
                           "<svg",
                           "id=\"m2\"",
                           "Not read",
                           "cannot be told from what was read",
                           "What it offers to others",
                           "default open",
                           "Internet Explorer 9",
                           "What it can become",
                           "Server Core",
                           "Programs that read the build number",
                           "1 differs, 1 no source",
                           "Programs and the year 2038",
                           "Appendix for auditors",
                           "none since 2026-01-13",
                           "Evidence",
                           ">over<"})
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
}

TEST_CASE("report: the time line is drawn from the goals and the level") {
  model::Machine m = machine("ALPHA");
  CHECK(report::html::timeline(m, {2026, 11, 20}).find("class=\"done\"") == std::string::npos);
  m.verdict.level = model::LevelVerdict{};
  m.verdict.level->month = {2019, 4, 9};
  const std::string svg = report::html::timeline(m, {2026, 11, 20});
  CHECK(svg.find("level 2019-04") != std::string::npos);
  CHECK(svg.find("public 2020-01") != std::string::npos);
  CHECK(svg.find("class=\"gap\"") == std::string::npos);  // unknown is no gap
  m.verdict.goals.back().reached = model::Tri::no;
  CHECK(report::html::timeline(m, {2026, 11, 20}).find("class=\"gap\"") != std::string::npos);
  m.verdict.goals.clear();
  CHECK(report::html::timeline(m, {2026, 11, 20}).empty());
}

TEST_CASE("report: the ledger has a row for every update and one for the patch source") {
  const auto rows = report::ledger(report_of({machine("ALPHA")}));
  REQUIRE(rows.size() == 5);
  const auto column = [](const char* name) {
    for (std::size_t i = 0; i < report::kLedgerColumns.size(); ++i)
      if (std::string_view(report::kLedgerColumns[i]) == name) return i;
    return std::size_t{0};
  };
  CHECK(rows[0][column("status")] == "missing");
  CHECK(rows[0][column("release_date")] == "2026-01-13");
  CHECK(rows[0][column("due_date")] == "2026-12-25");  // 35 days after 20 November
  CHECK(rows[1][column("status")] == "not known");
  CHECK(rows[1][column("due_date")].empty());
  CHECK(rows[2][column("evidence")] == "cbs");
  CHECK(rows[3][column("superseded_by")] == "KB4444444");
  CHECK(rows[4][column("status")] == "no patch source");
  for (const auto& row : rows) CHECK(row[column("asset")] == "ALPHA");
}

TEST_CASE("report: csv fields are whole and start no formula") {
  const std::string csv = render("csv", report_of({hostile()}));
  CHECK(csv.starts_with("asset,product,update,"));
  CHECK(csv.find("\r\n=") == std::string::npos);
  CHECK(csv.find(",=") == std::string::npos);
  auto m = machine("=cmd|calc");
  m.facts.identity.product = "+1,2\"3";
  const std::string risky = render("csv", report_of({m}));
  CHECK(risky.find("\r\n'=cmd|calc,\"'+1,2\"\"3\",KB2222222") != std::string::npos);
  CHECK(report::csv_field("  =1") == "'  =1");
  CHECK(report::csv_field("\uFF1D1+1") == "'\uFF1D1+1");
  CHECK(report::csv_field("a;=1;b") == "\"a;'=1;b\"");
  CHECK(report::csv_field(";@x") == "\";'@x\"");
  CHECK(report::csv_field("\t=1") == "\\x09=1");
  CHECK(report::csv_field("a=1") == "a=1");
  CHECK(report::csv_field("").empty());
}

TEST_CASE("report: steps come in the plan's order, advice once however often it is given") {
  auto m = machine("ALPHA");
  m.way.emplace();
  m.way->steps = {{1, 0, "manual", "Zeroth things first", {}, true, false},
                  {2, 2222222, "monthly_rollup", "Another rollup", {"why: old"}, false, true}};
  m.way->impossible = {"esu: no licence"};
  // The shorter advice is part of the longer one: both are said.
  for (const char* advice : {"install it", "install it now", "install it"})
    m.findings.push_back({"TQ2002", model::Severity::low, "t", "", advice, {}});
  const std::string page = render("html", report_of({m}));
  const std::string list = page.substr(page.find("What to do, in order"), page.find("<h3>Findings") - page.find("What to do, in order"));
  CHECK(list.find("Zeroth things first") < list.find("Another rollup"));
  CHECK(list.find("only if it is not there yet") != std::string::npos);
  CHECK(list.find("no licence") != std::string::npos);
  const auto times = [&list](const std::string& what) {
    std::size_t n = 0;
    for (std::size_t at = list.find(what); at != std::string::npos; at = list.find(what, at + 1)) ++n;
    return n;
  };
  CHECK(times("install it<") == 1);
  CHECK(times("install it now<") == 1);
}

TEST_CASE("report: the ledger has names, days and the state of a patch where they are known") {
  auto r = report_of({machine("ALPHA")});
  r.update_names = {{4444444, {{2019, 4, 9}, "April"}}, {3333333, {{2010, 1, 12}, "January"}}};
  r.machines[0].verdict.missing[0].approval = "rejected";
  const auto rows = report::ledger(r);
  const auto cell = [&rows](std::size_t row, std::string_view name) {
    const auto at = std::find(report::kLedgerColumns.begin(), report::kLedgerColumns.end(), name) - report::kLedgerColumns.begin();
    return rows[row][static_cast<std::size_t>(at)];
  };
  CHECK(cell(0, "patch_state") == "Not approved");
  CHECK(cell(1, "release_date") == "2010-01-12");
  CHECK(cell(1, "patch_state") == "Available");
  CHECK(cell(2, "title") == "April");
  CHECK(cell(2, "patch_state") == "Installed");
  CHECK(cell(3, "patch_state") == "Not applicable");
  CHECK(cell(4, "patch_state").empty());
}

TEST_CASE("report: a bundle holds facts, findings, digests and versions, and no product key") {
  auto m = machine("ALPHA");
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
  const std::string out = render("ndjson", report_of({machine("ALPHA"), hostile()}));
  std::vector<json> lines;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find('\n', at);
    lines.push_back(json::parse(out.substr(at, end - at)));
    at = end + 1;
  }
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["name"] == "ALPHA");
  CHECK(lines[0]["schema"] == "tourniquet.report/1");
  CHECK(lines[0]["build"]["number"] == 6002);
  CHECK(lines[2]["error"]["target"] == "bad.vhd");
}

TEST_CASE("report: prometheus samples follow their family and hold no raw quote") {
  const std::string out = render("prometheus", report_of({machine("ALPHA"), hostile()}));
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
  const json doc = json::parse(render("sarif", report_of({machine("ALPHA"), hostile()})));
  const auto& run = doc["runs"][0];
  REQUIRE(run["results"].size() == 6);  // a finding, a driver and a program of each machine
  REQUIRE(run["tool"]["driver"]["rules"].size() == 3);
  REQUIRE(run["artifacts"].size() == 6);
  CHECK(run["artifacts"][0]["hashes"]["sha-256"] == std::string(64, 'a'));
  CHECK(run["results"][1]["ruleId"] == "driver-gate");
  CHECK(run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "System32/drivers/a.sys");
  CHECK(run["results"][2]["ruleId"] == "time32");
  CHECK(run["tool"]["driver"]["rules"][0]["id"] == "TQ2001");
  CHECK(run["results"][0]["level"] == "error");
  CHECK(run["results"][0]["relatedLocations"].size() == 2);
  const std::string uri = run["results"][3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  CHECK(uri.find_first_of("<>\" \n=") == std::string::npos);
  CHECK(run["invocations"][0]["executionSuccessful"] == false);
}

TEST_CASE("report: csaf states are closed over its products; without a vulnerability it is a plain document") {
  const json doc = json::parse(render("csaf", report_of({machine("ALPHA"), hostile()})));
  CHECK(doc["document"]["category"] == "csaf_vex");
  std::set<std::string> products;
  for (const auto& p : doc["product_tree"]["full_product_names"]) products.insert(p["product_id"]);
  CHECK(products.size() == 2);
  REQUIRE(doc["vulnerabilities"].size() == 3);
  for (const auto& v : doc["vulnerabilities"]) {
    CHECK(v["notes"].size() == 1);
    for (const auto& [state, ids] : v["product_status"].items())
      for (const auto& id : ids) CHECK(products.contains(id));
    if (v["product_status"].contains("known_affected")) CHECK(v["remediations"][0]["product_ids"] == v["product_status"]["known_affected"]);
  }
  CHECK(doc["vulnerabilities"][0]["cve"] == "CVE-2017-0144");
  auto clean = machine("BETA");
  clean.verdict.cves = {};
  const json plain = json::parse(render("csaf", report_of({clean})));
  CHECK(plain["document"]["category"] == "csaf_base");
  CHECK_FALSE(plain.contains("vulnerabilities"));
}

TEST_CASE("report: cyclonedx references resolve, and the serial number follows the content") {
  const auto one = report_of({machine("ALPHA")});
  const json doc = json::parse(render("cyclonedx", one));
  std::set<std::string> refs;
  for (const auto& c : doc["components"]) refs.insert(c["bom-ref"]);
  for (const auto& v : doc["vulnerabilities"]) {
    for (const auto& a : v["affects"]) CHECK(refs.contains(a["ref"]));
    const std::string state = v["analysis"]["state"];
    CHECK((state == "exploitable" || state == "in_triage"));
  }
  CHECK(doc["vulnerabilities"].size() == 3);
  auto other = one;
  other.machines[0].verdict.cves.missing.pop_back();
  CHECK(json::parse(render("cyclonedx", other))["serialNumber"] != doc["serialNumber"]);
}
