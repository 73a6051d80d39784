// What the collectors read of a machine made of real bytes. Each case also asks what is said when the evidence is not there.
#include <doctest/doctest.h>

#include <algorithm>

#include "evidence/collector.hpp"
#include "target/loader.hpp"
#include "tests/support/machine_builder.hpp"

namespace {

using tq::FileVersion;
using tq::model::Tri;
using tq::test::MachineBuilder;

tq::model::Facts collect(const tq::test::FileMap& files, const tq::model::Wanted& wanted = {}) {
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(files, folder);
  auto sources = tq::target::open(folder, {});
  REQUIRE(sources);
  REQUIRE(sources->size() == 1);
  return tq::evidence::collect(sources->front(), wanted);
}

std::string software(const tq::model::Facts& f, const std::string& name) {
  std::string all;
  for (const auto& s : f.software)
    if (s.name == name) all += (all.empty() ? "" : ";") + s.version;
  return all;
}

bool odd(const tq::model::Facts& f, const std::string& kind, const std::string& part) {
  return std::any_of(f.oddities.begin(), f.oddities.end(),
                     [&](const auto& o) { return o.name == kind && o.value.find(part) != std::string::npos; });
}

const tq::model::FileVersionFact* file(const tq::model::Facts& f, const std::string& path) {
  for (const auto& x : f.files)
    if (x.path == path) return &x;
  return nullptr;
}

}  // namespace

TEST_CASE("evidence: Internet Explorer by its key, and none where the hive is whole and has none") {
  MachineBuilder nine, eleven, none;
  CHECK(software(collect(nine.internet_explorer("9.0.8112.16421").build()), "internet_explorer") == "9");
  CHECK(software(collect(eleven.internet_explorer("11.0.9600.17416").build()), "internet_explorer") == "11");
  const auto without = collect(none.build());
  CHECK(software(without, "internet_explorer").empty());
  CHECK(without.internet_explorer_read == Tri::yes);
  MachineBuilder strange;
  strange.internet_explorer("nine");
  const auto odd_version = collect(strange.build());
  CHECK(software(odd_version, "internet_explorer").empty());
  CHECK(odd_version.internet_explorer_read != Tri::yes);
  auto files = none.build();
  files.erase("Windows/System32/config/SOFTWARE");
  CHECK(collect(files).internet_explorer_read == Tri::unknown);
}

TEST_CASE("evidence: a package of one part of an update is marked as such, whatever its number") {
  MachineBuilder m;
  const std::string packages = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\";
  for (const char* name :
       {"Package_for_KB4493471", "Package_1_for_KB4493471", "Package_12_for_KB4493471", "Package_for_KB4493471_client_1"})
    m.software().dword(packages + name + "~31bf3856ad364e35~amd64~~6.0.1.0", "CurrentState", 7);
  std::size_t whole = 0;
  const auto f = collect(m.build());
  for (const auto& p : f.packages) {
    CHECK(p.kb == 4493471);
    CHECK(p.child == !p.identity.starts_with("Package_for_KB4493471~"));
    whole += p.child ? 0 : 1;
  }
  CHECK(f.packages.size() == 4);
  CHECK(whole == 1);
}

TEST_CASE("evidence: .NET Frameworks and what Windows Installer patched") {
  MachineBuilder m;
  m.dotnet("v2.0.50727", 2, 0).dotnet("v3.0", 2, 0).dotnet("v3.5", 1, 0).dotnet("v4\\Full", 0, 394806);
  m.msi_update("Microsoft .NET Framework 4.6.2", 4000001);
  const auto f = collect(m.build());
  CHECK(software(f, "dotnet") == "2.0 SP2;3.0 SP2;3.5 SP1;4.6.2");
  CHECK(f.dotnet_read == Tri::yes);
  CHECK(f.msi_updates_read == Tri::yes);
  REQUIRE(f.hotfixes.size() == 1);
  CHECK(f.hotfixes[0].kb == 4000001);
  CHECK(f.hotfixes[0].source == "msi_updates");
  MachineBuilder four;
  CHECK(software(collect(four.dotnet("v4\\Full", 0, 0).build()), "dotnet") == "4.0");
}

TEST_CASE("evidence: a release number below every known one names no version") {
  MachineBuilder m;
  CHECK(software(collect(m.dotnet("v4\\Full", 0, 1).build()), "dotnet").empty());
}

TEST_CASE("evidence: the component store tells the kernel in use and who owns a component") {
  MachineBuilder m;
  m.winner("microsoft-windows-os-kernel", {6, 0, 6003, 20489}).winner("microsoft-windows-notepad", {6, 0, 6003, 1});
  const std::string esu = "DerivedData\\Components\\amd64_microsoft-windows-s..edsecurityupdatesai_31bf3856ad364e35_6.0.6003.20900_none_";
  m.components().dword(esu + "00112233445566aa", "c!package", 1).dword(esu + "00112233445566bb", "CF", 0);
  const auto f = collect(m.build());
  REQUIRE(f.components.size() == 3);
  CHECK(f.components[0].source == "winners");
  CHECK(f.components[0].version.text() == "6.0.6003.20489");
  CHECK(f.components[0].arch == "x64");
  CHECK(f.components[1].owned == Tri::yes);
  CHECK(f.components[2].owned == Tri::no);
}

