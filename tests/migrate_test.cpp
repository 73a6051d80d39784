// The command migrate as a user runs it.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"

namespace {

using nlohmann::json;
using tq::test::MachineBuilder;
using tq::test::run_program;

std::string example(const std::string& name) { return std::string(TQ_SOURCE_DIR) + "/examples/" + name; }

tq::test::Ran migrate(const std::string& target, std::vector<std::string> more = {}) {
  std::vector<std::string> args = {"migrate", target, "--as-of", "2026-11-20"};
  args.insert(args.end(), more.begin(), more.end());
  return run_program(args);
}

json document(const std::string& target) {
  const auto r = migrate(target, {"--format", "json"});
  CHECK_MESSAGE(r.status == 0, r.err);
  auto j = json::parse(r.out, nullptr, false);
  REQUIRE_MESSAGE(!j.is_discarded(), r.out);
  return j;
}

std::string save(MachineBuilder& m) {
  const auto folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder);
  return folder;
}

std::size_t count(const json& doc, const std::string& kind) {
  const auto& paths = doc["paths"];
  return static_cast<std::size_t>(std::count_if(paths.begin(), paths.end(), [&](const auto& p) { return p["kind"] == kind; }));
}

const json* find(const json& doc, const std::string& kind, const std::string& to) {
  for (const auto& p : doc["paths"])
    if (p["kind"] == kind && p["to"] == to) return &p;
  return nullptr;
}

