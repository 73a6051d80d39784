// Every format over one machine and over a hostile one; and what people read: pages, tables, ledgers.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/support/csv.hpp"
#include "report/support/html.hpp"
#include "report/support/ledger.hpp"
#include "tests/support/made_report.hpp"

namespace {

using namespace tq;
using tq::test::full_machine;
using tq::test::hostile_machine;
using tq::test::kHostile;
using tq::test::render;
using tq::test::report_of;

/// No control character, no change of direction: these reach no file of ours.
bool tame(const std::string& s) { return s.find('\x1b') == std::string::npos && s.find("\xE2\x80\xAE") == std::string::npos; }

}  // namespace

TEST_CASE("report: every format is deterministic and tames what a target says") {
  const auto r = report_of({full_machine("ALPHA"), hostile_machine()});
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
  const std::string page = render("html", report_of({full_machine("ALPHA"), hostile_machine()}));
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
  model::Machine m = full_machine("ALPHA");
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
  const auto rows = report::ledger(report_of({full_machine("ALPHA")}));
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
  const std::string csv = render("csv", report_of({hostile_machine()}));
  CHECK(csv.starts_with("asset,product,update,"));
  CHECK(csv.find("\r\n=") == std::string::npos);
  CHECK(csv.find(",=") == std::string::npos);
  auto m = full_machine("=cmd|calc");
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
  auto m = full_machine("ALPHA");
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
  auto r = report_of({full_machine("ALPHA")});
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
