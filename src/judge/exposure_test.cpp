// Every exposure of the catalog on machines made for it: hives of real bytes through the collectors to the verdict.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>

#include "evidence/collector.hpp"
#include "judge/addresses.hpp"
#include "judge/exposure_parts.hpp"
#include "judge/judge.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_source.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::catalog::OpenWhen;
using tq::catalog::Reads;
using tq::judge::ExposureKind;
using tq::judge::ExposureRow;
using tq::model::ExposureState;
using tq::model::SettingState;
using tq::test::HiveBuilder;
using tq::test::knowledge;

const ExposureKind& kind_of(std::string_view id) {
  const auto& all = knowledge().exposure().kinds();
  return *std::find_if(all.begin(), all.end(), [&](const auto& k) { return k.id == id; });
}

std::string stored(std::string_view key) {
  constexpr std::string_view kCurrent = "CurrentControlSet";
  return key.starts_with(kCurrent) ? "ControlSet001" + std::string(key.substr(kCurrent.size())) : std::string(key);
}

/// Two hives, and no file beside them. All services that exposures speak of start with Windows.
struct Machine {
  HiveBuilder software{"SOFTWARE"}, system{"SYSTEM"};
  bool has_software = true, has_system = true;

  Machine(const std::string& nt, const std::string& type) {
    const std::string version = "Microsoft\\Windows NT\\CurrentVersion";
    software.sz(version, "CurrentVersion", nt == "10.0" ? "6.3" : nt).sz(version, "CurrentBuildNumber", "6002");
    if (nt == "10.0") software.dword(version, "CurrentMajorVersionNumber", 10).dword(version, "CurrentMinorVersionNumber", 0);
    system.dword("Select", "Current", 1).key("ControlSet001\\Services");
    system.sz("ControlSet001\\Control\\ProductOptions", "ProductType",
              type == "client"   ? "WinNT"
              : type == "server" ? "ServerNT"
                                 : "LanmanNT");
    for (const auto& k : knowledge().exposure().kinds())
      for (const auto& r : k.rows)
        if (!r.row.service.empty()) service(r.row.service.front() == '!' ? r.row.service.substr(1) : r.row.service, 2);
  }
  Machine& service(std::string_view name, std::uint32_t start) {
    const std::string key = "ControlSet001\\Services\\" + std::string(name);
    system.dword(key, "Type", 0x20).dword(key, "Start", start).sz(key, "ImagePath", "x.exe");
    return *this;
  }
  [[nodiscard]] tq::model::Facts facts() const {
    std::vector<std::pair<std::string, std::vector<std::byte>>> hives;
    if (has_software) hives.emplace_back("SOFTWARE", software.build());
    if (has_system) hives.emplace_back("SYSTEM", system.build());
    const auto wanted_hives = hives.size();
    const auto s = tq::test::hive_source(std::move(hives));
    REQUIRE(s.hives.size() == wanted_hives);
    static const tq::model::Wanted wanted = tq::judge::wanted(knowledge().catalog());
    return tq::evidence::collect(s, wanted);
  }
  [[nodiscard]] tq::model::Exposure judged(std::string_view id) const {
    const auto v = tq::judge::judge(facts(), knowledge(), {});
    const auto it = std::find_if(v.exposure.begin(), v.exposure.end(), [&](const auto& e) { return e.id == id; });
    if (it == v.exposure.end()) return {"none", ExposureState::unknown, {}, {}, {}, {}};
    return *it;
  }
};

/// A number that makes the condition true, or false; nullopt: there is none.
std::optional<std::uint32_t> number_for(const OpenWhen& when, bool open) {
  for (const std::uint32_t n : {0U, 1U, 2U, 3U, 4U, 5U, 255U})
    if (tq::catalog::is_open(when, {true, n}) == open) return n;
  return std::nullopt;
}

