#include <doctest/doctest.h>

#include "analysis/gates.hpp"
#include "analysis/installer/condition.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/msi_builder.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::analysis;
using installer::Condition;
using installer::Parts;
using installer::Values;

namespace {

Parts parts(std::string_view text) {
  const auto c = Condition::parse(text);
  REQUIRE_MESSAGE(c, std::string(text));
  const Values a{{"B", "6002"}, {"VersionNT", "600"}, {"X", std::nullopt}}, b{{"B", "6003"}, {"VersionNT", "600"}, {"X", std::nullopt}};
  return c->compare(a, b);
}

GateReport gates(const test::MsiBuilder& m, GateOptions o = {}) {
  const auto file = m.build();
  return find_gates(bytes_of(file), o);
}

}  // namespace

TEST_CASE("installer: comparisons follow the documented syntax") {
  for (const char* differs : {"B = 6002", "B=6002", "B <> 6002", "B < 6003", "B >= 6003", "NOT (B = 6002)", "B = \"6002\"", "B ~= \"6002\"",
                              "B >< 1", "B >> 6003", "VersionNT = 600 AND B > 6002", "B=6002 OR Privileged", "Privileged XOR B=6002",
                              "B=6002 IMP Privileged", "B=6002 EQV 1", "B << \"6003\"", "b2=1 OR (VersionNT And B = 6003)"})
    CHECK_MESSAGE(parts(differs) == Parts::differ, std::string(differs));
  for (const char* alike : {"B", "B > 6000", "B < 6002", "B <> \"abc\"", "B = \"abc\"", "VersionNT = 600", "Privileged", "NOT Installed",
                            "B = 6002 OR B = 6003", "B = 6002 AND VersionNT = 500", "B=6002 OR 1", "B=6002 AND 0", "1 IMP B", "&Feature=3",
                            "%PATH AND $Component > 2", "b = 6002", "B = 6002 AND NOT B = 6002"})
    CHECK_MESSAGE(parts(alike) == Parts::alike, std::string(alike));
  CHECK(parts("X = 1") == Parts::unclear);
  CHECK(parts("B = Other") == Parts::unclear);
}

TEST_CASE("installer: no condition is made of what is none") {
  for (const char* bad : {"", "(", "B =", "= 3", "B = 6002)", "AND", "B B", "\"open", "NOT", "B = = 3", "$"})
    CHECK_FALSE(Condition::parse(bad));
  CHECK_FALSE(Condition::parse(std::string(100, '(') + "B" + std::string(100, ')')));
  CHECK_FALSE(Condition::parse(std::string(100000, 'B')));
  CHECK(Condition::parse("NOT NOT NOT B"));
}

TEST_CASE("installer: a launch condition that tells the builds apart is a gate with its words") {
  const auto r = gates(test::MsiBuilder().launch("VersionNT >= 600 AND WindowsBuild <= 6002"));
  CHECK(r.gate == Gate::differs);
  REQUIRE(r.sites.size() == 1);
  CHECK(r.sites[0].source == "WindowsBuild");
  CHECK(r.sites[0].comparison == "VersionNT >= 600 AND WindowsBuild <= 6002");
  CHECK(r.sites[0].instruction == "table LaunchCondition, row VersionNT >= 600 AND WindowsBuild <= 6002");
  REQUIRE(r.sites[0].on.size() == 2);
  CHECK(r.sites[0].on[1].second == "WindowsBuild = 6003");
}

TEST_CASE("installer: reading the version alike is same, not reading it is no source") {
  CHECK(gates(test::MsiBuilder().launch("VersionNT >= 600")).gate == Gate::same);
  CHECK(gates(test::MsiBuilder().launch("WindowsBuild >= 6000")).gate == Gate::same);
  CHECK(gates(test::MsiBuilder().launch("Privileged")).gate == Gate::no_source);
  GateOptions seven;
  seven.second = 7601;
  CHECK(gates(test::MsiBuilder().launch("VersionNT >= 601"), seven).gate == Gate::differs);
  GateOptions ten;
  ten.first = 9600;
  ten.second = 14393;
  CHECK(gates(test::MsiBuilder().launch("WindowsBuild > 9600"), ten).gate == Gate::same);
}

TEST_CASE("installer: a registry search and a copied property carry the build") {
  test::MsiBuilder searched;
  searched.table("AppSearch", {{"Property", "s72"}, {"Signature_", "s72"}}).row({"OSBUILD", "sig"});
  searched.table("RegLocator", {{"Signature_", "s72"}, {"Root", "i2"}, {"Key", "s255"}, {"Name", "S255"}, {"Type", "I2"}})
      .row({"sig", "2", "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "2"});
  searched.launch("OSBUILD = \"6003\"");
  CHECK(gates(searched).gate == Gate::differs);
  test::MsiBuilder copied;
  copied.table("CustomAction", {{"Action", "s72"}, {"Type", "i2"}, {"Source", "S72"}, {"Target", "S255"}})
      .row({"Copy", "51", "MYBUILD", "[WindowsBuild]"});
  copied.launch("MYBUILD = 6002 OR FORCE");
  CHECK(gates(copied).gate == Gate::differs);
  test::MsiBuilder joined;
  joined.table("CustomAction", {{"Action", "s72"}, {"Type", "i2"}, {"Source", "S72"}, {"Target", "S255"}})
      .row({"Copy", "51", "MYBUILD", "6.0.[WindowsBuild]"});
  joined.launch("MYBUILD = \"6.0.6002\"");
  CHECK(gates(joined).gate == Gate::undecided);
}

TEST_CASE("installer: conditions of any table count") {
  test::MsiBuilder m;
  m.table("InstallExecuteSequence", {{"Action", "s72"}, {"Condition", "S255"}, {"Sequence", "I2"}})
      .row({"Patch", "WindowsBuild = 6003", "100"});
  CHECK(gates(m).gate == Gate::differs);
}

TEST_CASE("installer: code that could not be followed leaves it undecided, and says so") {
  const auto text =
      gates(test::MsiBuilder().launch("Privileged").binary("a.vbs", test::bytes_from("x = Session.Property(\"WindowsBuild\")")));
  CHECK(text.gate == Gate::undecided);
  REQUIRE(text.why.size() == 1);
  CHECK(text.why[0] == "the script Binary.a.vbs names WindowsBuild; scripts are not followed");
  CHECK(gates(test::MsiBuilder().launch("Privileged").binary("icon", test::bytes_from("not a script"))).gate == Gate::no_source);
  CHECK(gates(test::MsiBuilder().launch("Privileged").binary("ca.dll", test::PeBuilder().build())).gate == Gate::no_source);
  CHECK(gates(test::MsiBuilder().launch("6002 is a build")).gate == Gate::undecided);
}
