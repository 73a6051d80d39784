// The program as a whole: machines of known truth in, verdicts and exit statuses out.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/corpus.hpp"
#include "tests/support/examples.hpp"
#include "tests/support/program.hpp"

namespace {

using nlohmann::json;
using tq::FileVersion;
using tq::test::MachineBuilder;
using tq::test::run_program;

constexpr const char* kDay = "2026-11-20";
constexpr std::uint32_t kInstalledLow = 7, kInstalledHigh = 112, kStaged = 64;

std::string example(const std::string& name) { return std::string(TQ_SOURCE_DIR) + "/examples/" + name; }

struct Checked {
  int status = 0;
  json report;
  [[nodiscard]] const json& machine() const { return report["machines"][0]; }
  [[nodiscard]] bool finds(const std::string& id) const {
    const auto& f = machine()["findings"];
    return std::any_of(f.begin(), f.end(), [&](const json& x) { return x["id"] == id; });
  }
};

Checked check(const std::vector<std::string>& targets, const std::vector<std::string>& more = {}, const std::string& input = {}) {
  std::vector<std::string> args{"check", "--format", "json", "--as-of", kDay};
  args.insert(args.end(), more.begin(), more.end());
  args.insert(args.end(), targets.begin(), targets.end());
  const auto ran = run_program(args, input);
  Checked c{ran.status, json::parse(ran.out, nullptr, false)};
  REQUIRE_MESSAGE(!c.report.is_discarded(), ran.err);
  return c;
}

Checked check(MachineBuilder& m) {
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder);
  return check(std::vector<std::string>{folder});
}

}  // namespace

TEST_CASE("check: the examples are what the builders write") {
  for (const auto& [path, content] : tq::test::examples()) {
    INFO(path);
    CHECK((tq::test::slurp(example(path)) == content));
  }
}

TEST_CASE("check: an unpatched 6002 server") {
  const auto c = check({example("server2008-6002")});
  CHECK(c.status == 1);
  const auto& m = c.machine();
  CHECK(m["name"] == "BAGGAGE-07");
  CHECK(m["arch"] == "x64");
  CHECK(m["product_type"] == "server");
  CHECK(m["build"]["version"] == "6.0.6002.18005");
  CHECK(m["build"]["service_pack"] == 2);
  CHECK(m["build"]["status"] == "proven");
  CHECK(m["level"].is_null());
  CHECK(m["goals"]["public"]["reached"] == false);
  CHECK(m["updates"]["missing"][0]["kb"] == "KB5073697");
}

TEST_CASE("check: a fully patched 6003 server has no findings above info") {
  const auto c = check({example("server2008-6003-patched")});
  CHECK(c.status == 0);
  const auto& m = c.machine();
  CHECK(m["build"]["version"] == "6.0.6003.23717");
  CHECK(m["level"]["kb"] == "KB5073697");
  CHECK(m["level"]["status"] == "proven");
  for (const char* g : {"public", "esu", "last"}) {
    CHECK(m["goals"][g]["reached"] == true);
    CHECK(m["goals"][g]["months_behind"] == 0);
  }
  CHECK(m["esu"]["sha2"] == "present");
  CHECK(m["esu"]["preparation"] == "present");
  CHECK(m["esu"]["servicing_stack"]["kb"] == "KB5039341");
  CHECK(m["updates"]["missing"].empty());
}

TEST_CASE("check: the contradicted example names both witnesses") {
  const auto c = check({example("server2008-contradicted")});
  CHECK(c.status == 1);
  CHECK(c.machine()["build"]["status"] == "contradicted");
  REQUIRE(c.finds("TQ1001"));
  std::string evidence;
  for (const auto& f : c.machine()["findings"])
    if (f["id"] == "TQ1001") evidence = f["evidence"].dump();
  CHECK(evidence.find("registry.CurrentBuildNumber says 6003") != std::string::npos);
  CHECK(evidence.find("file.ntoskrnl.exe says 6.0.6002") != std::string::npos);
}

