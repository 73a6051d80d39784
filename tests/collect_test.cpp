// The collection script as text, and a folder as the script leaves it as a target. The script itself is run nowhere here: no NT 6.0 is at
// hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"

namespace {

using nlohmann::json;
using tq::test::bytes_from;
using tq::test::MachineBuilder;

struct Collected {
  int status = 0;
  json machine;
};

Collected check(const std::string& live, const std::string& qfe = {}) {
  const std::string folder = tq::test::temporary_folder();
  MachineBuilder m;
  auto files = m.build();
  if (!live.empty()) files["tourniquet-collect.txt"] = bytes_from(live);
  if (!qfe.empty()) files["qfe.txt"] = bytes_from(qfe);
  tq::test::write_files(files, folder);
  const auto ran = tq::test::run_program({"check", "--as-of", "2026-11-20", "--format", "json", folder});
  const auto report = json::parse(ran.out, nullptr, false);
  REQUIRE_MESSAGE(report.is_object(), ran.err);
  return {ran.status, report["machines"][0]};
}

const json* coverage(const json& machine, const std::string& source) {
  for (const auto& c : machine["coverage"])
    if (c["source"] == source) return &c;
  return nullptr;
}

std::string answers(const char* pending, const char* lost) {
  return std::string("tourniquet-collect 1\r\ncbs_reboot_pending=") + pending +
         "\r\ncbs_reboot_in_progress=absent\r\ncbs_packages_pending=absent\r\nupdate_reboot_required=absent\r\n" + lost;
}

}  // namespace

TEST_CASE("collect: the script is plain cmd, for the oldest shell and any code page") {
  const auto ran = tq::test::run_program({"collect"});
  CHECK(ran.status == 0);
  CHECK(ran.out.starts_with("@echo off\r\n"));
  std::size_t lines = 0;
  for (std::size_t i = 0; i < ran.out.size(); ++i) {
    CHECK(static_cast<unsigned char>(ran.out[i]) < 0x80);
    if (ran.out[i] != '\n') continue;
    ++lines;
    CHECK(ran.out[i - 1] == '\r');
  }
  CHECK(lines < 140);
  // What must never leave the machine is not named but to say so; what NT 6.0 lacks is not called.
  for (const char* never : {"reg save HKLM\\SAM", "reg save HKLM\\SECURITY", "ProductKey", "powershell", "NTUSER"})
    CHECK_MESSAGE(ran.out.find(never) == std::string::npos, never);
}

TEST_CASE("collect: keys that a saved hive does not hold are answered by the live machine") {
  CHECK(check("").machine["servicing"]["reboot_pending"].is_null());
  const auto quiet = check(answers("absent", "lost=0\r\n"));
  CHECK(quiet.machine["servicing"]["reboot_pending"] == false);
  const auto waiting = check(answers("present", "lost=0\r\n"));
  CHECK(waiting.machine["servicing"]["reboot_pending"] == true);
  CHECK(waiting.machine["servicing"]["evidence"][0].get<std::string>().find("tourniquet-collect.txt: cbs_reboot_pending") !=
        std::string::npos);
}

TEST_CASE("collect: a copy that was broken off, or lost parts, says so") {
  const auto cut = check(answers("absent", ""));
  REQUIRE(coverage(cut.machine, "collected") != nullptr);
  CHECK((*coverage(cut.machine, "collected"))["status"] == "failed");
  CHECK((*coverage(cut.machine, "collected"))["detail"].get<std::string>().find("did not reach its end") != std::string::npos);
  const auto lost = check(answers("absent", "lost=3\r\n"));
  CHECK((*coverage(lost.machine, "collected"))["detail"].get<std::string>().find("3 parts") != std::string::npos);
  CHECK((*coverage(check(answers("absent", "lost=0\r\n")).machine, "collected"))["status"] == "read");
}

TEST_CASE("collect: a list of hotfixes that was written by a script that did not end is not whole") {
  const char* list = "\r\n\r\nHotFixID=KB955430\r\nInstalledOn=\r\n";
  const auto says_cut = [](const Collected& c) {
    const auto& found = c.machine["findings"];
    return std::any_of(found.begin(), found.end(), [](const json& f) { return f["id"] == "TQ9003"; });
  };
  CHECK(says_cut(check(answers("absent", ""), list)));
  CHECK_FALSE(says_cut(check(answers("absent", "lost=0\r\n"), list)));
}

TEST_CASE("collect: a file of another making is not taken for answers") {
  const auto other = check("tourniquet-collect 2\r\ncbs_reboot_pending=present\r\nlost=0\r\n");
  CHECK(other.machine["servicing"]["reboot_pending"].is_null());
  CHECK(coverage(other.machine, "collected") == nullptr);
}

TEST_CASE("collect: the list of hotfixes counts as a claim of the machine") {
  const auto c =
      check(answers("absent", "lost=0\r\n"), "\r\n\r\nHotFixID=KB955430\r\nInstalledOn=\r\n\r\nHotFixID=KB956250\r\nInstalledOn=\r\n\r\n");
  REQUIRE(coverage(c.machine, "collected.qfe") != nullptr);
  CHECK((*coverage(c.machine, "collected.qfe"))["status"] == "read");
  bool listed = false;
  for (const auto& u : c.machine["updates"]["installed"]) listed = listed || u["kb"] == "KB955430";
  CHECK(listed);
}
