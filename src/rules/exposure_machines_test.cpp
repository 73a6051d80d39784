// Whole machines from their files to the findings of exposure and integrity; and real hives of other versions of Windows.
#include <doctest/doctest.h>

#include <algorithm>

#include "evidence/collector.hpp"
#include "judge/judge.hpp"
#include "rules/rule.hpp"
#include "target/loader.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/made_facts.hpp"
#include "tests/support/pe_builder.hpp"

namespace {

using tq::model::ExposureState;
using tq::test::knowledge;
using tq::test::MachineBuilder;
namespace pe = tq::format::pe;

const std::string kServices = "ControlSet001\\Services\\";
const std::string kFirewall = kServices + "SharedAccess\\Parameters\\FirewallPolicy\\";
const std::string kInterfaces = kServices + "Tcpip\\Parameters\\Interfaces\\";

void service(MachineBuilder& m, const std::string& name, std::uint32_t start, const std::string& dll = {}) {
  m.system().dword(kServices + name, "Type", 0x20).dword(kServices + name, "Start", start);
  m.system().expand(kServices + name, "ImagePath", "%SystemRoot%\\System32\\svchost.exe -k netsvcs");
  if (!dll.empty()) m.system().expand(kServices + name + "\\Parameters", "ServiceDll", dll);
}

/// What every Windows of these years runs, and packages that were read as a whole.
void usual(MachineBuilder& m) {
  for (const char* name : {"LanmanServer", "LanmanWorkstation", "MpsSvc", "Dnscache", "TermService", "Spooler"}) service(m, name, 2);
  m.software().dword(
      "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\Microsoft-Windows-Foundation-Package"
      "~31bf3856ad364e35~amd64~~6.0.6001.18000",
      "CurrentState", 7);
}

void remote_desktop(MachineBuilder& m) { m.system().dword("ControlSet001\\Control\\Terminal Server", "fDenyTSConnections", 0); }

struct Judged {
  tq::model::Facts facts;
  tq::model::Verdict verdict;
  std::vector<tq::model::Finding> findings;

  [[nodiscard]] const tq::model::Exposure& exposure(std::string_view id) const {
    const auto it = std::find_if(verdict.exposure.begin(), verdict.exposure.end(), [&](const auto& e) { return e.id == id; });
    static const tq::model::Exposure kNone{"none", ExposureState::unknown, {}, {}, {}, {}};
    return it == verdict.exposure.end() ? kNone : *it;
  }
  [[nodiscard]] ExposureState state(std::string_view id) const { return exposure(id).state; }
  [[nodiscard]] std::string severity(std::string_view id) const {
    for (const auto& f : findings)  // the worst comes first
      if (f.id == id) return to_string(f.severity);
    return "none";
  }
};

Judged judge(const std::string& path) {
  auto sources = tq::target::open(path, {});
  REQUIRE(sources);
  REQUIRE(!sources->empty());
  Judged j;
  j.facts = tq::evidence::collect(sources->front(), tq::judge::wanted(knowledge().catalog()));
  j.verdict = tq::judge::judge(j.facts, knowledge(), {});
  j.findings = tq::rules::run({j.facts, j.verdict, knowledge().catalog(), "last", *tq::Date::parse("2026-11-20")});
  return j;
}

Judged judge(MachineBuilder& m) {
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder);
  return judge(folder);
}

bool holds(const std::vector<tq::model::CveId>& list, const char* cve) {
  return std::find(list.begin(), list.end(), *tq::catalog::parse_cve(cve)) != list.end();
}

/// A hive of the corpus as a file of its own, its logs beside it; empty (and said so) without the corpus.
std::string sample(const std::string& name, const std::string& as) {
  const auto files = tq::test::hive_with_logs("hives/" + name, as);
  if (files.empty()) return {};
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(files, folder);
  return folder + "/" + as;
}

}  // namespace

TEST_CASE("exposure: an x86 imaging workstation with SMB 1, Remote Desktop and a logon by itself") {
  MachineBuilder m;
  m.arch(pe::Machine::x86).name("CT-2");
  usual(m);
  remote_desktop(m);
  for (const char* p : {"DomainProfile", "StandardProfile", "PublicProfile"}) m.system().dword(kFirewall + p, "EnableFirewall", 0);
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion\\Winlogon", "AutoAdminLogon", "1");
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion\\Winlogon", "DefaultPassword", "imaging!");
  m.system().dword(kInterfaces + "{1}", "EnableDHCP", 0).multi(kInterfaces + "{1}", "IPAddress", {"192.168.10.5"});
  const auto j = judge(m);
  CHECK(j.state("rdp") == ExposureState::open);
  CHECK(holds(j.exposure("rdp").joined_with, "CVE-2019-0708"));
  CHECK(j.severity("TQ6001") == "critical");
  CHECK(j.severity("TQ6002") == "medium");
  CHECK(j.state("smb1") == ExposureState::default_open);
  CHECK(j.severity("TQ6007") == "medium");
  CHECK(j.severity("TQ6010") == "medium");
  CHECK(j.severity("TQ6008") == "none");
  CHECK(j.exposure("auto_logon_password").what.find("set (8 characters)") != std::string::npos);
  for (const auto& f : j.findings) CHECK(f.detail.find("imaging!") == std::string::npos);
}

