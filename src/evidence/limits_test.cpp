// Lists of evidence at the most that is kept of each, and one past it: past it nothing may be called absent. docs/hardening.md.
#include <doctest/doctest.h>

#include "evidence/collector.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_source.hpp"

namespace {

using tq::model::Configuration;
using tq::model::Facts;
using tq::model::Tri;
using tq::test::HiveBuilder;

const std::string kServices = "ControlSet001\\Services\\";
const std::string kWindows = "Microsoft\\Windows\\CurrentVersion\\";
const std::string kTasks = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\";

struct Hives {
  HiveBuilder software{"SOFTWARE"}, system{"SYSTEM"}, components{"COMPONENTS"};
};

Facts collected(const Hives& hives) {
  const auto s = tq::test::hive_source(
      {{"SOFTWARE", hives.software.build()}, {"SYSTEM", hives.system.build()}, {"COMPONENTS", hives.components.build()}});
  REQUIRE(s.hives.size() == 3);
  return tq::evidence::collect(s);
}

/// With `most` entries all are there and known to be all; with one more the list ends and says so.
template <class Add, class Size, class Read>
void check_limit(std::size_t most, Add add, Size size, Read read) {
  Hives h;
  h.system.dword("Select", "Current", 1);
  h.software.sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "6003");
  h.software.key("Policies\\Microsoft\\WindowsFirewall\\FirewallRules");
  h.system.key(kServices + "Tcpip6\\Parameters\\Interfaces");
  for (std::size_t i = 0; i < most; ++i) add(h, std::to_string(100000 + i));
  const Facts all = collected(h);
  CHECK(size(all) == most);
  CHECK(read(all) == Tri::yes);
  add(h, std::to_string(100000 + most));
  const Facts cut = collected(h);
  CHECK(size(cut) == most);
  CHECK(read(cut) == Tri::unknown);
}

template <class T>
auto size_of(std::vector<T> Configuration::* list) {
  return [list](const Facts& f) { return (f.configuration.*list).size(); };
}
auto read_of(Tri Configuration::* read) {
  return [read](const Facts& f) { return f.configuration.*read; };
}

}  // namespace

TEST_CASE("evidence: services, shares, firewall rules and addresses as many as are kept, and one more") {
  const auto service = [](Hives& h, const std::string& n) { h.system.dword(kServices + n, "Start", 3); };
  check_limit(20000, service, size_of(&Configuration::services), read_of(&Configuration::services_read));
  const auto share = [](Hives& h, const std::string& n) { h.system.multi(kServices + "LanmanServer\\Shares", n, {"Path=D:\\x"}); };
  check_limit(4096, share, size_of(&Configuration::shares), read_of(&Configuration::shares_read));
  const auto rule = [](Hives& h, const std::string& n) {
    h.system.sz(kServices + "SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules", n, "v2.0|Action=Allow|");
  };
  check_limit(20000, rule, size_of(&Configuration::firewall_rules), read_of(&Configuration::firewall_read));
  const auto address = [](Hives& h, const std::string& n) {
    const std::string interface = kServices + "Tcpip\\Parameters\\Interfaces\\" + n;
    h.system.dword(interface, "EnableDHCP", 0).multi(interface, "IPAddress", {"10.0.0.1"});
  };
  check_limit(4096, address, size_of(&Configuration::addresses), read_of(&Configuration::network_read));
}

TEST_CASE("evidence: programs, tasks, drivers and components as many as are kept, and one more") {
  const auto program = [](Hives& h, const std::string& n) { h.software.sz(kWindows + "Uninstall\\" + n, "DisplayName", n); };
  check_limit(4096, program, size_of(&Configuration::programs), read_of(&Configuration::programs_read));
  const auto task = [](Hives& h, const std::string& n) { h.software.sz(kTasks + n, "Path", "\\" + n); };
  check_limit(4096, task, size_of(&Configuration::tasks), read_of(&Configuration::tasks_read));
  const auto driver = [](Hives& h, const std::string& n) {
    const std::string device = "ControlSet001\\Control\\Class\\{4D36}\\" + n;
    h.system.sz(device, "InfPath", "oem" + n + ".inf").sz(device, "DriverDesc", n);
  };
  check_limit(2048, driver, size_of(&Configuration::driver_packages), read_of(&Configuration::driver_packages_read));
  const auto component = [](Hives& h, const std::string& n) {
    h.components.binary("DerivedData\\Components\\amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6003.20489_none_0123456789" + n,
                        "c!x", {});
  };
  check_limit(2000, component, [](const Facts& f) { return f.components.size(); }, [](const Facts& f) { return f.components_read; });
}