/// Writes a value of the kind that the row reads. `n`: what a number is set to.
void write(HiveBuilder& hive, Reads reads, const std::string& key, const std::string& value, std::uint32_t n) {
  switch (reads) {
    case Reads::dword: hive.dword(key, value, n); break;
    case Reads::number: hive.sz(key, value, std::to_string(n)); break;
    case Reads::secret: hive.sz(key, value, "swordfish"); break;
    case Reads::subkeys: hive.sz(key + "\\Listener_1", "Port", "80"); break;
    case Reads::values: hive.sz(key, "1", "10.0.0.1"); break;
    case Reads::secret_values: hive.dword(key, "swordfish", 4); break;
    case Reads::service: hive.dword(key, "Type", 0x10).dword(key, value, n); break;
    case Reads::firewall_rules:
    case Reads::addresses:
    case Reads::shares: break;
  }
}

bool write_own(Machine& m, const ExposureKind& k, const ExposureRow& r, bool open) {
  if (k.reads == Reads::service || k.reads == Reads::dword || k.reads == Reads::number) {
    const auto n = number_for(r.when, open);
    if (!n) return false;
    write(r.row.hive == "SYSTEM" ? m.system : m.software, k.reads, stored(r.row.key), std::string(r.row.value), *n);
    return true;
  }
  // Keys and secrets say something by being there; what their absence says is the default.
  const bool there = tq::catalog::is_open(r.when, {true, 1});
  if (there != open) return false;
  write(r.row.hive == "SYSTEM" ? m.system : m.software, k.reads, stored(r.row.key), std::string(r.row.value), 1);
  return true;
}

bool write_policy(Machine& m, const ExposureKind& k, const ExposureRow& r, bool open) {
  const bool number = k.reads == Reads::dword || k.reads == Reads::number;
  const auto n = number ? number_for(r.when, open) : std::optional<std::uint32_t>(1);
  if (!n || (!number && tq::catalog::is_open(r.when, {true, 1}) != open)) return false;
  write(m.software, k.reads, std::string(r.row.policy_key), std::string(r.row.policy_value), *n);
  return true;
}

/// Opens what must be open for the exposure to matter.
void open_needs(Machine& m, const ExposureRow& r, const std::string& nt) {
  if (r.row.needs.empty()) return;
  const auto& parent = kind_of(r.row.needs);
  const auto* row = parent.row_for(nt);
  REQUIRE(row != nullptr);
  open_needs(m, *row, nt);
  REQUIRE(write_own(m, parent, *row, true));
}

struct Case {
  const ExposureKind& kind;
  const ExposureRow& row;
  std::string nt;
  [[nodiscard]] Machine machine(const std::string& type = "server") const {
    Machine m(nt, type);
    open_needs(m, row, nt);
    return m;
  }
};

/// Calls `f` for every row that the registry answers, on the first Windows that it names.
void each(const std::function<void(const Case&)>& f) {
  for (const auto& k : knowledge().exposure().kinds()) {
    if (!tq::catalog::from_registry(k.reads)) continue;
    for (const auto& row : k.rows) {
      const auto& list = row.row.nt_versions;
      const std::string nt(list == "*" ? "6.0" : list.substr(0, list.find(';')));
      CAPTURE(k.id);
      CAPTURE(nt);
      f({k, row, nt});
    }
  }
}

ExposureState default_state(const ExposureRow& r, std::string_view cell) {
  const auto d = tq::catalog::parse_default(cell);
  if (!d) return ExposureState::unknown;
  return tq::catalog::is_open(r.when, *d) ? ExposureState::default_open : ExposureState::default_closed;
}

}  // namespace

TEST_CASE("exposure: every reading with its value present is open or closed by it, and says where") {
  std::set<std::string> open, closed;
  each([&](const Case& c) {
    for (const bool wanted : {true, false}) {
      Machine m = c.machine();
      if (!write_own(m, c.kind, c.row, wanted)) continue;
      const auto e = m.judged(c.kind.id);
      CHECK(e.state == (wanted ? ExposureState::open : ExposureState::closed));
      CHECK(e.what.starts_with(wanted ? c.row.row.open_says : c.row.row.closed_says));
      CHECK(e.evidence.find(c.row.row.value) != std::string::npos);
      CHECK(e.what.find("swordfish") == std::string::npos);
      CHECK((e.what.find("(unconfirmed)") != std::string::npos) == (c.row.row.confidence == tq::catalog::Confidence::unconfirmed));
      (wanted ? open : closed).insert(c.kind.id);
    }
  });
  for (const auto& k : knowledge().exposure().kinds())
    if (tq::catalog::from_registry(k.reads)) CHECK_MESSAGE((open.contains(k.id) || closed.contains(k.id)), k.id);
}