TEST_CASE("exposure: an x64 domain controller") {
  MachineBuilder m;
  m.product("Windows Server (R) 2008 Enterprise", "LanmanNT").edition("ServerEnterprise").name("DC1");
  usual(m);
  for (const char* name : {"NTDS", "DNS", "Kdc"}) service(m, name, 2);
  m.system().dword(kServices + "LanmanServer\\Parameters", "RequireSecuritySignature", 1);
  const auto j = judge(m);
  CHECK(j.facts.identity.product_type == "domain_controller");
  CHECK(j.state("ad_ds") == ExposureState::open);
  CHECK(j.state("ldap_signing") == ExposureState::default_open);
  CHECK(j.state("smb_signing") == ExposureState::closed);
  CHECK(j.state("rdp") == ExposureState::default_closed);
  CHECK(j.state("rdp_without_nla") == ExposureState::default_closed);
  CHECK(j.severity("TQ6004") == "medium");
  CHECK(holds(j.exposure("dns_server").joined_with, "CVE-2020-1350"));
  CHECK(j.severity("TQ6014") == "critical");
}

TEST_CASE("exposure: a Hyper-V host opens nothing by being one") {
  MachineBuilder m;
  m.product("Windows Server (R) 2008 Datacenter", "ServerNT").edition("ServerDatacenter").name("HV1");
  usual(m);
  service(m, "vmms", 2);
  service(m, "nvspwmi", 2);
  m.system().dword(kServices + "LanmanServer\\Parameters", "SMB1", 0);
  m.system().dword(kServices + "Spooler", "Start", 4);
  const auto j = judge(m);
  CHECK(j.state("smb1") == ExposureState::closed);
  CHECK(j.state("spooler") == ExposureState::closed);
  CHECK(j.state("iis") == ExposureState::default_closed);
  CHECK(j.severity("TQ6003") == "none");
  CHECK(j.severity("TQ6014") == "none");
}

TEST_CASE("exposure: a web server with a public address") {
  MachineBuilder m;
  m.product("Windows Web Server (R) 2008", "ServerNT").edition("ServerWeb").name("WWW");
  usual(m);
  service(m, "W3SVC", 2);
  service(m, "MSFTPSVC", 2);
  m.system().dword(kInterfaces + "{1}", "EnableDHCP", 0).multi(kInterfaces + "{1}", "IPAddress", {"10.0.0.7", "93.184.216.34"});
  const auto j = judge(m);
  CHECK(j.state("public_address") == ExposureState::open);
  CHECK(j.exposure("public_address").what.find("10.0.0.7") == std::string::npos);
  CHECK((j.severity("TQ6008") == "high" || j.severity("TQ6008") == "critical"));
  CHECK(j.severity("TQ6005") != "none");
  const auto it = std::find_if(j.findings.begin(), j.findings.end(), [](const auto& f) { return f.id == "TQ6008"; });
  CHECK(it->detail.find("the last update for this product was made on 20") != std::string::npos);
  CHECK(j.severity("TQ6011") == "low");
}

TEST_CASE("exposure: an IA64 database server") {
  MachineBuilder m;
  m.arch(pe::Machine::ia64).product("Windows Server (R) 2008 for Itanium-Based Systems", "ServerNT").name("DB");
  usual(m);
  service(m, "MSSQLSERVER", 2);
  service(m, "SNMP", 2);
  m.system().dword(kServices + "SNMP\\Parameters\\ValidCommunities", "hospital", 4);
  const auto j = judge(m);
  CHECK(j.state("sql_server") == ExposureState::open);
  CHECK(j.state("snmp_communities") == ExposureState::open);
  CHECK(j.state("snmp_any_manager") == ExposureState::default_open);
  CHECK(j.severity("TQ6006") == "medium");
  for (const auto& s : j.facts.configuration.settings) CHECK(s.value.find("hospital") == std::string::npos);
  CHECK(j.exposure("snmp_communities").what.find("set (8 characters)") != std::string::npos);
}

