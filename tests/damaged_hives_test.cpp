// A machine's hives with one cell destroyed, each in turn, or cut anywhere, or without the log that completes them: what was lost is
// unknown. It is never said to be absent, and no verdict that the sound hives do not carry follows from it.
#include <doctest/doctest.h>

#include <algorithm>

#include "catalog/catalog.hpp"
#include "evidence/collector.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_source.hpp"
#include "tests/support/less_known.hpp"
#include "tests/support/machine_builder.hpp"

namespace {

using tq::model::Facts;
using tq::model::Tri;
using tq::model::Verdict;
using Blob = std::vector<std::byte>;

const std::string kServices = "ControlSet001\\Services\\";
const std::string kTcp = kServices + "Tcpip\\Parameters\\Interfaces\\{5E5E}";
const std::string kWindows = "Microsoft\\Windows\\CurrentVersion\\";
const std::string kTasks = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\";

/// A machine that has something of every kind.
tq::test::MachineBuilder rich() {
  tq::test::MachineBuilder m;
  m.registry_build("6003", "vistasp2_ldr_escrow.190320-1700")
      .package(4493471, 0x70)
      .package(4474419, 0x70)
      .internet_explorer("9.0.8112.16421");
  m.dotnet("v2.0.50727", 2, 0).dotnet("v4\\Full", 0, 394802).msi_update("Microsoft .NET Framework 4.6", 4507007);
  const auto catalog = *tq::catalog::Catalog::embedded();
  std::size_t nth = 0;
  for (const auto& u : catalog.updates())
    if (u.is_for("6.0") && u.released < tq::Date{2019, 5, 1} && nth++ % 60 == 5) m.package(u.kb, 0x70);
  m.winner("microsoft-windows-os-kernel", {6, 0, 6003, 20489});
  for (const char* name : {"DNS", "W3SVC", "MpsSvc", "LanmanServer"}) {
    m.system().dword(kServices + name, "Start", 2).dword(kServices + name, "Type", 0x20);
    m.system().expand(kServices + name, "ImagePath", "%SystemRoot%\\system32\\svchost.exe");
  }
  m.system()
      .sz(kServices + "Hosted\\Parameters", "ServiceDll", "%SystemRoot%\\system32\\hosted.dll")
      .dword(kServices + "Hosted", "Start", 2);
  m.system().multi(kServices + "LanmanServer\\Shares", "Images", {"Path=D:\\images", "Type=0"});
  m.system().dword(kTcp, "EnableDHCP", 0).multi(kTcp, "IPAddress", {"10.0.0.5"}).multi(kTcp, "SubnetMask", {"255.0.0.0"});
  m.system().key(kServices + "Tcpip6\\Parameters\\Interfaces");
  m.system().sz(kServices + "SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules", "in",
                "v2.0|Action=Allow|Active=TRUE|Dir=In|LPort=445|");
  m.system().binary("MountedDevices", "\\DosDevices\\D:", Blob(12, std::byte{7}));
  const std::string device = "ControlSet001\\Control\\Class\\{4D36}\\0000";
  m.system().sz(device, "InfPath", "oem3.inf").sz(device, "DriverDesc", "Scanner").sz(device, "ProviderName", "Vendor");
  m.software().sz(kWindows + "Uninstall\\{1}", "DisplayName", "Imaging Suite").sz(kWindows + "Uninstall\\{1}", "DisplayVersion", "4.2");
  m.software().sz("Wow6432Node\\" + kWindows + "Uninstall\\Old", "DisplayName", "Old tool");
  m.software().sz(kTasks + "{2}", "Path", "\\Backup");
  m.software().dword(kWindows + "Component Based Servicing\\SessionsPending", "Exclusive", 5);
  m.software().dword("Microsoft\\ServerManager\\ServicingStorage\\ServerComponentCache\\WDS", "InstallState", 1);
  const std::string component = "DerivedData\\Components\\";
  m.components().binary(component + "amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6003.20489_none_0123456789abcdef", "c!update",
                        {});
  m.components().binary(component + "x86_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6003.20489_none_0123456789abcdef", "other", {});
  m.software().sz("Microsoft\\InetStp", "VersionString", "Version 7.0").dword("Microsoft\\InetStp", "MajorVersion", 7);
  m.software().dword("Microsoft\\InetStp", "MinorVersion", 0);
  return m;
}

struct Hives {
  Blob software, system, components;
};

Facts collected(const Hives& hives, const tq::model::Wanted& wanted) {
  auto s = tq::test::hive_source({{"SOFTWARE", hives.software}, {"SYSTEM", hives.system}, {"COMPONENTS", hives.components}});
  s.expects_hives = true;
  return tq::evidence::collect(s, wanted);
}

/// Offsets of all cells that are in use.
std::vector<std::size_t> cells(const Blob& hive) {
  const auto at = [&](std::size_t o) { return *tq::bytes_of(hive).try_get<tq::le32>(o); };
  std::vector<std::size_t> out;
  for (std::size_t bin = 4096; bin + 32 <= hive.size(); bin += at(bin + 8))
    for (std::size_t cell = bin + 32; cell < bin + at(bin + 8);) {
      const auto size = static_cast<std::int32_t>(std::uint32_t{at(cell)});
      if (size < 0) out.push_back(cell);
      cell += static_cast<std::size_t>(size < 0 ? -std::int64_t{size} : size);
    }
  return out;
}

constexpr Blob Hives::* kHives[] = {&Hives::software, &Hives::system, &Hives::components};

/// The machine of rich(), and what is said of it when one of its hives is another.
class Trial {
 public:
  Trial() {
    const auto files = rich().build();
    const auto hive = [&](const char* name) { return files.at(std::string("Windows/System32/config/") + name); };
    hives = {hive("SOFTWARE"), hive("SYSTEM"), hive("COMPONENTS")};
    sound = collected(hives, judging_.wanted());
    verdict_ = judging_.verdict(sound);
  }
  /// What is denied of the sound machine, or told otherwise.
  [[nodiscard]] std::string denied(Blob Hives::* one, Blob bytes) const {
    Hives damaged = hives;
    damaged.*one = std::move(bytes);
    const Facts less = collected(damaged, judging_.wanted());
    return tq::test::denied(sound, less) + tq::test::invented(verdict_, judging_.verdict(less));
  }
  Hives hives;
  Facts sound;