TEST_CASE("check: hive, folder of hives, tree and systeminfo of one machine agree") {
  MachineBuilder m;
  m.registry_build("6003", "vistasp2_ldr_escrow.190320-1700").kernel({6, 0, 6003, 20489}).package(4493471, kInstalledLow);
  const auto files = m.build();
  const std::string tree = tq::test::temporary_folder(), hives = tq::test::temporary_folder();
  tq::test::write_files(files, tree);
  tq::test::write_files({{"soft", files.at("Windows/System32/config/SOFTWARE")}, {"sys", files.at("Windows/System32/config/SYSTEM")}},
                        hives);
  const std::string text = tq::test::systeminfo_text("TESTSRV", "6.0.6003", "Service Pack 2 Build 6003", {4493471});
  const auto as_tree = check({tree}), as_hives = check({hives}), as_hive = check({hives + "/soft"}), as_text = check({"-"}, {}, text);
  for (const auto* c : {&as_tree, &as_hives, &as_hive, &as_text}) {
    CHECK(c->status == 1);
    CHECK(c->machine()["build"]["number"] == 6003);
    CHECK(c->machine()["level"]["kb"] == "KB4493471");
    CHECK(c->machine()["level"]["month"] == "2019-04");
    CHECK(c->machine()["goals"]["public"]["months_behind"] == 9);
  }
  CHECK(as_tree.machine()["level"]["status"] == "proven");
  CHECK(as_tree.machine()["build"]["revision"] == 20489);
  CHECK(as_hives.machine()["level"]["status"] == "claimed");
  CHECK(as_hives.machine()["build"]["status"] == "proven");
  CHECK(as_text.machine()["build"]["status"] == "claimed");
}

TEST_CASE("check: trap 1, a servicing stack of 6003 does not make the machine 6003") {
  MachineBuilder m;
  m.kernel({6, 0, 6002, 24520}).stack("6.0.6003.20484").package(4493730, kInstalledLow);
  const auto c = check(m);
  CHECK(c.machine()["build"]["number"] == 6002);
  CHECK(c.machine()["build"]["status"] != "contradicted");
  CHECK(c.finds("TQ2007"));
}

TEST_CASE("check: trap 3, the kernel is a lower bound and never rounded up") {
  struct Case {
    FileVersion kernel;
    const char* month;
  };
  for (const auto& k : {Case{{6, 0, 6003, 20489}, "2019-04"}, Case{{6, 0, 6003, 20500}, "2019-04"}, Case{{6, 0, 6002, 24566}, "2019-03"},
                        Case{{6, 0, 6003, 21137}, "2021-06"}, Case{{6, 0, 6003, 21138}, "2021-06"}, Case{{6, 0, 6003, 23717}, "2026-01"}}) {
    MachineBuilder m;
    const bool old = k.kernel.build == 6002;
    m.registry_build(std::to_string(k.kernel.build), "x").kernel(k.kernel);
    const std::string folder = tq::test::temporary_folder();
    auto files = m.build();
    files.erase("Windows/System32/config/SOFTWARE");  // the kernel alone speaks
    tq::test::write_files(files, folder);
    const auto c = check({folder});
    INFO(k.kernel.text());
    REQUIRE(!c.machine()["level"].is_null());
    CHECK(c.machine()["level"]["month"] == k.month);
    CHECK(c.machine()["level"]["kb"].is_null());
    CHECK(c.machine()["build"]["number"] == (old ? 6002 : 6003));
  }
}

TEST_CASE("check: the public goal is told by another file than the kernel, so the kernel alone leaves it open") {
  MachineBuilder m;
  m.registry_build("6003", "x").kernel({6, 0, 6003, 20686});
  const std::string folder = tq::test::temporary_folder();
  auto files = m.build();
  files.erase("Windows/System32/config/SOFTWARE");
  tq::test::write_files(files, folder);
  const auto open = check({folder}, {"--goal", "public"});
  CHECK(open.machine()["goals"]["public"]["reached"].is_null());
  CHECK(open.machine()["updates"]["missing"].empty());
  CHECK(open.machine()["updates"]["unknown"][0]["kb"] == "KB4534303");
  MachineBuilder with;
  with.registry_build("6003", "x").kernel({6, 0, 6003, 20686}).package(4534303, kInstalledHigh);
  CHECK(check(with).machine()["goals"]["public"]["reached"] == true);
}

TEST_CASE("check: staged is not installed") {
  MachineBuilder m;
  m.kernel({6, 0, 6002, 24520}).package(4493471, kStaged);
  const auto c = check(m);
  CHECK(c.machine()["build"]["number"] == 6002);
  CHECK(c.finds("TQ2004"));
  for (const auto& u : c.machine()["updates"]["installed"]) {
    if (u["kb"] == "KB4493471") CHECK(u["state"] == "staged");
  }
}

TEST_CASE("check: a registry that claims an update which the kernel denies") {
  MachineBuilder m;
  m.registry_build("6003", "x").kernel({6, 0, 6003, 20489}).package(5073697, kInstalledHigh);
  const auto c = check(m);
  CHECK(c.machine()["level"]["status"] == "contradicted");
  CHECK(c.machine()["level"]["month"] == "2019-04");
  CHECK(c.finds("TQ2005"));
  CHECK(c.machine()["goals"]["last"]["reached"] != true);
}