TEST_CASE("evidence: versions come from the files in use and never from a staged copy") {
  MachineBuilder m;
  m.program_file("System32/drivers/tcpip.sys", {6, 0, 6002, 18091})
      .program_file("WinSxS/amd64_tcpip_31bf3856ad364e35_6.0.6002.24000_none_ca56670fcac29ca9/tcpip.sys", {6, 0, 6002, 24000})
      .program_file("System32/DriverStore/FileRepository/x/tcpip.sys", {6, 0, 6002, 24000})
      .program_file("../Program Files/Windows Mail/msoe.dll", {6, 0, 6002, 18197});
  auto files = m.build();
  files["Program Files/Windows Mail/msoe.dll"] = files["Windows/../Program Files/Windows Mail/msoe.dll"];
  files.erase("Windows/../Program Files/Windows Mail/msoe.dll");
  const auto f = collect(files, {{"tcpip.sys", "msoe.dll", "nowhere.dll", "system32/drivers/tcpip.sys"}, {}, {}});
  std::size_t copies = 0;
  for (const auto& x : f.files) copies += std::size_t{x.path.ends_with("tcpip.sys")};
  CHECK(copies == 1);
  REQUIRE(file(f, "system32/drivers/tcpip.sys") != nullptr);
  CHECK(file(f, "system32/drivers/tcpip.sys")->version.revision == 18091);
  CHECK(file(f, "../program files/windows mail/msoe.dll") != nullptr);
  CHECK(f.update_files_read == Tri::yes);
  CHECK(collect(files).update_files_read == Tri::unknown);
}

TEST_CASE("evidence: a damaged file that was asked for is failed coverage, not absence") {
  MachineBuilder m;
  auto files = m.build();
  files["Windows/System32/srv.sys"] = tq::test::bytes_from("MZ and nothing more");
  const auto f = collect(files, {{"srv.sys"}, {}, {}});
  CHECK(file(f, "system32/srv.sys") == nullptr);
  CHECK(std::any_of(f.coverage.begin(), f.coverage.end(),
                    [](const auto& c) { return c.source == "file.system32/srv.sys" && c.status == tq::model::CoverageStatus::failed; }));
}

TEST_CASE("evidence: activation ids in the token store, in either encoding, and Azure") {
  const std::string id = "553673ed-6ddf-419c-a153-b760283472fd", other = "04fa0286-fa74-401e-bbe9-fbfbb158010d";
  std::string store = "<x>" + id + "</x>";
  for (const char c : other) store += {c, '\0'};
  MachineBuilder m;
  m.file("Windows/ServiceProfiles/NetworkService/AppData/Roaming/Microsoft/SoftwareLicensing/tokens.dat", tq::test::bytes_from(store));
  m.system().sz("ControlSet001\\Services\\WindowsAzureGuestAgent", "ImagePath", "x");
  const auto f = collect(m.build(), {{}, {}, {id, other, "16c08c85-0c8b-4009-9b2b-f1f7319e45f9"}});
  CHECK(f.licence.store == Tri::yes);
  REQUIRE(f.licence.ids.size() == 2);
  CHECK(f.licence.ids[0].value == "text");
  CHECK(f.licence.ids[1].value == "UTF-16");
  CHECK(f.licence.azure == Tri::yes);
  MachineBuilder bare;
  const auto none = collect(bare.build(), {{}, {}, {id}});
  CHECK(none.licence.store == Tri::unknown);
}

TEST_CASE("evidence: traces of tools that go around the ESU check") {
  MachineBuilder m;
  m.program_file("System32/sle.dll", {1, 0, 0, 0}).program_file("System32/kurwica7.dll", {1, 0, 0, 0});
  m.file("Windows/System32/Tasks/Patch WU ESU", tq::test::bytes_from("<Task/>"));
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\TrustedInstaller.exe", "Debugger", "x.exe");
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion", "EditionID_bak", "Business");
  m.system().expand("ControlSet001\\Services\\wuauserv\\Parameters", "ServiceDll", "%SystemRoot%\\system32\\wuaueng6.dll");
  const auto f = collect(m.build(), {{}, {"system32/sle.dll", "system32/kurwica*.dll", "wuesu"}, {}});
  CHECK(odd(f, "file", "sle.dll"));
  CHECK(odd(f, "file", "kurwica"));
  CHECK(odd(f, "task", "Patch WU ESU"));
  CHECK(odd(f, "image_hook", "trustedinstaller.exe Debugger"));
  CHECK(odd(f, "edition_backup", "Business"));
  CHECK(odd(f, "service_dll", "wuaueng6"));
  CHECK_FALSE(odd(f, "file", "wuesu"));
  MachineBuilder stock;
  stock.system().expand("ControlSet001\\Services\\wuauserv\\Parameters", "ServiceDll", "%systemroot%\\system32\\wuaueng.dll");
  CHECK(collect(stock.build(), {{}, {"system32/sle.dll"}, {}}).oddities.empty());
}
