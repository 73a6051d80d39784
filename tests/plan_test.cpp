// The commands plan and media as a user runs them.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/cab_builder.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"

namespace {

using nlohmann::json;
using tq::test::run_program;

std::string example(const std::string& name) { return std::string(TQ_SOURCE_DIR) + "/examples/" + name; }

json answer(std::vector<std::string> args, int status = 0) {
  args.insert(args.end(), {"--format", "json"});
  const auto r = run_program(args);
  CHECK_MESSAGE(r.status == status, r.err);
  auto j = json::parse(r.out, nullptr, false);
  REQUIRE_MESSAGE(!j.is_discarded(), r.err);
  return j;
}

std::string words(const json& steps) {
  std::string s;
  for (const auto& step : steps) s += (step["kb"].is_null() ? step["kind"] : step["kb"]).get<std::string>() + " ";
  return s;
}

std::string save(const std::string& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder + "/" + name, std::ios::binary) << text;
  return folder + "/" + name;
}

}  // namespace

TEST_CASE("plan command: an unpatched 6002 server to each goal") {
  const auto last = answer({"plan", example("server2008-6002")});
  CHECK(last["schema"] == "tourniquet.plan/1");
  CHECK(words(last["steps"]) == "KB4493730 KB4474419 reboot KB5039341 KB5016891 licence KB5073697 reboot ");
  CHECK(last["steps"][6]["raises_build_to"] == 6003);
  CHECK(last["steps"][6]["requires"].size() == 4);
  CHECK(last["impossible"].empty());
  const auto open = answer({"plan", example("server2008-6002"), "--goal", "public"});
  CHECK(words(open["steps"]) == "KB4493730 KB4474419 reboot KB4536953 KB4534303 reboot ");
  const auto esu = answer({"plan", example("server2008-6002"), "--goal", "esu"});
  CHECK(esu["steps"][6]["kb"] == "KB5022340");
  CHECK(esu["steps"][5]["esu_years"] == json::array({3}));
}

TEST_CASE("plan command: nothing to do where the goal is reached; no way where there is none") {
  CHECK(answer({"plan", example("server2008-6003-patched")})["steps"].empty());
  tq::test::MachineBuilder m;
  m.arch(tq::format::pe::Machine::ia64);
  const auto folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder);
  const auto none = answer({"plan", folder});
  CHECK(none["steps"].empty());
  CHECK(none["impossible"].size() == 2);
  CHECK(none["farthest_goal"] == "public");
}

TEST_CASE("plan command: approvals allow, forbid, and are never guessed") {
  const auto folder = tq::test::temporary_folder();
  const auto list = save(folder, "a.csv", "kb,status,date,by,note\nKB4493730,approved,2026-01-01,Vendor,fine\n5073697,rejected,,,\n");
  const auto p = answer({"plan", example("server2008-6002"), "--approvals", list});
  CHECK(p["steps"][0]["approval"] == "approved");
  CHECK(p["steps"][0]["allowed"] == true);
  CHECK(p["steps"][1]["approval"] == "not_listed");
  CHECK(p["steps"][6]["allowed"] == false);
  CHECK(p["impossible"][0]["goal"] == "last");
  const auto bad = save(folder, "b.csv", "kb,status\nKB4493730,maybe\n");
  CHECK(run_program({"plan", example("server2008-6002"), "--approvals", bad}).status == 2);
}

TEST_CASE("plan command: names of machines and of approvers cannot become markup or commands") {
  const auto text = tq::test::systeminfo_text("<script>x</script>", "6.0.6002", "Service Pack 2 Build 6002", {});
  for (const char* format : {"md", "html"}) {
    const auto r = run_program({"plan", "-", "--format", format}, text);
    CHECK(r.status == 0);
    CHECK(r.out.find("<script>") == std::string::npos);
  }
  const auto script = run_program({"plan", example("server2008-6002"), "--format", "cmd"});
  CHECK(script.status == 0);
  CHECK(script.out.find("BAGGAGE") == std::string::npos);
  CHECK(script.out.find("4493730") != std::string::npos);
}

TEST_CASE("media command: identity, digest, and what a plan lacks") {
  const auto folder = tq::test::temporary_folder();
  const auto cab = tq::test::build_cabinet(
      {{"update.mum",
        tq::test::bytes_from(
            R"(<assembly xmlns="urn:schemas-microsoft-com:asm.v3"><assemblyIdentity name="Package_for_KB4493730" version="6.0.1.1" processorArchitecture="amd64" language="neutral" publicKeyToken="31bf3856ad364e35"/><package identifier="KB4493730"/></assembly>)")}});
  tq::test::write_files({{"Windows6.0-KB4493730-x64.cab", cab}}, folder);
  const auto j = answer({"media", folder, "--target", example("server2008-6002")});
  CHECK(j["schema"] == "tourniquet.media/1");
  REQUIRE(j["files"].size() == 1);
  CHECK(j["files"][0]["kb"] == "KB4493730");
  CHECK(j["files"][0]["arch"] == "x64");
  CHECK(j["files"][0]["signature"] == "none");
  CHECK(j["files"][0]["installable_on_target"] == "yes");
  CHECK(j["plan_covered"] == json::array({"KB4493730"}));
  CHECK(j["plan_lacks"].size() == 4);
  const auto short_of = run_program({"plan", example("server2008-6002"), "--format", "cmd", "--media", folder});
  CHECK(short_of.status == 2);
  CHECK(short_of.err.find("KB4474419") != std::string::npos);
}

TEST_CASE("plan command: starts from what check says, files of a site's table included") {
  const auto folder = tq::test::temporary_folder();
  const auto table = save(folder, "files.csv", "kb,file,arch,branch,version,source\n5073697,tcpip.sys,x64,ldr,6.0.6003.23717,a page\n");
  const auto made = run_program({"catalog", "update", "--from", table, "-o", folder + "/site.tqc"});
  REQUIRE_MESSAGE(made.status == 0, made.err);
  for (const std::uint16_t revision : {std::uint16_t{20489}, std::uint16_t{23717}}) {
    tq::test::MachineBuilder m;
    m.registry_build("6003", "vistasp2_ldr_escrow").kernel({6, 0, 6003, 23717}).package(5073697, 112);
    m.program_file("System32/drivers/tcpip.sys", {6, 0, 6003, revision});
    const auto target = folder + "/machine" + std::to_string(revision);
    tq::test::write_files(m.build(), target);
    const bool whole = revision == 23717;
    const auto checked = answer({"check", target, "--catalog", folder + "/site.tqc", "--fail-on", "never"})["machines"][0];
    const auto planned = answer({"plan", target, "--catalog", folder + "/site.tqc"});
    CHECK(checked["goals"]["last"]["reached"] == whole);
    for (const char* goal : {"public", "esu", "last"}) CHECK(planned["from"]["goals_reached"][goal] == checked["goals"][goal]["reached"]);
    CHECK(planned["from"]["build"] == checked["build"]["number"]);
    CHECK(planned["from"]["revision"] == checked["build"]["revision"]);
    CHECK(planned["steps"].empty() == whole);
    if (!whole) CHECK(words(planned["steps"]).find("KB5073697") != std::string::npos);
  }
}
