// `check --deep`, `drivers` and `time32` on a whole machine: what its services load.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/machine_builder.hpp"
#include "tests/support/msi_builder.hpp"
#include "tests/support/pe_builder.hpp"
#include "tests/support/program.hpp"

using namespace tq;
using Json = nlohmann::json;

namespace {

std::string machine(bool deep_services) {
  test::MachineBuilder m;
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion", "SystemRoot", "C:\\Windows");
  if (deep_services) {
    const std::string key = "ControlSet001\\Services\\";
    const auto driver = [&](const std::string& name, std::uint32_t start) {
      m.system().dword(key + name, "Type", 1).dword(key + name, "Start", start).dword(key + name, "ErrorControl", 1);
      m.file("Windows/System32/drivers/" + name + ".sys", test::PeBuilder().build());
    };
    driver("second", 1);
    driver("first", 0);
    driver("never", 4);
    m.system().dword(key + "gone", "Type", 1).dword(key + "gone", "Start", 2);
  }
  const std::string folder = test::temporary_folder();
  test::write_files(m.build(), folder);
  return folder;
}

const Json* coverage_of(const Json& machine, const std::string& source) {
  for (const auto& c : machine["coverage"])
    if (c["source"] == source) return &c;
  return nullptr;
}

}  // namespace

TEST_CASE("deep: without --deep the two analyses are said to be skipped, with it every loaded file has a line") {
  const std::string folder = machine(true);
  const auto plain = test::run_program({"check", folder, "--format", "json"});
  const auto skipped = Json::parse(plain.out)["machines"][0];
  CHECK(skipped["drivers"].empty());
  REQUIRE(coverage_of(skipped, "drivers") != nullptr);
  CHECK((*coverage_of(skipped, "drivers"))["status"] == "skipped");

  const auto deep = test::run_program({"check", folder, "--deep", "--format", "json"});
  const auto read = Json::parse(deep.out)["machines"][0];
  REQUIRE(read["drivers"].size() == 2);
  CHECK(read["drivers"][0]["loaded_by"] == "first, boot driver");
  CHECK(read["drivers"][0]["gate"] == "no_source");
  CHECK(read["drivers"][0]["builds"] == Json::array({6002, 6003}));
  CHECK(read["drivers"][1]["loaded_by"] == "second, system driver");
  CHECK(read["time32"].size() == 2);
  CHECK((*coverage_of(read, "drivers"))["detail"] ==
        "2 files of the services that load; 1 services without a file here: gone: gone.sys: no such file");
}

TEST_CASE("deep: facts written with --deep keep what was found") {
  const std::string folder = machine(true), facts = test::temporary_folder() + "/facts.json";
  CHECK(test::run_program({"check", folder, "--deep", "--format", "facts", "-o", facts}).status == 1);
  const auto again = test::run_program({"check", facts, "--deep", "--format", "json"});
  CHECK(Json::parse(again.out)["machines"][0]["drivers"].size() == 2);
}

TEST_CASE("deep: drivers and time32 take a whole machine in the order it loads") {
  const std::string folder = machine(true);
  for (const char* command : {"drivers", "time32"}) {
    const auto r = test::run_program({command, folder, "--format", "json"});
    CHECK(r.status == 0);
    const auto files = Json::parse(r.out)["files"];
    REQUIRE(files.size() == 2);
    CHECK(files[0]["loaded_by"] == "first, boot driver");
    CHECK(files[0]["path"] == folder + "/Windows/System32/drivers/first.sys");
    CHECK(r.err.find("gone.sys: no such file") != std::string::npos);
  }
}

TEST_CASE("deep: a folder of files, a package and other texts are taken as they are") {
  const std::string folder = test::temporary_folder();
  test::write_files({{"a.msi", test::MsiBuilder().launch("WindowsBuild < 6003").build()},
                     {"b.dll", test::PeBuilder().build()},
                     {"c.txt", test::bytes_from("no program")}},
                    folder);
  const auto r = test::run_program({"drivers", folder, "--format", "json"});
  CHECK(r.status == 1);
  const auto files = Json::parse(r.out)["files"];
  REQUIRE(files.size() == 2);
  CHECK(files[0]["gate"] == "differs");
  CHECK(files[0]["sites"][0]["comparison"] == "WindowsBuild < 6003");
  CHECK(files[0]["loaded_by"].is_null());
  CHECK(files[1]["gate"] == "no_source");
  CHECK(test::run_program({"drivers", folder + "/c.txt"}).status == 0);
}