TEST_CASE("check: a hand-edited CurrentBuildNumber") {
  MachineBuilder m;
  const std::string folder = tq::test::temporary_folder();
  m.build();
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "6003");
  tq::test::write_files({{"SOFTWARE", m.software().build()}}, folder);
  const auto c = check({folder});
  CHECK(c.machine()["build"]["status"] == "contradicted");
  CHECK(c.finds("TQ1002"));
}

TEST_CASE("check: pending operations make the verdict provisional") {
  MachineBuilder m;
  m.pending_xml();
  const auto c = check(m);
  CHECK(c.machine()["servicing"]["pending_operations"] == true);
  CHECK(c.machine()["servicing"]["reboot_pending"].is_null());  // volatile keys are not in a saved hive
  CHECK(c.finds("TQ2002"));
}

TEST_CASE("check: a client with build 6003, and an edition that says server") {
  MachineBuilder m;
  m.product("Windows Vista (TM) Business", "WinNT").registry_build("6003", "x").kernel({6, 0, 6003, 20489}).package(4493471, kInstalledLow);
  const auto c = check(m);
  CHECK(c.machine()["product_type"] == "client");
  CHECK(c.finds("TQ1004"));
  CHECK(c.finds("TQ1005"));
}

TEST_CASE("check: files that are only serviced sometimes never contradict") {
  MachineBuilder m;
  m.registry_build("6003", "x").kernel({6, 0, 6003, 20489}).neighbours({6, 0, 6002, 18005}).package(4493471, kInstalledLow);
  const auto c = check(m);
  CHECK(c.machine()["build"]["status"] == "proven");
}

TEST_CASE("check: CSDBuildNumber of SYSTEM is not the build") {
  MachineBuilder m;
  m.build();
  m.system().dword("ControlSet001\\Control\\Windows", "CSDBuildNumber", 6003);
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files({{"SYSTEM", m.system().build()}}, folder);
  const auto c = check({folder + "/SYSTEM"});
  CHECK(c.status == 4);
  CHECK(c.machine()["build"]["number"].is_null());
  CHECK(c.machine()["build"]["service_pack"] == 2);
}

TEST_CASE("check: what was read can be judged again from a facts file") {
  const std::string folder = tq::test::temporary_folder();
  const auto written = run_program({"check", "--format", "facts", "-o", folder + "/f.json", example("server2008-contradicted")});
  CHECK(written.status == 1);
  auto again = check({folder + "/f.json"}), direct = check({example("server2008-contradicted")});
  CHECK(again.status == 1);
  CHECK(again.report["machines"] == direct.report["machines"]);
}

TEST_CASE("check: the same input gives the same bytes") {
  const std::vector<std::string> args{
      "check", "--format", "json", "--as-of", kDay, example("server2008-6003-patched"), example("systeminfo-6003.txt")};
  CHECK(run_program(args).out == run_program(args).out);
}

TEST_CASE("check: findings set the exit status from exactly the severity that --fail-on names") {
  const std::vector<std::string> severities{"info", "low", "medium", "high", "critical"};
  for (const char* name : {"server2008-6002", "server2008-6003-patched", "server2008-contradicted"}) {
    std::size_t highest = 0;
    const auto whole = check({example(name)});
    for (const auto& f : whole.machine()["findings"]) {
      const auto found = std::find(severities.begin(), severities.end(), f["severity"].get<std::string>());
      highest = std::max(highest, static_cast<std::size_t>(found - severities.begin()));
    }
    REQUIRE(highest < severities.size());
    for (std::size_t line = 1; line < severities.size(); ++line) {
      INFO(name, " ", severities[line]);
      CHECK((check({example(name)}, {"--fail-on", severities[line]}).status == 1) == (highest >= line));
    }
    CHECK(check({example(name)}, {"--fail-on", "never"}).status != 1);
  }
}

