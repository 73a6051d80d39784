#include "tests/support/made_report.hpp"

#include <doctest/doctest.h>

namespace tq::test {

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

model::Machine full_machine(const std::string& name) {
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

model::Machine hostile_machine() {
  model::Machine m = full_machine(kHostile);
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

}  // namespace tq::test
