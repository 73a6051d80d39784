// Roles, programs, drivers, volumes, tasks and server software of machines made of real bytes; and what is said without them.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "target/loader.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"

namespace {

using tq::model::Facts;
using tq::model::Tri;
using tq::test::MachineBuilder;

const std::string kServices = "ControlSet001\\Services\\";
const std::string kUninstall = "Microsoft\\Windows\\CurrentVersion\\Uninstall\\";
const std::string kCache = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\";

Facts collect(const tq::test::FileMap& files) {
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(files, folder);
  auto sources = tq::target::open(folder, {});
  REQUIRE(sources);
  return tq::evidence::collect(sources->front());
}

std::string roles(const Facts& f) {
  std::vector<std::string> ids;
  for (const auto& r : f.configuration.roles) ids.push_back(r.id);
  std::sort(ids.begin(), ids.end());
  std::string all;
  for (const auto& id : ids) all += (all.empty() ? "" : " ") + id;
  return all;
}

std::string software(const Facts& f, const std::string& name) {
  std::string all;
  for (const auto& s : f.software)
    if (s.name == name) all += (all.empty() ? "" : ";") + s.version;
  return all;
}

std::vector<std::byte> entry(std::uint32_t signature, std::uint64_t offset) {
  std::vector<std::byte> out;
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::byte>(signature >> (8 * i)));
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::byte>(offset >> (8 * i)));
  return out;
}

std::vector<std::byte> utf16(const std::string& s) {
  std::vector<std::byte> out;
  for (const char16_t c : tq::utf8_to_utf16(s)) {
    out.push_back(static_cast<std::byte>(c & 0xFF));
    out.push_back(static_cast<std::byte>(c >> 8));
  }
  return out;
}

}  // namespace

TEST_CASE("evidence: roles by services, server components and values; a disabled service is none") {
  MachineBuilder m;
  m.product("Windows Server (R) 2008 Standard", "LanmanNT");
  for (const char* name : {"DNS", "W3SVC", "vmms", "ClusSvc"}) m.system().dword(kServices + name, "Start", 2);
  m.system().dword(kServices + "WINS", "Start", 4);
  m.system().dword(kServices + "DHCPServer", "Other", 2);  // a key without Start starts nothing
  m.system().multi(kServices + "LanmanServer\\Shares", "Images", {"Path=D:\\images"});
  m.system().dword("ControlSet001\\Control\\Terminal Server", "TSAppCompat", 1);
  const std::string components = "Microsoft\\ServerManager\\ServicingStorage\\ServerComponentCache\\";
  m.software().dword(components + "Print-Services", "InstallState", 1).dword(components + "WDS", "InstallState", 0);
  const auto f = collect(m.build());
  CHECK(roles(f) == "ad_ds cluster dns file hyper_v iis print rds");
  CHECK(f.configuration.roles_read == Tri::yes);
  for (const auto& r : f.configuration.roles) CHECK_MESSAGE(r.where.find("//") != std::string::npos, r.where);

  MachineBuilder plain;
  plain.system()
      .dword(kServices + "Spooler", "Start", 2)
      .dword(kServices + "LanmanServer", "Start", 2)
      .dword(kServices + "TermService", "Start", 2);
  plain.system().multi(kServices + "LanmanServer\\Shares", "ADMIN$", {"Path=C:\\Windows"});
  CHECK(roles(collect(plain.build())).empty());  // every server has these
  auto files = plain.build();
  files.erase("Windows/System32/config/SYSTEM");
  CHECK(collect(files).configuration.roles_read == Tri::unknown);
}

TEST_CASE("evidence: installed programs of both views, without the updates among them") {
  MachineBuilder m;
  m.software()
      .sz(kUninstall + "{1}", "DisplayName", "Imaging Suite")
      .sz(kUninstall + "{1}", "DisplayVersion", "4.2")
      .sz(kUninstall + "{1}", "Publisher", "Vendor");
  m.software().sz(kUninstall + "{2}", "DisplayVersion", "no name");
  m.software().sz(kUninstall + "{3}", "DisplayName", "Hotfix").sz(kUninstall + "{3}", "ParentKeyName", "{1}");
  m.software().sz("Wow6432Node\\" + kUninstall + "Old", "DisplayName", "Old tool");
  const auto f = collect(m.build());
  REQUIRE(f.configuration.programs.size() == 2);
  CHECK(f.configuration.programs[0].name == "Imaging Suite");
  CHECK(f.configuration.programs[0].version == "4.2");
  CHECK(f.configuration.programs[0].publisher == "Vendor");
  CHECK(f.configuration.programs[1].arch == "x86");
  CHECK(f.configuration.programs_read == Tri::yes);
  MachineBuilder none;
  CHECK(collect(none.build()).configuration.programs_read == Tri::yes);
  auto files = none.build();
  files.erase("Windows/System32/config/SOFTWARE");
  CHECK(collect(files).configuration.programs_read == Tri::unknown);
}

TEST_CASE("evidence: drivers from packages of their own, each once") {
  const std::string key = "ControlSet001\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\";
  MachineBuilder m;
  for (const char* n : {"0000", "0001"})
    m.system()
        .sz(key + n, "InfPath", "oem7.inf")
        .sz(key + n, "ProviderName", "Vendor")
        .sz(key + n, "DriverDesc", "Frame grabber")
        .sz(key + n, "DriverVersion", "1.2.3.4");
  m.system().sz(key + "0002", "InfPath", "display.inf").sz(key + "0002", "ProviderName", "Microsoft");
  m.system().dword(key + "0003", "InfPath", 7);
  const auto f = collect(m.build());
  REQUIRE(f.configuration.driver_packages.size() == 1);
  CHECK(f.configuration.driver_packages[0].name == "Frame grabber");
  CHECK(f.configuration.driver_packages[0].provider == "Vendor");
  CHECK(f.configuration.driver_packages[0].version == "1.2.3.4");
  CHECK(f.configuration.driver_packages_read == Tri::yes);
  MachineBuilder none;
  CHECK(collect(none.build()).configuration.driver_packages_read == Tri::unknown);  // no such key: not read
}