TEST_CASE("exposure: an absent value is the default of that Windows and class, stated as default, or not known") {
  each([&](const Case& c) {
    const std::pair<const char*, std::string_view> classes[] = {{"server", c.row.row.default_server},
                                                                {"client", c.row.row.default_client},
                                                                {"domain_controller", c.row.row.default_domain_controller}};
    for (const auto& [type, cell] : classes) {
      Machine m = c.machine(type);
      if (c.kind.reads == Reads::service) m.system.remove(stored(c.row.row.key));
      const auto e = m.judged(c.kind.id);
      CHECK(e.state == default_state(c.row, cell));
      const char* stated = e.state == ExposureState::unknown ? "no default for it" : "default of NT ";
      CHECK((e.what.find(stated) != std::string::npos || e.what.find("there is no service") != std::string::npos));
    }
  });
}

TEST_CASE("exposure: a value of another type is not known") {
  each([&](const Case& c) {
    const bool typed =
        c.kind.reads == Reads::dword || c.kind.reads == Reads::number || c.kind.reads == Reads::secret || c.kind.reads == Reads::service;
    if (!typed) return;
    Machine m = c.machine();
    (c.row.row.hive == "SYSTEM" ? m.system : m.software)
        .binary(stored(c.row.row.key), c.row.row.value, {std::byte{1}, std::byte{0}, std::byte{0}});
    const auto e = m.judged(c.kind.id);
    CHECK(e.state == ExposureState::unknown);
    CHECK(e.what.find("another type") != std::string::npos);
  });
}

TEST_CASE("exposure: without its hive every reading is unknown, and without any registry nothing is said") {
  for (const bool system_lost : {true, false}) {
    Machine m("6.0", "server");
    (system_lost ? m.has_system : m.has_software) = false;
    const auto facts = m.facts();
    const auto v = tq::judge::judge(facts, knowledge(), {});
    REQUIRE(!v.exposure.empty());
    for (const auto& k : knowledge().exposure().kinds()) {
      if (!tq::catalog::from_registry(k.reads) || k.rows.front().row.hive != (system_lost ? "SYSTEM" : "SOFTWARE")) continue;
      const auto it = std::find_if(v.exposure.begin(), v.exposure.end(), [&](const auto& e) { return e.id == k.id; });
      REQUIRE(it != v.exposure.end());
      // Behind a closed door it does not matter what was not read.
      const auto& needs = k.rows.front().row.needs;
      if (needs.empty()) CHECK_MESSAGE(it->state == ExposureState::unknown, k.id);
      if (needs.empty()) CHECK_MESSAGE(it->what.starts_with("not known whether "), k.id);
    }
  }
  tq::model::Facts nothing;
  CHECK(tq::judge::judge(nothing, knowledge(), {}).exposure.empty());
}

TEST_CASE("exposure: the policy wins over the value, in both directions") {
  std::size_t with_policy = 0;
  each([&](const Case& c) {
    if (c.kind.policy_id.empty()) return;
    ++with_policy;
    for (const bool open : {true, false}) {
      Machine m = c.machine();
      write_own(m, c.kind, c.row, !open);
      if (!write_policy(m, c.kind, c.row, open)) continue;
      const auto e = m.judged(c.kind.id);
      CHECK(e.state == (open ? ExposureState::open : ExposureState::closed));
      CHECK(e.evidence.find("Policies\\") != std::string::npos);
      CHECK(e.what.find("the policy ") != std::string::npos);
    }
    Machine odd = c.machine();
    write_own(odd, c.kind, c.row, true);
    if (c.kind.reads == Reads::dword) {
      odd.software.sz(c.row.row.policy_key, c.row.row.policy_value, "yes");
      CHECK(odd.judged(c.kind.id).state == ExposureState::unknown);
    }
  });
  CHECK(with_policy > 10);
}

