// Findings TQ7001 to TQ7006: they fire, they stay quiet, and they say nothing where nothing was read.
#include <doctest/doctest.h>

#include <algorithm>

#include "judge/judge.hpp"
#include "rules/rule.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::model::Facts;
using tq::test::claimed_machine;
using tq::test::knowledge;

std::vector<tq::model::Finding> findings(const Facts& f, const char* day = "2026-11-20") {
  tq::judge::Options o;
  o.as_of = *tq::Date::parse(day);
  const auto v = tq::judge::judge(f, knowledge(), o);
  return tq::rules::run({f, v, knowledge().catalog(), "last", o.as_of});
}

std::string said(const std::vector<tq::model::Finding>& all, std::string_view id) {
  for (const auto& x : all)
    if (x.id == id) return x.detail;
  return {};
}

}  // namespace

TEST_CASE("rules: support that ended is told with its days, as information") {
  const auto all = findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64"));
  CHECK(said(all, "TQ7001").find("2020-01-14") != std::string::npos);
  CHECK(said(all, "TQ7002").find("none since 2026-01-13") != std::string::npos);
  CHECK(said(all, "TQ7003").find("volume ESU ended 2023-01-10") != std::string::npos);
  CHECK(said(all, "TQ7003").find("year 4 (Azure and Azure Stack only) to 2024-01-09") != std::string::npos);
  for (const auto& x : all)
    if (x.id.starts_with("TQ7")) CHECK_MESSAGE(x.severity == tq::model::Severity::info, x.id);
  const auto before = findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64"), "2022-06-01");
  CHECK(said(before, "TQ7002").empty());
  CHECK(said(before, "TQ7003").empty());
}

TEST_CASE("rules: an Itanium never had ESU; a current server has nothing to be told") {
  const auto itanium = findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 for Itanium-Based Systems", "ia64"));
  CHECK(said(itanium, "TQ7003").find("ESU was sold for x86 and x64 only, this is ia64; the last update for it is of 2020-01-14") !=
        std::string::npos);
  CHECK(said(itanium, "TQ7002").find("none since 2020-01-14") != std::string::npos);
  CHECK(said(itanium, "TQ7005").find("Itanium") != std::string::npos);
  for (const auto& x : findings(claimed_machine("10.0", 20348, "server", "Windows Server 2022 Standard", "x64")))
    CHECK_FALSE(x.id.starts_with("TQ7"));
  for (const auto& x : findings(Facts{})) CHECK_FALSE(x.id.starts_with("TQ7"));
}

TEST_CASE("rules: no upgrade in place is told where there is none, and only there") {
  CHECK(said(findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x86")), "TQ7005").find("32-bit") !=
        std::string::npos);
  CHECK(said(findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64")), "TQ7005").empty());
  CHECK(said(findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "")), "TQ7005").empty());  // not read is no no
}

TEST_CASE("rules: software out of support, with the place that names it") {
  auto f = claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64");
  f.software.push_back({"sql_server", "10.50 SP3", "", "SOFTWARE//MSSQL"});
  f.software.push_back({"dotnet", "4.5.2", "", "SOFTWARE//NDP"});
  f.software.push_back({"sql_server", "99.0", "", "SOFTWARE//new"});
  f.configuration.programs.push_back({"Microsoft Exchange Server 2010", "14.3", "", "x64", "SOFTWARE//Uninstall"});
  const auto all = findings(f);
  const auto detail = said(all, "TQ7004");
  CHECK(detail.find("SQL Server 2008 R2 ended 2019-07-09") != std::string::npos);
  CHECK(detail.find(".NET Framework 4.5.2 ended 2022-04-26") != std::string::npos);
  CHECK(detail.find("Exchange Server 2010 ended 2020-10-13") != std::string::npos);
  CHECK(detail.find("99.0") == std::string::npos);  // unknown is not ended
  CHECK(said(findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64")), "TQ7004").empty());
}

TEST_CASE("rules: beliefs about 6003 are answered on 6003 and nowhere else") {
  const auto detail = said(findings(claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64")), "TQ7006");
  for (const char* claim : {"R3", "ReFS", "2038", "Windows 7", "internet"}) CHECK_MESSAGE(detail.find(claim) != std::string::npos, claim);
  CHECK(said(findings(claimed_machine("6.0", 6002, "server", "Windows Server 2008 Standard", "x64")), "TQ7006").empty());
  CHECK(said(findings(claimed_machine("6.1", 7601, "server", "Windows Server 2008 R2 Standard", "x64")), "TQ7006").empty());
}
