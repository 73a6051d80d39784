// A machine's hives with one cell destroyed, each in turn, or cut anywhere, or without the log that completes them: what was lost is
// unknown. It is never said to be absent, and no verdict that the sound hives do not carry follows from it.
#include <doctest/doctest.h>

#include <algorithm>

#include "catalog/catalog.hpp"
#include "evidence/collector.hpp"
#include "facts/reconcile.hpp"
#include "judge/judge.hpp"
#include "judge/knowledge.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_source.hpp"
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

/// What `less` says although it has lost what `sound` knows; empty: nothing.
class Denied {
 public:
  Denied(const Facts& sound, const Facts& less) {
    const auto &a = sound.configuration, &b = less.configuration;
    const auto name = [](const auto& x) { return x.name; };
    list("services", a.services, b.services, b.services_read, name);
    list("programs", a.programs, b.programs, b.programs_read, name);
    list("driver packages", a.driver_packages, b.driver_packages, b.driver_packages_read, [](const auto& x) { return x.inf; });
    list("roles", a.roles, b.roles, b.roles_read, [](const auto& x) { return x.id; });
    list("addresses", a.addresses, b.addresses, b.network_read, [](const auto& x) { return x.address; });
    list("shares", a.shares, b.shares, b.shares_read, name);
    list("firewall rules", a.firewall_rules, b.firewall_rules, b.firewall_read, [](const auto& x) { return x.id; });
    list("tasks", a.tasks, b.tasks, b.tasks_read, [](const auto& x) { return x.path; });
    list("volumes", a.volumes, b.volumes, b.volumes_read, [](const auto& x) { return x.mount; });
    list("packages", sound.packages, less.packages, less.packages_read, [](const auto& x) { return x.identity; });
    list("msi updates", sound.hotfixes, less.hotfixes, less.msi_updates_read,
         [](const auto& x) { return x.source + std::to_string(x.kb); });
    software("internet_explorer", sound, less, less.internet_explorer_read);
    software("dotnet", sound, less, less.dotnet_read);
    software("iis", sound, less, less.server_software_read);
    for (const auto& s : less.software)
      one("version", sound.software, s.name + " " + s.version, [](const auto& x) { return x.name + " " + x.version; });
    const auto known = [](const auto& x) { return x.identity + " " + to_string(x.state); };
    for (const auto& p : less.packages)
      if (p.state != tq::model::PackageState::unknown) one("state of a package", sound.packages, known(p), known);
    no("pending operations", sound.servicing.pending_operations, less.servicing.pending_operations);
    no("SHA-2", sound.sha2_values, less.sha2_values);
    no("Azure", sound.licence.azure, less.licence.azure);
    no("Server Core", sound.identity.server_core, less.identity.server_core);
    if (less.identity.service_pack && less.identity.service_pack != sound.identity.service_pack) say("service pack");
    for (const auto& s : b.settings)
      if (s.state == tq::model::SettingState::absent)
        one("setting", a.settings, s.id + " absent", [](const auto& x) { return x.id + " " + to_string(x.state); });
    const auto component = [](const auto& x) { return x.source + " " + x.arch + " " + x.name; };
    if (less.components_read == Tri::yes)
      for (const auto& k : sound.components)
        if (k.source == "components") one("component", less.components, component(k), component);
    for (const auto& c : less.components)
      if (c.owned == Tri::no)
        one("owner", sound.components, c.source + c.name + "no", [](const auto& x) { return x.source + x.name + to_string(x.owned); });
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void say(const std::string& what) { text_ += what + "; "; }
  void no(const char* what, Tri sound, Tri less) {
    if (less == Tri::no && sound != Tri::no) say(what);
  }
  template <class T, class Key>
  void one(const std::string& what, const std::vector<T>& in, const std::string& wanted, Key key) {
    if (std::none_of(in.begin(), in.end(), [&](const T& x) { return key(x) == wanted; })) say(what + " " + wanted);
  }
  template <class T, class Key>
  void list(const std::string& what, const std::vector<T>& sound, const std::vector<T>& less, Tri read, Key key) {
    if (read != Tri::yes) return;
    for (const T& x : sound) one(what, less, key(x), key);
  }
  void software(const std::string& name, const Facts& sound, const Facts& less, Tri read) {
    const auto key = [](const auto& x) { return x.name + " " + x.version; };
    if (read != Tri::yes) return;
    for (const auto& s : sound.software)
      if (s.name == name) one("software", less.software, key(s), key);
  }
  std::string text_;
};

/// What a verdict says that the sound one does not: only less may be known.
class Invented {
 public:
  Invented(const Verdict& sound, const Verdict& less) {
    using tq::model::ExposureState;
    using tq::model::Standing;
    if (less.build.number && less.build.number != sound.build.number) say("build");
    if (less.build.status == Standing::contradicted && sound.build.status != Standing::contradicted) say("contradiction");
    if (less.level && (!sound.level || sound.level->month < less.level->month)) say("level");
    for (const auto& g : less.goals)
      for (const auto& s : sound.goals)
        if (g.name == s.name) tri("goal " + g.name, s.reached, g.reached);
    std::vector<std::uint32_t> lacking;
    for (const auto& m : sound.missing) {
      lacking.push_back(m.kb);
      lacking.insert(lacking.end(), m.covers.begin(), m.covers.end());
    }
    for (const auto& m : less.missing) {
      known("missing", lacking, m.kb);
      for (const auto kb : m.covers) known("covers", lacking, kb);
    }
    // A package that is there is listed as installed unless it is asked for again, in a later release.
    std::vector<std::uint32_t> installed = lacking;
    for (const auto& i : sound.installed) installed.push_back(i.kb);
    for (const auto& u : sound.unknown) installed.push_back(u.kb);
    for (const auto& i : less.installed) known("installed", installed, i.kb);
    for (const auto cve : less.cves.missing) known("CVE", sound.cves.missing, cve);
    tri("SHA-2", sound.esu.sha2, less.esu.sha2);
    tri("stack", sound.esu.stack_sufficient, less.esu.stack_sufficient);
    tri("preparation", sound.esu.preparation, less.esu.preparation);
    if (less.esu.bypass.size() > sound.esu.bypass.size()) say("bypass");
    if (less.esu.licence != "unknown" && less.esu.licence != sound.esu.licence) say("licence");
    for (const auto& e : less.exposure)
      for (const auto& s : sound.exposure)
        if (e.id == s.id && e.state != ExposureState::unknown &&
            (is_open(e.state) != is_open(s.state) || is_closed(e.state) != is_closed(s.state)))
          say("exposure " + e.id + " " + to_string(e.state));
    std::vector<std::string> paths, bars;
    for (const auto& x : sound.migration.paths) paths.push_back(x.kind + " " + x.to);
    for (const auto& x : sound.migration.impossible) bars.push_back(x.to);
    for (const auto& x : less.migration.paths) known("path", paths, x.kind + " " + x.to);
    for (const auto& x : less.migration.impossible) known("impossible", bars, x.to);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void say(const std::string& what) { text_ += what + "; "; }
  void tri(const std::string& what, Tri sound, Tri less) {
    if (less != Tri::unknown && less != sound) say(what);
  }
  void known(const std::string& what, const std::vector<std::uint32_t>& list, std::uint32_t x) {
    if (std::find(list.begin(), list.end(), x) == list.end()) say(what + " " + std::to_string(x));
  }
  void known(const std::string& what, const std::vector<std::string>& list, const std::string& x) {
    if (std::find(list.begin(), list.end(), x) == list.end()) say(what + " " + x);
  }
  std::string text_;
};

constexpr Blob Hives::* kHives[] = {&Hives::software, &Hives::system, &Hives::components};

/// The machine of rich(), and what is said of it when one of its hives is another.
class Trial {
 public:
  Trial() {
    const auto files = rich().build();
    const auto hive = [&](const char* name) { return files.at(std::string("Windows/System32/config/") + name); };
    hives = {hive("SOFTWARE"), hive("SYSTEM"), hive("COMPONENTS")};
    sound = collected(hives, wanted_);
    verdict_ = judged(sound);
  }
  /// What is denied of the sound machine, or told otherwise.
  [[nodiscard]] std::string denied(Blob Hives::* one, Blob bytes) const {
    Hives damaged = hives;
    damaged.*one = std::move(bytes);
    const Facts less = collected(damaged, wanted_);
    return Denied(sound, less).text() + Invented(verdict_, judged(less)).text();
  }
  Hives hives;
  Facts sound;

 private:
  [[nodiscard]] Verdict judged(Facts facts) const {
    tq::facts::reconcile(facts);
    return tq::judge::judge(facts, knowledge_, {.as_of = {2026, 11, 20}, .line = tq::judge::UpdateLine::rollup});
  }
  tq::judge::Knowledge knowledge_{*tq::catalog::Catalog::embedded()};
  tq::model::Wanted wanted_ = tq::judge::wanted(knowledge_.catalog());
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