TEST_CASE("check: bad input gets a message and the status of the contract") {
  const std::string folder = tq::test::temporary_folder();
  const auto put = [&](const char* name, std::string_view content) {
    std::ofstream(folder + "/" + name, std::ios::binary) << content;
    return folder + "/" + name;
  };
  struct Case {
    std::string target;
    const char* says;
  };
  for (const auto& k : {Case{put("empty", ""), "empty file"}, Case{put("x.png", "\x89PNG\r\n\x1a\n...."), "PNG"},
                        Case{put("SYSTEM", "thirteen byte"), "no known kind"}, Case{put("regf", "regf"), "regf"},
                        Case{folder + "/nowhere", "check the path"}, Case{put("z.qcow2", "QFI\xfb...."), "qcow2"}}) {
    const auto ran = run_program({"check", k.target});
    INFO(k.target);
    CHECK(ran.status == 3);
    CHECK_MESSAGE(ran.err.find(k.says) != std::string::npos, ran.err);
  }
  std::filesystem::create_directory(folder + "/plain");
  CHECK(run_program({"check", folder + "/plain"}).status == 3);
  CHECK(run_program({"check"}).status == 2);
  CHECK(run_program({"check", "--goal", "moon", folder}).status == 2);
  CHECK(run_program({"check", "--as-of", "yesterday", folder}).status == 2);
  CHECK(run_program({"nonsense"}).status == 2);
  // One bad target never stops the others.
  const auto mixed = check({folder + "/empty", example("server2008-6003-patched")});
  CHECK(mixed.status == 4);
  CHECK(mixed.report["errors"].size() == 1);
  CHECK(mixed.report["machines"].size() == 1);
}

TEST_CASE("check: a Windows folder without hives is incomplete, and nothing is claimed") {
  const std::string folder = tq::test::temporary_folder();
  std::filesystem::create_directories(folder + "/Windows/System32/config");
  const auto c = check({folder});
  CHECK(c.status == 4);
  CHECK(c.machine()["build"]["status"] == "unknown");
  CHECK(c.machine()["updates"]["missing"].empty());
}

TEST_CASE("check: nothing of a target reaches the terminal raw") {
  MachineBuilder m;
  m.name(
       "EVIL\x1b[31m\xe2\x80\xae"
       "cod")
      .product("Windows\x07Server 2008", "ServerNT");
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder);
  const auto ran = run_program({"check", "--color", "never", folder});
  for (const char c : ran.out) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK(ran.out.find("\xe2\x80\xae") == std::string::npos);
  CHECK(ran.out.find("EVIL\\x1b[31m") != std::string::npos);
}

TEST_CASE("check: a link that leads out of the target is not followed") {
  MachineBuilder m;
  const std::string folder = tq::test::temporary_folder(), outside = tq::test::temporary_folder();
  auto files = m.build();
  const auto kernel = files.extract("Windows/System32/ntoskrnl.exe").mapped();
  tq::test::write_files(files, folder);
  tq::test::write_files({{"k.exe", kernel}}, outside);
  std::filesystem::create_symlink(outside + "/k.exe", folder + "/Windows/System32/ntoskrnl.exe");
  const auto c = check({folder});
  for (const auto& w : c.machine()["build"]["witnesses"]) CHECK(w["source"] != "file.ntoskrnl.exe");
}

TEST_CASE("check: -o into or over a target is refused") {
  const std::string folder = tq::test::temporary_folder();
  MachineBuilder m;
  tq::test::write_files(m.build(), folder);
  CHECK(run_program({"check", "-o", folder + "/report.txt", folder}).status == 2);
  CHECK(!std::filesystem::exists(folder + "/report.txt"));
  CHECK(run_program({"check", "-o", folder + "/Windows/System32/report.txt", folder}).status == 2);
  CHECK(!std::filesystem::exists(folder + "/Windows/System32/report.txt"));
  const std::string elsewhere = tq::test::temporary_folder();
  CHECK(run_program({"check", "-o", elsewhere + "/report.txt", folder}).status == 1);
  CHECK(std::filesystem::file_size(elsewhere + "/report.txt") > 100);
  CHECK(run_program({"check", "-o", "/nonexistent/report.txt", folder}).status == 6);
}

TEST_CASE("check: hives are replayed with the logs beside them") {
  MachineBuilder before, after;
  before.build();
  after.registry_build("6003", "vistasp2_ldr_escrow.190320-1700").build();
  const auto dirty = tq::test::dirty_with_dirt_log(before.software().build(), after.software().build());
  const std::string with = tq::test::temporary_folder(), without = tq::test::temporary_folder();
  tq::test::write_files({{"SOFTWARE", dirty.primary}, {"SOFTWARE.LOG1", dirty.log1}}, with);
  tq::test::write_files({{"SOFTWARE", dirty.primary}}, without);
  const auto replayed = check({with});
  CHECK(replayed.machine()["build"]["number"] == 6003);
  CHECK(replayed.machine()["coverage"].dump().find("replayed") != std::string::npos);
  const auto stale = check({without});
  CHECK(stale.finds("TQ9001"));
}

