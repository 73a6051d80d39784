// Findings TQ5001 to TQ5003: they fire, they stay quiet, and they say nothing where nothing was read.
#include <doctest/doctest.h>

#include "judge/judge.hpp"
#include "rules/rule.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::model::Facts;
using tq::model::Finding;
using tq::test::knowledge;

std::vector<Finding> findings(const Facts& f) {
  tq::judge::Options o;
  o.as_of = *tq::Date::parse("2026-11-20");
  const auto v = tq::judge::judge(f, knowledge(), o);
  return tq::rules::run({f, v, knowledge().catalog(), "last", o.as_of});
}

const Finding* find(const std::vector<Finding>& all, std::string_view id) {
  for (const auto& x : all)
    if (x.id == id) return &x;
  return nullptr;
}

Facts looked_at() {
  Facts f = tq::test::claimed_machine("6.0", 6003, "server", "Windows Server 2008 Standard", "x64");
  f.deep_read = tq::model::Tri::yes;
  return f;
}

}  // namespace

TEST_CASE("rules: programs with times of 32 bits are told with their place, those that only call such functions together") {
  Facts f = looked_at();
  f.time32 = {{"a.sys", "11", "exposed", {"compared as a signed number at 0x1000"}},
              {"b.exe", "22", "uses_32bit_api", {"imports msvcrt.dll!time at 0x2000"}},
              {"c.exe", "33", "no_evidence", {}},
              {"d.exe", "44", "not_analysed", {"packed"}}};
  const auto all = findings(f);
  const Finding* exposed = find(all, "TQ5001");
  REQUIRE(exposed != nullptr);
  CHECK(exposed->detail.find("0x1000") != std::string::npos);
  const Finding* calls = find(all, "TQ5002");
  REQUIRE(calls != nullptr);
  CHECK(calls->severity == tq::model::Severity::info);
  CHECK(calls->detail == "1 of 4 files");
  f.time32.erase(f.time32.begin(), f.time32.begin() + 2);
  CHECK(find(findings(f), "TQ5001") == nullptr);
  CHECK(find(findings(f), "TQ5002") == nullptr);
}

TEST_CASE("rules: the day of installation is a time of 32 bits, told where programs were looked at, as information") {
  Facts f = looked_at();
  f.identity.install_date = "2009-04-02 10:00:00";
  const auto all = findings(f);
  const Finding* rest = find(all, "TQ5003");
  REQUIRE(rest != nullptr);
  CHECK(rest->severity == tq::model::Severity::info);
  CHECK(rest->detail.find("2009-04-02") != std::string::npos);
  f.identity.install_date.clear();
  CHECK(find(findings(f), "TQ5003") == nullptr);
  f.identity.install_date = "2009-04-02 10:00:00";
  f.deep_read = tq::model::Tri::unknown;
  CHECK(find(findings(f), "TQ5003") == nullptr);
}