TEST_CASE("exposure: with SYSTEM alone an open value is told with its doubt, a closed one is a guess") {
  const auto& rdp = kind_of("rdp");
  for (const bool open : {true, false}) {
    Machine m("6.0", "server");
    REQUIRE(write_own(m, rdp, rdp.rows.front(), open));
    m.has_software = false;
    const auto e = m.judged("rdp");
    CHECK(e.state == (open ? ExposureState::open : ExposureState::unknown));
    CHECK(e.what.find("which would win, could not be read") != std::string::npos);
  }
  Machine smb("6.0", "server");
  smb.has_software = false;
  CHECK(smb.judged("smb1").state == ExposureState::unknown);  // which Windows it is stands in SOFTWARE
  CHECK(smb.judged("smb1").what.find("which Windows this is was not read") != std::string::npos);
  smb.system.dword("ControlSet001\\Services\\LanmanServer\\Parameters", "SMB1", 0);
  CHECK(smb.judged("smb1").state == ExposureState::closed);
}

TEST_CASE("exposure: a service that is disabled or not there closes what needs it, and opens what it guards") {
  each([&](const Case& c) {
    if (c.row.row.service.empty()) return;
    const bool guards = c.row.row.service.front() == '!';
    Machine m = c.machine();
    write_own(m, c.kind, c.row, !guards);
    m.service(guards ? c.row.row.service.substr(1) : c.row.row.service, 4);
    const auto e = m.judged(c.kind.id);
    const bool open = e.state == ExposureState::open;
    const bool closed = e.state == ExposureState::closed || e.state == ExposureState::default_closed;
    CHECK((guards ? open : closed));
    CHECK(e.what.find("disabled") != std::string::npos);
    CHECK(e.joined_with.empty());
  });
  Machine none("6.0", "server");
  none.system.remove("ControlSet001\\Services\\LanmanServer");
  CHECK(none.judged("smb1").state == ExposureState::closed);
  CHECK(none.judged("smb1").what.find("there is no service LanmanServer") != std::string::npos);
  Machine no_list("6.0", "server");
  no_list.system.remove("ControlSet001\\Services");
  CHECK(no_list.judged("smb1").state == ExposureState::unknown);
}

TEST_CASE("exposure: joined with what is missing, known-exploited first") {
  Machine m("6.0", "server");
  auto facts = m.facts();
  facts.packages_read = tq::model::Tri::yes;
  tq::model::Package foundation;
  foundation.identity = "Microsoft-Windows-Foundation-Package";
  foundation.state = tq::model::PackageState::installed;
  facts.packages.push_back(foundation);
  facts.identity.arch = "x64";
  facts.identity.service_pack = 2;
  tq::model::BuildWitness w;
  w.source = "file.ntoskrnl.exe";
  w.group = tq::model::WitnessGroup::kernel_file;
  w.says = "6.0.6002.18005";
  w.build = 6002;
  w.revision = 18005;
  facts.build_witnesses.push_back(w);
  const auto v = tq::judge::judge(facts, knowledge(), {});
  const auto it = std::find_if(v.exposure.begin(), v.exposure.end(), [](const auto& e) { return e.id == "smb1"; });
  REQUIRE(it != v.exposure.end());
  CHECK(it->state == ExposureState::default_open);
  auto all = it->joined_with;
  all.insert(all.end(), it->joined_with_unknown.begin(), it->joined_with_unknown.end());
  CHECK(all.size() >= 9);
  const auto known = [&](tq::model::CveId c) {
    return std::binary_search(v.cves.known_exploited.begin(), v.cves.known_exploited.end(), c);
  };
  CHECK(std::is_partitioned(it->joined_with.begin(), it->joined_with.end(), known));
  for (const auto c : it->joined_with) CHECK(std::binary_search(v.cves.missing.begin(), v.cves.missing.end(), c));
  for (const auto& e : v.exposure)
    if (!tq::model::is_open(e.state)) CHECK(e.joined_with.empty());
}