TEST_CASE("evidence: volumes beside that of Windows") {
  MachineBuilder m;
  const std::string key = "MountedDevices";
  m.system().binary(key, "\\DosDevices\\C:", entry(0x12345678, 1048576)).binary(key, "\\DosDevices\\D:", entry(0x9abcdef0, 32256));
  m.system().binary(key, "\\DosDevices\\E:", utf16("\\??\\IDE#CdRomNECVMWar#{53f5630d}"));
  m.system().binary(key, "\\DosDevices\\F:", tq::test::bytes_from("DMIO:ID:0123456789abcdef"));
  m.system().binary(key, "\\??\\Volume{1}", entry(0x12345678, 1048576)).binary(key, "\\DosDevices\\G:", {});
  const auto f = collect(m.build());
  REQUIRE(f.configuration.volumes.size() == 3);
  CHECK(f.configuration.volumes[0].mount == "D:");
  CHECK(f.configuration.volumes[0].says == "disk 9abcdef0 from byte 32256");
  CHECK(f.configuration.volumes[1].mount == "F:");
  CHECK(f.configuration.volumes[1].says == "a GPT partition or a dynamic disk");
  CHECK(f.configuration.volumes_read == Tri::yes);
}

TEST_CASE("evidence: tasks from the cache and from their files") {
  MachineBuilder m;
  m.software().sz(kCache + "{1}", "Path", "\\Export").sz(kCache + "{2}", "Path", "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag");
  m.software().dword(kCache + "{3}", "Path", 1);
  const auto names = collect(m.build());
  REQUIRE(names.configuration.tasks.size() == 2);
  CHECK(names.configuration.tasks[0].command.empty());
  CHECK(names.configuration.tasks_read == Tri::yes);
  const auto xml = tq::test::bytes_from("<Task><Actions><Exec><Command>x.vbs</Command></Exec></Actions></Task>");
  m.file("Windows/System32/Tasks/Export", xml).file("Windows/System32/Tasks/Vendor/Nightly", xml);
  m.file("Windows/System32/Tasks/Microsoft/Windows/Defrag/ScheduledDefrag", tq::test::bytes_from("not opened"));
  const auto f = collect(m.build());
  REQUIRE(f.configuration.tasks.size() == 3);
  CHECK(f.configuration.tasks[0].path == "\\Export");
  CHECK(f.configuration.tasks[0].command == "x.vbs");
  CHECK(f.configuration.tasks[2].path == "\\Vendor\\Nightly");
  CHECK(f.configuration.tasks_read == Tri::yes);
  m.file("Windows/System32/Tasks/Broken", tq::test::bytes_from("<Task><Acti"));
  CHECK(collect(m.build()).configuration.tasks_read == Tri::unknown);
}

TEST_CASE("evidence: SQL Server by instance, IIS, PowerShell") {
  MachineBuilder m;
  const std::string sql = "Microsoft\\Microsoft SQL Server\\";
  m.software().sz(sql + "Instance Names\\SQL", "MSSQLSERVER", "MSSQL10_50.MSSQLSERVER").sz(sql + "Instance Names\\SQL", "OLD", "MSSQL.1");
  m.software().sz(sql + "Instance Names\\SQL", "GONE", "MSSQL99.GONE").sz(sql + "Instance Names\\SQL", "ODD", "MSSQL.2");
  m.software().sz(sql + "MSSQL10_50.MSSQLSERVER\\Setup", "Version", "10.53.6000.34").sz(sql + "MSSQL.1\\Setup", "Version", "9.4.5000.0");
  m.software().sz(sql + "MSSQL.2\\Setup", "Version", "x");
  m.software().dword("Microsoft\\InetStp", "MajorVersion", 7).dword("Microsoft\\InetStp", "MinorVersion", 0);
  m.software().sz("Microsoft\\PowerShell\\1\\PowerShellEngine", "PowerShellVersion", "2.0");
  const auto f = collect(m.build());
  CHECK(software(f, "sql_server") == "10.50 SP3;9.0 SP4;");  // the odd one keeps its place without a version
  CHECK(software(f, "iis") == "7.0");
  CHECK(software(f, "powershell") == "2.0");
}

TEST_CASE("evidence: real hives of 5.1, 6.1 and 10 give what SYSTEM alone can") {
  for (const char* name : {"hives/nt51_xpsp3_x86_M57-PAT_SYSTEM", "hives/nt61_win7sp1_x86_SYSTEM.xz", "hives/nt10_dirty_SYSTEM_B.xz"}) {
    const auto files = tq::test::hive_with_logs(name, "SYSTEM");
    if (files.empty()) return;
    const std::string folder = tq::test::temporary_folder();
    tq::test::write_files(files, folder);
    auto sources = tq::target::open(folder, {});
    REQUIRE(sources);
    const auto f = tq::evidence::collect(sources->front());
    CHECK(f.configuration.programs_read == Tri::unknown);
    CHECK(f.configuration.tasks_read == Tri::unknown);
    CHECK_MESSAGE(f.configuration.roles_read == Tri::unknown, name);
    CHECK_MESSAGE(f.configuration.volumes_read == Tri::yes, name);
    MESSAGE(std::string(name), ": roles '", roles(f), "', ", f.configuration.driver_packages.size(), " driver packages, ",
            f.configuration.volumes.size(), " volumes");
    CHECK(roles(f).find("ad_ds") == std::string::npos);  // all three are clients
  }
}