bool has_blocker(const json& path, const std::string& kind, const std::string& evidence) {
  for (const auto& b : path["blockers"])
    if (b["kind"] == kind && b["evidence"].dump().find(evidence) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("migrate command: a Server 2008 in the contract's JSON, the same bytes each time") {
  const auto doc = document(example("server2008-6002"));
  CHECK(doc["schema"] == "tourniquet.migrate/1");
  CHECK(doc["machine"]["known_as"] == "Windows Server 2008 SP2 Standard (x64)");
  CHECK(count(doc, "in_place") == 4);
  CHECK(count(doc, "clean_install") == 4);
  CHECK(count(doc, "rehost") == 2);
  const auto* path = find(doc, "in_place", "Windows Server 2025");
  REQUIRE(path != nullptr);
  CHECK((*path)["hops"].size() == 3);
  for (const auto& h : (*path)["hops"])
    for (const char* key : {"from", "to", "conditions", "source"}) CHECK(h.contains(key));
  for (const auto& i : doc["impossible"]) CHECK((!i["to"].get<std::string>().empty() && !i["why"].get<std::string>().empty()));
  CHECK(doc["newer_releases_have"].dump().find("ReFS") != std::string::npos);
  CHECK(migrate(example("server2008-6002"), {"--format", "json"}).out == migrate(example("server2008-6002"), {"--format", "json"}).out);
}

TEST_CASE("migrate command: the text says first what is possible, then what is in the way, then what is not") {
  const auto r = migrate(example("server2008-6002"), {"--color", "never"});
  CHECK(r.status == 0);
  const auto possible = r.out.find("What it can become"), hops = r.out.find("Upgrades in place"), no = r.out.find("Impossible");
  CHECK(possible < hops);
  CHECK(hops < no);
  CHECK(std::count(r.out.begin(), r.out.begin() + static_cast<std::ptrdiff_t>(r.out.find("Windows Server 2025")), '\n') < 24);
  const auto md = migrate(example("server2008-6002"), {"--format", "md"});
  CHECK(md.status == 0);
  CHECK(md.out.find("- [ ] ") != std::string::npos);
}

TEST_CASE("migrate command: an imaging workstation, a web server and a text of systeminfo") {
  MachineBuilder imaging;
  imaging.arch(tq::format::pe::Machine::x86).product("Windows Vista (TM) Business", "WinNT").edition("Business");
  imaging.software().sz("Microsoft\\Windows\\CurrentVersion\\Uninstall\\S", "DisplayName", "Scanner <script>");
  imaging.system()
      .sz("ControlSet001\\Control\\Class\\{1}\\0000", "InfPath", "oem1.inf")
      .sz("ControlSet001\\Control\\Class\\{1}\\0000", "DriverDesc", "Scanner");
  imaging.system().dword("ControlSet001\\Services\\LanmanServer", "Start", 2).dword("ControlSet001\\Services\\LanmanServer", "Type", 0x20);
  const auto folder = save(imaging);
  const auto doc = document(folder);
  CHECK(doc["machine"]["known_as"] == "Windows Vista SP2 Business (x86)");
  CHECK(count(doc, "in_place") == 0);
  const auto* clean = find(doc, "clean_install", "Windows 10 IoT Enterprise LTSC 2021");
  REQUIRE(clean != nullptr);
  CHECK(has_blocker(*clean, "program", "Scanner"));
  CHECK(has_blocker(*clean, "driver", "Scanner"));
  CHECK(has_blocker(*clean, "dropped", "LanmanServer"));
  CHECK(migrate(folder, {"--format", "md"}).out.find("<script>") == std::string::npos);

  MachineBuilder web;
  web.edition("ServerWeb").product("Windows Web Server (R) 2008", "ServerNT");
  web.system().dword("ControlSet001\\Services\\W3SVC", "Start", 2);
  web.software().dword("Microsoft\\InetStp", "MajorVersion", 7).dword("Microsoft\\InetStp", "MinorVersion", 0);
  const auto web_doc = document(save(web));
  CHECK(has_blocker(*find(web_doc, "clean_install", "Windows Server 2025"), "role", "W3SVC"));
  CHECK(web_doc["machine"]["lifecycle"]["esu_why"].get<std::string>().find("Web edition") != std::string::npos);

  const auto text = document(example("systeminfo-6003.txt"));
  const auto dumped = text["paths"].dump();
  CHECK(dumped.find("not read, so nothing is said of them") != std::string::npos);
  CHECK(dumped.find("\"program\"") == std::string::npos);
}

TEST_CASE("migrate command: an Itanium database server has no path in place") {
  MachineBuilder m;
  m.arch(tq::format::pe::Machine::ia64)
      .product("Windows Server (R) 2008 for Itanium-Based Systems", "ServerNT")
      .edition("ServerEnterpriseIA64");
  const auto doc = document(save(m));
  CHECK(count(doc, "in_place") == 0);
  CHECK(count(doc, "rehost") == 0);
  CHECK(doc["impossible"].dump().find("Itanium") != std::string::npos);
}

TEST_CASE("migrate command: exit statuses") {
  CHECK(run_program({"migrate"}).status == 2);
  CHECK(migrate("/no/such/thing").status == 3);
  CHECK(migrate(example("server2008-6002"), {"--as-of", "soon"}).status == 2);
  const auto folder = tq::test::temporary_folder();
  std::ofstream(folder + "/systeminfo.txt") << "OS Version: 6.0.6002\n";
  const auto r = migrate(folder + "/systeminfo.txt");
  CHECK((r.status == 0 || r.status == 3 || r.status == 4));
}

TEST_CASE("migrate command: real hives of other Windows answer, or say that too little was read") {
  for (const char* name : {"hives/nt51_xpsp3_x86_M57-PAT_SYSTEM", "hives/nt61_win7sp1_x86_SYSTEM.xz", "hives/nt10_dirty_SYSTEM_B.xz"}) {
    const auto path = tq::test::corpus(name);
    if (!path) return;
    const std::string folder = tq::test::temporary_folder();
    tq::test::write_files({{"SYSTEM", tq::test::slurp(*path)}}, folder);
    const auto r = migrate(folder);
    CHECK_MESSAGE((r.status == 0 || r.status == 4), r.err);
    if (r.status == 4) CHECK(r.out.find("too little was read") != std::string::npos);  // SYSTEM does not hold the build
  }
}