TEST_CASE("exposure: Vista with build 6003, and Server 2008 R2") {
  MachineBuilder vista;
  vista.product("Windows Vista (TM) Business", "WinNT").edition("Business").registry_build("6003", "vistasp2_ldr_escrow");
  vista.kernel({6, 0, 6003, 20489});
  usual(vista);
  const auto v = judge(vista);
  CHECK(v.state("ntlmv1_sent") == ExposureState::default_closed);
  CHECK(v.state("smb_signing") == ExposureState::default_open);
  CHECK(v.state("ie_hardening_off") == ExposureState::default_closed);
  MachineBuilder r2;
  r2.product("Windows Server 2008 R2 Standard", "ServerNT").registry_build("7601", "win7sp1_rtm").kernel({6, 1, 7601, 17514});
  usual(r2);
  r2.software().sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentVersion", "6.1");
  r2.system().dword("ControlSet001\\Control\\SecurityProviders\\WDigest", "UseLogonCredential", 1);
  const auto r = judge(r2);
  CHECK(r.state("smb1") == ExposureState::default_open);
  CHECK(r.state("wdigest") == ExposureState::open);
}

TEST_CASE("integrity: a machine that was bent, and what is seen of it") {
  MachineBuilder m;
  usual(m);
  service(m, "wuauserv", 2, "%SystemRoot%\\System32\\other.dll");
  const std::string images = "Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\";
  m.software().sz(images + "wuauclt.exe", "Debugger", "C:\\x.exe").sz(images + "sethc.exe", "Debugger", "cmd.exe");
  m.software().sz(images + "notepad.exe", "Debugger", "C:\\notepad2.exe");
  auto agent = tq::test::PeBuilder().version({7, 7, 6003, 20555}).code(std::vector<std::byte>(64, std::byte{0x90})).build();
  agent.at(agent.size() / 2) ^= std::byte{0xFF};
  m.file("Windows/System32/wuaueng.dll", agent);
  const auto j = judge(m);
  CHECK(j.severity("TQ1009") == "high");
  CHECK(std::count_if(j.findings.begin(), j.findings.end(), [](const auto& f) { return f.id == "TQ1009"; }) == 2);
  CHECK((j.severity("TQ1010") == "high" || j.severity("TQ3002") != "none"));
  CHECK(j.severity("TQ1011") == "high");
  for (const auto& s : j.facts.configuration.services)
    if (s.name == "wuauserv") CHECK(s.image == "%SystemRoot%\\System32\\other.dll");
}

TEST_CASE("integrity: an honest machine raises none of it") {
  MachineBuilder m;
  usual(m);
  service(m, "wuauserv", 2, "%SystemRoot%\\System32\\wuaueng.dll");
  m.program_file("System32/wuaueng.dll", {7, 7, 6003, 20555}).program_file("servicing/TrustedInstaller.exe", {6, 0, 6002, 18005});
  const auto j = judge(m);
  for (const char* id : {"TQ1009", "TQ1010", "TQ1011", "TQ1012", "TQ1013"}) CHECK_MESSAGE(j.severity(id) == "none", id);
}

TEST_CASE("exposure: real hives of other versions, SYSTEM alone") {
  const std::pair<const char*, std::size_t> hives[] = {
      {"nt61_win7sp1_x86_SYSTEM.xz", 300}, {"nt10_dirty_SYSTEM_B.xz", 400}, {"nt51_xpsp3_x86_M57-PAT_SYSTEM", 200}};
  for (const auto& [name, services] : hives) {
    const auto file = sample(name, "SYSTEM");
    if (file.empty()) return;
    const std::string sample_name = name;
    CAPTURE(sample_name);
    const auto j = judge(file);
    CHECK(j.facts.configuration.services.size() > services);
    CHECK(j.facts.configuration.services_read == tq::model::Tri::yes);
    REQUIRE(!j.verdict.exposure.empty());
    CHECK(j.state("autorun") == ExposureState::unknown);
    CHECK(j.state("uac_off") == ExposureState::unknown);
    CHECK(j.state("spooler") == ExposureState::open);
    for (const char* p : {"firewall_domain", "firewall_private", "firewall_public"})
      CHECK(j.exposure(p).what.find("there is no service") == std::string::npos);  // another Windows has another service
    CHECK(j.state("telnet") != ExposureState::unknown);                            // the whole list of services was read
    for (const auto& f : j.findings)
      if (f.id.starts_with("TQ6")) CHECK_MESSAGE(f.severity < tq::model::Severity::high, f.id);
    for (const auto& o : j.facts.oddities) CHECK_MESSAGE(o.name != "service_dll", o.value);
    for (const auto& e : j.verdict.exposure) CHECK_MESSAGE(!e.what.empty(), e.id);
  }
  const auto seven = judge(sample("nt61_win7sp1_x86_SYSTEM.xz", "SYSTEM"));
  const auto& addresses = seven.facts.configuration.addresses;
  CHECK(
      std::any_of(addresses.begin(), addresses.end(), [](const auto& a) { return a.address == "10.3.58.5" && a.gateway == "10.3.58.1"; }));
  CHECK(seven.facts.configuration.firewall_rules.size() > 100);
  CHECK(seven.state("public_address") == ExposureState::closed);
}