 private:
  tq::test::Judging judging_;
  Verdict verdict_;
};

}  // namespace

TEST_CASE("evidence: a destroyed cell of a hive makes nothing absent") {
  const Trial trial;
  const auto& sound = trial.sound;
  const auto& c = sound.configuration;
  for (const Tri read : {c.services_read, c.programs_read, c.driver_packages_read, c.roles_read, c.network_read, c.shares_read,
                         c.firewall_read, c.tasks_read, c.volumes_read, sound.packages_read, sound.msi_updates_read,
                         sound.internet_explorer_read, sound.dotnet_read, sound.server_software_read, sound.components_read})
    CHECK(read == Tri::yes);
  std::size_t tried = 0;
  for (const auto one : kHives)
    for (const std::size_t at : cells(trial.hives.*one)) {
      Blob damaged = trial.hives.*one;
      for (std::size_t i = 0; i < 4; ++i) damaged.at(at + i) = std::byte{0x7F};  // a free cell of two gigabytes
      CAPTURE(at);
      CHECK(trial.denied(one, std::move(damaged)) == "");
      ++tried;
    }
  CHECK(tried > 100);
}

TEST_CASE("evidence: a hive that is cut anywhere makes nothing absent") {
  const Trial trial;
  for (const auto one : kHives)
    for (std::size_t size = 4096; size < (trial.hives.*one).size(); size += 64) {
      CAPTURE(size);
      CHECK(trial.denied(one, Blob((trial.hives.*one).begin(), (trial.hives.*one).begin() + static_cast<std::ptrdiff_t>(size))) == "");
    }
}

TEST_CASE("evidence: a hive whose last writes lie in a log that is not there makes nothing absent") {
  const Trial trial;
  tq::test::MachineBuilder bare;
  const auto files = bare.registry_build("6003", "vistasp2_ldr_escrow.190320-1700").build();
  const std::pair<const char*, Blob Hives::*> all[] = {
      {"SOFTWARE", &Hives::software}, {"SYSTEM", &Hives::system}, {"COMPONENTS", &Hives::components}};
  for (const auto& [name, one] : all) {
    CAPTURE(name);
    const Blob& before = files.at(std::string("Windows/System32/config/") + name);
    CHECK(trial.denied(one, before) != "");
    CHECK(trial.denied(one, tq::test::dirty_with_dirt_log(before, trial.hives.*one).primary) == "");
  }
}
