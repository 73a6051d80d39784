// Evidence of the past - logs and snapshots - in whole machines: it is told with its date and never outweighs the present.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"

namespace {

using nlohmann::json;
using tq::test::bytes_from;
using tq::test::MachineBuilder;

json check(MachineBuilder& m, const std::string& format, const tq::test::FileMap& more = {}) {
  const std::string folder = tq::test::temporary_folder();
  auto files = m.build();
  for (const auto& [path, content] : more) files[path] = content;
  tq::test::write_files(files, folder);
  const auto ran = tq::test::run_program({"check", "--as-of", "2026-11-20", "--format", format, folder});
  auto parsed = json::parse(ran.out, nullptr, false);
  REQUIRE_MESSAGE(!parsed.is_discarded(), ran.err);
  return parsed["machines"][0];
}

const json* trace(const json& facts, const std::string& source) {
  for (const auto& t : facts["traces"])
    if (t["source"] == source) return &t;
  return nullptr;
}

std::string coverage(const json& machine, const std::string& source) {
  for (const auto& c : machine["coverage"])
    if (c["source"] == source) return c["status"];
  return "";
}

constexpr const char* kCbsLog = "Windows/Logs/CBS/CBS.log";
constexpr const char* kEvents = "Windows/SoftwareDistribution/ReportingEvents.log";

std::string event(const std::string& code, const std::string& hresult, const std::string& result, const std::string& text) {
  return "{5799BAC1-56F4-4944-862E-9DE7AFEAB1A2}\t2019-04-10 03:16:55:971+0100\t1\t" + code +
         "\t101\t{A8944CC2-C640-42AB-96EB-CA18473B3BD7}\t105\t" + hresult + "\tAutomaticUpdates\t" + result + "\tContent Install\t" + text +
         "\r\n";
}

}  // namespace

TEST_CASE("history: Windows Update's log tells attempts, dated and with their place; it installs nothing") {
  MachineBuilder m;
  m.file(kEvents, bytes_from(event("183", "0", "Success", "Installation Successful: Update (KB4493471)") +
                             event("182", "80070643", "Failure", "Installation Failure: Update (KB4493730)")));
  const json facts = check(m, "facts");
  const json* done = trace(facts, "reporting_events.installed");
  REQUIRE(done != nullptr);
  CHECK((*done)["what"] == "KB4493471");
  CHECK((*done)["date"] == "2019-04-10T02:16:55Z");
  CHECK((*done)["where"].get<std::string>().find("ReportingEvents.log@0x0") != std::string::npos);
  const json* failed = trace(facts, "reporting_events.failed");
  REQUIRE(failed != nullptr);
  CHECK((*failed)["what"].get<std::string>().find("0x80070643") != std::string::npos);
  const json verdict = check(m, "json");
  for (const auto& u : verdict["updates"]["installed"]) CHECK(u["kb"] != "KB4493730");
  CHECK(verdict["build"]["number"] == 6002);
}

TEST_CASE("history: CBS.log names the stacks that ran and the packages that failed; its 6003 proves no build") {
  MachineBuilder m;
  const std::string day = "2019-04-10 03:00:0";
  m.file(kCbsLog,
         bytes_from(day + "0, Info                  CBS    Loaded Servicing Stack v6.0.6003.20482 with Core: C:\\Windows\\x\r\n" + day +
                    "1, Info                  CBS    Exec: Processing complete.  Session: 1, Package: "
                    "Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.2 [HRESULT = 0x800f0922 - CBS_E_INSTALLERS_FAILED]\r\n"));
  const json facts = check(m, "facts");
  const json* stack = trace(facts, "cbs_log.stack");
  REQUIRE(stack != nullptr);
  CHECK((*stack)["what"] == "6.0.6003.20482");
  REQUIRE(trace(facts, "cbs_log.failure") != nullptr);
  CHECK((*trace(facts, "cbs_log.failure"))["what"].get<std::string>().find("0x800f0922") != std::string::npos);
  const json verdict = check(m, "json");
  CHECK(verdict["build"]["number"] == 6002);
  CHECK(verdict["build"]["status"] == "proven");
}

TEST_CASE("history: RegBack is an older witness; its other build contradicts nothing") {
  MachineBuilder old;
  const auto before = old.build();
  MachineBuilder now;
  now.registry_build("6003", "vistasp2_ldr_escrow.190320-1700").kernel({6, 0, 6003, 20489});
  const json verdict = check(now, "json", {{"Windows/System32/config/RegBack/SOFTWARE", before.at("Windows/System32/config/SOFTWARE")}});
  CHECK(verdict["build"]["number"] == 6003);
  CHECK(verdict["build"]["status"] == "proven");
  const auto& w = verdict["build"]["witnesses"];
  CHECK(std::any_of(w.begin(), w.end(),
                    [](const json& x) { return x["source"] == "registry.RegBack.CurrentBuildNumber" && x["says"] == "6002"; }));
}

TEST_CASE("history: logs that are no logs are named, and the rest is read") {
  MachineBuilder m;
  std::vector<std::byte> noise(4096);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::byte>(i * 37 + i / 7);
  m.file(kCbsLog, noise).file(kEvents, noise);
  const json verdict = check(m, "json");
  CHECK(verdict["build"]["status"] == "proven");
  CHECK(coverage(verdict, "cbs_log") != "");
  CHECK(coverage(verdict, "reporting_events") != "");
  CHECK(trace(check(m, "facts"), "cbs_log.stack") == nullptr);
}