namespace {

/// The machine's facts with the bytes of its SOFTWARE hive changed.
tq::model::Facts facts_of(std::vector<std::byte> software) {
  const auto s = tq::test::hive_source({{"SOFTWARE", std::move(software)}});
  if (s.hives.empty()) return {};
  return tq::evidence::collect(s, tq::judge::wanted(knowledge().catalog()));
}

SettingState state_of(const tq::model::Facts& f, std::string_view id) {
  for (const auto& s : f.configuration.settings)
    if (s.id == id) return s.state;
  return SettingState::unreadable;
}

}  // namespace

TEST_CASE("exposure: a value whose data is damaged is unreadable, not absent") {
  Machine m("6.0", "server");
  m.software.sz("Microsoft\\Windows NT\\CurrentVersion\\Winlogon", "DefaultPassword", "a long enough password");
  auto bytes = m.software.build();
  CHECK(state_of(facts_of(bytes), "auto_logon_password") == SettingState::present);
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto name = all.find("DefaultPassword");
  REQUIRE(name != std::string_view::npos);
  // The value's record begins 20 bytes before its name; the offset of the data lies 8 bytes into it.
  for (std::size_t i = 0; i < 4; ++i) bytes.at(name - 20 + 8 + i) = std::byte{0x7F};
  CHECK(state_of(facts_of(bytes), "auto_logon_password") == SettingState::unreadable);
  CHECK(state_of(facts_of(bytes), "auto_logon") == SettingState::absent);
}

TEST_CASE("exposure: mutated hives are read to some end, and every sentence is whole") {
  Machine m("6.0", "server");
  m.software.sz("Policies\\Microsoft\\WindowsFirewall\\FirewallRules", "{1}", "v2.0|Action=Allow|Active=TRUE|Dir=In|LPort=80|");
  const auto whole = m.software.build();
  const char* wanted = std::getenv("TQ_MUTANTS");
  const int rounds = wanted != nullptr ? std::max(20, std::atoi(wanted) / 20) : 60;
  std::mt19937 random(60);
  for (int i = 0; i < rounds; ++i) {
    auto bytes = whole;
    for (int k = 0; k < 1 + i % 12; ++k) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    const auto v = tq::judge::judge(facts_of(std::move(bytes)), knowledge(), {});
    for (const auto& e : v.exposure) CHECK(e.what.find(": ") != std::string::npos);
  }
}

TEST_CASE("exposure: rules, addresses and shares") {
  const std::string policy = "ControlSet001\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules";
  Machine m("6.0", "server");
  m.system.sz(policy, "Off", "v2.0|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=1|");
  m.system.sz(policy, "Near", "v2.0|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=139|RA4=LocalSubnet|");
  m.system.sz(policy, "Out", "v2.0|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|");
  CHECK(m.judged("firewall_rules").state == ExposureState::closed);
  CHECK(m.judged("shares").state == ExposureState::unknown);
  CHECK(m.judged("public_address").state == ExposureState::unknown);
  m.system.sz(policy, "RemoteDesktop-In-TCP", "v2.0|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|App=System|Name=@x,-1|");
  const auto rules = m.judged("firewall_rules");
  CHECK(rules.state == ExposureState::open);
  CHECK(rules.what.find("RemoteDesktop-In-TCP (3389)") != std::string::npos);
  m.software.sz("Policies\\Microsoft\\WindowsFirewall\\FirewallRules", "{1}",
                "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=161|");
  CHECK(m.judged("firewall_rules").what.find("{1} (161)") != std::string::npos);
  CHECK(m.facts().configuration.firewall_rules.back().from_policy);
  m.system.sz(policy, "Broken", "no rule at all");
  CHECK(m.facts().configuration.firewall_read == tq::model::Tri::unknown);

  m.system.multi("ControlSet001\\Services\\LanmanServer\\Shares", "Data", {"CSCFlags=0", "Path=D:\\Data", "Type=0"});
  m.system.binary("ControlSet001\\Services\\LanmanServer\\Shares\\Security", "Data", {std::byte{1}});
  CHECK(m.judged("shares").state == ExposureState::open);
  CHECK(m.judged("shares").what.find("Data (D:\\Data)") != std::string::npos);

  const std::string interfaces = "ControlSet001\\Services\\Tcpip\\Parameters\\Interfaces\\";
  m.system.dword(interfaces + "{A}", "EnableDHCP", 0).multi(interfaces + "{A}", "IPAddress", {"10.1.2.3", "0.0.0.0"});
  m.system.multi(interfaces + "{A}", "SubnetMask", {"255.0.0.0"}).multi(interfaces + "{A}", "DefaultGateway", {"10.0.0.1"});
  m.system.sz(interfaces + "{A}", "DhcpIPAddress", "203.0.114.9");  // of a lease that is no longer in force
  CHECK(m.judged("public_address").state == ExposureState::closed);
  const auto facts = m.facts();
  REQUIRE(facts.configuration.addresses.size() == 1);
  CHECK(facts.configuration.addresses[0].interface == "{a}");
  CHECK(facts.configuration.addresses[0].gateway == "10.0.0.1");
  CHECK(facts.configuration.addresses[0].dhcp == tq::model::Tri::no);
  m.system.dword(interfaces + "{B}", "EnableDHCP", 1).sz(interfaces + "{B}", "DhcpIPAddress", "93.184.216.34");
  CHECK(m.judged("public_address").state == ExposureState::open);
  CHECK(m.judged("public_address").what.find("93.184.216.34") != std::string::npos);
  CHECK(m.judged("public_address").evidence.find("{B}:DhcpIPAddress") != std::string::npos);
}