TEST_CASE("check: 100,000 hotfixes in one text") {
  std::vector<std::uint32_t> kbs;
  for (std::uint32_t i = 0; i < 100000; ++i) kbs.push_back(2000000 + i);
  const auto c = check({"-"}, {}, tq::test::systeminfo_text("MANY", "6.0.6002", "Service Pack 2 Build 6002", kbs));
  CHECK(c.machine()["updates"]["installed"].size() == 100000);
}

TEST_CASE("check: banners and inventory rows tell 6002 and 6003 apart") {
  const auto banners = check({"-"}, {}, "Windows Server (R) 2008 Standard 6003 Service Pack 2 (Windows Server (R) 2008 Standard 6.0)\n");
  CHECK(banners.machine()["build"]["number"] == 6003);
  CHECK(banners.machine()["build"]["status"] == "claimed");
  const auto rows = check({"-"}, {},
                          "name,os,version,hotfixes\nA,Windows Server 2008,6.0.6002,KB4463097\nB,Windows Server 2008,6.0.6003 Service Pack "
                          "2 Build 6003,KB4493471\n");
  REQUIRE(rows.report["machines"].size() == 2);
  CHECK(rows.report["machines"][0]["build"]["number"] == 6002);
  CHECK(rows.report["machines"][0]["level"]["month"] == "2018-10");
  CHECK(rows.report["machines"][1]["build"]["number"] == 6003);
  CHECK(rows.report["machines"][1]["level"]["kb"] == "KB4493471");
}

TEST_CASE("explain: builds, updates, findings, beliefs") {
  struct Case {
    const char* word;
    const char* says;
  };
  for (const auto& k :
       {Case{"6003", "Build 6.0.6003"}, Case{"KB4493471", "2019-04-09"}, Case{"TQ1001", "contradict"}, Case{"6.0.6003.20489", "2019-04"},
        Case{"CVE-2019-0708", "KB4499180"}, Case{"cve-2019-0708", "on CISA's list since"}, Case{"R3", "7601"}, Case{"ReFS", "2012"},
        Case{"2038", "unsupported"}, Case{"ESU", "false"}}) {
    const auto ran = run_program({"explain", k.word});
    INFO(k.word);
    CHECK(ran.status == 0);
    CHECK_MESSAGE(ran.out.find(k.says) != std::string::npos, ran.out);
  }
  CHECK(run_program({"explain", "flux-capacitor"}).status == 3);
}

TEST_CASE("corpus: real machines keep their truth") {
  const auto system7 = tq::test::corpus("hives/nt61_win7sp1_x86_SYSTEM.xz");
  if (!system7) return;
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files({{"SYSTEM", tq::test::slurp(*system7)}}, folder);
  const auto c = check({folder + "/SYSTEM"});
  CHECK(c.status == 1);  // Remote Desktop is open without authentication of the network level; the build is unknown all the same
  CHECK(c.machine()["name"] == "WKS-WIN732BITA");
  CHECK(c.machine()["arch"] == "x86");
  CHECK(c.machine()["product_type"] == "client");
  CHECK(c.machine()["build"]["number"].is_null());
  CHECK(c.machine()["build"]["service_pack"] == 1);
}

TEST_CASE("corpus: a hive whose root is called Software claims no build") {
  const auto partial = tq::test::corpus("hives/nt61_ntuser_software_partial.xz");
  if (!partial) return;
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files({{"SOFTWARE", tq::test::slurp(*partial)}}, folder);
  const auto c = check({folder + "/SOFTWARE"});
  CHECK(c.status == 4);
  CHECK(c.machine()["build"]["status"] == "unknown");
}

TEST_CASE("corpus: the AppCompatCache of a real Server 2008 is a trace of servicing and no build") {
  const auto cache = tq::test::corpus("nt60/Win2k8Standard_AppCompatCache.bin");
  if (!cache) return;
  MachineBuilder m;
  m.build();
  m.system().binary("ControlSet001\\Control\\Session Manager\\AppCompatCache", "AppCompatCache", tq::test::slurp(*cache));
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files({{"SYSTEM", m.system().build()}}, folder);
  const auto c = check({folder + "/SYSTEM"});
  const std::string traces = c.machine()["traces"].dump();
  for (const char* v : {"6.0.6002.18733", "6.0.6002.18898", "6.0.6002.18984", "KB890830", "TrustedInstaller.exe"})
    CHECK(traces.find(v) != std::string::npos);
  CHECK(c.machine()["build"]["status"] == "unknown");
}