TEST_CASE("exposure: addresses are told apart") {
  using tq::judge::AddressKind;
  const std::pair<const char*, AddressKind> cases[] = {
      {"10.0.0.1", AddressKind::private_use},
      {"172.16.0.1", AddressKind::private_use},
      {"172.31.255.255", AddressKind::private_use},
      {"172.32.0.1", AddressKind::public_use},
      {"192.168.1.1", AddressKind::private_use},
      {"192.169.0.1", AddressKind::public_use},
      {"169.254.3.4", AddressKind::link_local},
      {"100.64.0.1", AddressKind::shared},
      {"100.127.255.254", AddressKind::shared},
      {"100.128.0.1", AddressKind::public_use},
      {"192.0.2.9", AddressKind::documentation},
      {"198.51.100.1", AddressKind::documentation},
      {"203.0.113.200", AddressKind::documentation},
      {"203.0.114.1", AddressKind::public_use},
      {"127.0.0.1", AddressKind::this_machine},
      {"224.0.0.1", AddressKind::reserved},
      {"255.255.255.255", AddressKind::reserved},
      {"0.0.0.0", AddressKind::reserved},
      {"8.8.8.8", AddressKind::public_use},
      {"8.8.8", AddressKind::not_an_address},
      {"8.8.8.256", AddressKind::not_an_address},
      {"8.8.8.8.8", AddressKind::not_an_address},
      {"", AddressKind::not_an_address},
      {"x.y.z.w", AddressKind::not_an_address},
      {"fe80::1%5", AddressKind::link_local},
      {"fd00::1", AddressKind::private_use},
      {"2001:db8::1", AddressKind::documentation},
      {"3fff:0100::1", AddressKind::documentation},
      {"2a00:1450:4001:81b::200e", AddressKind::public_use},
      {"::1", AddressKind::this_machine},
      {"::", AddressKind::reserved},
      {"::ffff:10.0.0.1", AddressKind::private_use},
      {"::ffff:8.8.8.8", AddressKind::public_use},
      {"ff02::1", AddressKind::reserved},
      {"1:2:3:4:5:6:7:8:9", AddressKind::not_an_address},
      {"2001:db8:::1", AddressKind::not_an_address},
      {"12345::", AddressKind::not_an_address},
      {"2001::1::2", AddressKind::not_an_address},
  };
  for (const auto& [text, kind] : cases) CHECK_MESSAGE(tq::judge::kind_of_address(text) == kind, text);
}
