// What machines can become, asked of the embedded catalog: hops and blockers as its tables say, each with its source.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "judge/judge.hpp"
#include "judge/migration/conditions.hpp"
#include "judge/migration/lists.hpp"
#include "judge/migration/routes.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::judge::Knowledge;
using tq::model::Facts;
using tq::model::Migration;
using tq::model::MigrationPath;
using tq::model::Tri;
using tq::test::knowledge;

/// A machine with nothing read beside its identity, as a systeminfo text leaves it.
struct Machine {
  Facts f;
  Machine(const char* nt, std::uint32_t build, const char* type, const char* product, const char* arch)
      : f(tq::test::claimed_machine(nt, build, type, product, arch)) {}
  Machine& edition(const char* e) { return f.identity.edition = e, *this; }
  Machine& core(bool yes) { return f.identity.server_core = yes ? Tri::yes : Tri::no, *this; }
  /// Everything that blockers come from was read, and nothing is there.
  Machine& all_read() {
    auto& c = f.configuration;
    c.roles_read = c.programs_read = c.services_read = c.driver_packages_read = c.network_read = c.tasks_read = c.volumes_read = Tri::yes;
    c.settings.push_back({"autorun", tq::model::SettingState::absent, "", "SOFTWARE//x"});
    return *this;
  }
  Machine& role(const char* id) { return f.configuration.roles.push_back({id, id, std::string("SYSTEM//Services\\") + id}), *this; }
  [[nodiscard]] tq::model::Verdict verdict(tq::Date day = {2026, 11, 20}) const {
    tq::judge::Options o;
    o.as_of = day;
    return tq::judge::judge(f, knowledge(), o);
  }
  [[nodiscard]] Migration migration(tq::Date day = {2026, 11, 20}) const { return verdict(day).migration; }
};

Machine server(const char* arch = "x64", const char* product = "Windows Server 2008 Standard") {
  return Machine("6.0", 6003, "server", product, arch);
}

const MigrationPath* path(const Migration& m, const std::string& kind, const std::string& to) {
  for (const auto& p : m.paths)
    if (p.kind == kind && p.to == to) return &p;
  return nullptr;
}

std::string way(const Migration& m, const std::string& to) {
  const auto* p = path(m, "in_place", to);
  if (p == nullptr) return {};
  std::string s = p->hops.front().from;
  for (const auto& h : p->hops) s += " > " + h.to;
  return s;
}

std::string why_not(const Migration& m, const std::string& to) {
  for (const auto& i : m.impossible)
    if (i.to == to) return i.why;
  return {};
}

bool blocked(const Migration& m, const std::string& way, const std::string& to, const std::string& kind, const std::string& part) {
  const auto* p = path(m, way, to);
  REQUIRE(p != nullptr);
  const auto& rows = p->blockers;
  return std::any_of(rows.begin(), rows.end(),
                     [&](auto row) { return m.blockers[row].kind == kind && m.blockers[row].what.find(part) != std::string::npos; });
}

bool conditioned(const MigrationPath& p, const std::string& part) {
  for (const auto& h : p.hops)
    for (const auto& c : h.conditions)
      if (c.find(part) != std::string::npos) return true;
  return false;
}

/// Whatever is said has a source; nothing is said twice of one destination.
void check_sources(const Migration& m) {
  std::set<std::string> seen;
  for (const auto& p : m.paths) {
    CHECK_MESSAGE(seen.insert(p.kind + p.to).second, p.kind << " " << p.to);
    REQUIRE_FALSE(p.hops.empty());
    for (const auto& h : p.hops) CHECK_FALSE(h.source.empty());
    if (p.kind == "in_place")
      for (std::size_t i = 1; i < p.hops.size(); ++i) CHECK(p.hops[i].from == p.hops[i - 1].to);
    for (const auto row : p.blockers) REQUIRE(row < m.blockers.size());
  }
  for (const auto& b : m.blockers) CHECK_MESSAGE((!b.source.empty() || !b.evidence.empty()), b.what);
  for (const auto& i : m.impossible) CHECK_FALSE(i.source.empty());
}

}  // namespace

TEST_CASE("migration: an x64 Server 2008 SP2 reaches every supported release by way of 2012") {
  const auto m = server().migration();
  CHECK(m.from == "Windows Server 2008 SP2 Standard (x64)");
  CHECK(way(m, "Windows Server 2016") ==
        "Windows Server 2008 SP2 Standard > Windows Server 2012 Standard or Datacenter > Windows Server 2016 Standard or Datacenter");
  for (const char* to : {"Windows Server 2019", "Windows Server 2022", "Windows Server 2025"}) {
    const auto* p = path(m, "in_place", to);
    REQUIRE(p != nullptr);
    CHECK(p->hops.size() == 3);
  }
  // Of two ways of three hops the one over the newer release: 2016 gets updates for longer than 2012 R2.
  CHECK(way(m, "Windows Server 2025").find("Windows Server 2016") != std::string::npos);
  CHECK(conditioned(*path(m, "in_place", "Windows Server 2025"), "SSE4.2"));
  CHECK(conditioned(*path(m, "in_place", "Windows Server 2016"), "updates of Windows Server 2012 ended on 2023-10-10"));
  CHECK(path(m, "in_place", "Windows Server 2012") == nullptr);  // no longer a destination
  for (const char* to : {"Windows Server 2016", "Windows Server 2019", "Windows Server 2022", "Windows Server 2025"})
    CHECK(path(m, "clean_install", to) != nullptr);
  CHECK(path(m, "rehost", "a virtual machine on Hyper-V (Windows Server 2016 to 2025)") != nullptr);
  CHECK(why_not(m, "Windows 11 25H2").find("server never becomes a client") != std::string::npos);
  check_sources(m);
}

TEST_CASE("migration: what counts as supported follows the day") {
  const auto early = server().migration({2019, 6, 1});
  CHECK(way(early, "Windows Server 2012") == "Windows Server 2008 SP2 Standard > Windows Server 2012 Standard or Datacenter");
  CHECK_FALSE(conditioned(*path(early, "in_place", "Windows Server 2016"), "only on the way"));
  const auto late = server().migration({2030, 1, 1});
  CHECK(path(late, "in_place", "Windows Server 2019") == nullptr);
  CHECK(path(late, "in_place", "Windows Server 2022") != nullptr);
}

TEST_CASE("migration: a 32-bit server has no upgrade; a clean install needs other silicon, a virtual machine does not") {
  const auto m = server("x86").migration();
  for (const char* to : {"Windows Server 2016", "Windows Server 2019", "Windows Server 2022", "Windows Server 2025"}) {
    CHECK(path(m, "in_place", to) == nullptr);
    CHECK(why_not(m, to).find("32-bit") != std::string::npos);
    REQUIRE(path(m, "clean_install", to) != nullptr);
    CHECK(conditioned(*path(m, "clean_install", to), "a 64-bit processor"));
    CHECK(blocked(m, "clean_install", to, "dropped", "16-bit programs"));
  }
  CHECK(path(m, "rehost", "a virtual machine on Hyper-V (Windows Server 2016 to 2025)") != nullptr);
  CHECK(path(m, "rehost", "an Azure virtual machine (specialised image)") == nullptr);
  check_sources(m);
}

TEST_CASE("migration: an Itanium has nothing but other hardware, and no ESU") {
  auto machine = server("ia64", "Windows Server 2008 for Itanium-Based Systems");
  machine.f.software.push_back({"sql_server", "10.0 SP4", "instance MSSQLSERVER", "SOFTWARE//x"});
  const auto v = machine.verdict();
  const auto& m = v.migration;
  for (const char* to : {"Windows Server 2016", "Windows Server 2025"}) {
    CHECK(why_not(m, to).find("Itanium") != std::string::npos);
    REQUIRE(path(m, "clean_install", to) != nullptr);
    CHECK(conditioned(*path(m, "clean_install", to), "other hardware"));
    CHECK(blocked(m, "clean_install", to, "software", "SQL Server"));
  }
  CHECK(std::none_of(m.paths.begin(), m.paths.end(), [](const auto& p) { return p.kind == "in_place" || p.kind == "rehost"; }));
  CHECK_FALSE(why_not(m, "a supported virtual machine").empty());
  CHECK(v.lifecycle.esu_years.empty());
  CHECK(v.lifecycle.esu_why.find("x86 and x64") != std::string::npos);
  CHECK(v.lifecycle.patch_source == "none since 2020-01-14");
  REQUIRE(v.lifecycle.software.size() == 1);
  CHECK(v.lifecycle.software[0].name == "SQL Server 2008");
  CHECK(v.lifecycle.software[0].end == "2019-07-09");
  CHECK(v.lifecycle.software[0].state == "ended");
  check_sources(m);
}

TEST_CASE("migration: the edition decides what follows") {
  CHECK(way(server("x64", "Windows Server 2008 Datacenter").migration(), "Windows Server 2016") ==
        "Windows Server 2008 SP2 Datacenter > Windows Server 2012 Datacenter > Windows Server 2016 Datacenter");
  auto web = server("x64", "Windows Web Server 2008").edition("ServerWeb");
  CHECK(way(web.migration(), "Windows Server 2016").starts_with("Windows Server 2008 SP2 Web > Windows Server 2012 Standard >"));
  CHECK(web.verdict().lifecycle.esu_why.find("this is the Web edition") != std::string::npos);
  CHECK(web.verdict().lifecycle.esu_end.empty());
  const auto storage = server("x64", "Windows Storage Server 2008 Standard").edition("ServerStorageStandard").migration();
  CHECK(why_not(storage, "Windows Server 2016").find("Storage Server") != std::string::npos);
  const auto business = server("x64", "Windows Small Business Server 2008").migration();
  CHECK(why_not(business, "Windows Server 2016").find("from the Small Business edition") != std::string::npos);
  check_sources(storage);
  check_sources(business);
}

TEST_CASE("migration: what was not read stays a condition, never a no") {
  Machine m("6.0", 6002, "server", "Windows Server 2008", "");
  const auto open = m.migration();
  const auto* p = path(open, "in_place", "Windows Server 2016");
  REQUIRE(p != nullptr);
  CHECK(conditioned(*p, "the edition was not read"));
  CHECK(conditioned(*p, "the processor was not read: an upgrade needs x64"));
  CHECK(conditioned(*p, "role:hyper_v"));
  CHECK(blocked(open, "in_place", "Windows Server 2016", "not_read",
                "roles and features, installed programs, services, drivers, network addresses, scheduled tasks, volumes, settings"));
  const auto whole = server().all_read().migration();
  CHECK_FALSE(blocked(whole, "in_place", "Windows Server 2016", "not_read", ""));
  CHECK_FALSE(conditioned(*path(whole, "in_place", "Windows Server 2016"), "not read"));
  // Nothing was read of its product: no path is made up.
  Facts nothing;
  CHECK(tq::judge::judge(nothing, knowledge(), {}).migration.from.empty());
}

TEST_CASE("migration: the service pack comes first, and R2 has a shorter way") {
  Machine sp1("6.0", 6001, "server", "Windows Server 2008 Standard", "x64");
  CHECK(way(sp1.migration(), "Windows Server 2016")
            .starts_with("Windows Server 2008 Standard > Windows Server 2008 SP2 Standard > Windows Server 2012"));
  Machine r2("6.1", 7601, "server", "Windows Server 2008 R2 Enterprise", "x64");
  const auto m = r2.migration();
  CHECK(path(m, "in_place", "Windows Server 2016")->hops.size() == 2);
  CHECK(path(m, "in_place", "Windows Server 2025")->hops.size() == 2);
  CHECK(
      way(m, "Windows Server 2025") ==
      "Windows Server 2008 R2 SP1 Enterprise > Windows Server 2012 R2 Standard or Datacenter > Windows Server 2025 Standard or Datacenter");
  CHECK(r2.verdict().lifecycle.esu_years.size() == 6);
  check_sources(m);
}

TEST_CASE("migration: Vista with 6003 is a client whatever its number says") {
  Machine vista("6.0", 6003, "client", "Windows Vista (TM) Business", "x64");
  vista.edition("ServerStandard");  // as update scripts leave it
  const auto m = vista.migration();
  CHECK(m.from == "Windows Vista SP2 Business (x64)");
  CHECK(way(m, "Windows 11 25H2")
            .starts_with("Windows Vista SP2 Business > Windows 7 Professional or Enterprise or Ultimate > Windows 7 SP1"));
  CHECK(path(m, "in_place", "Windows Server 2025") == nullptr);
  CHECK(path(m, "clean_install", "Windows Server 2025") == nullptr);
  CHECK(path(m, "clean_install", "Windows 10 IoT Enterprise LTSC 2021") != nullptr);
  CHECK(path(m, "rehost", "a virtual machine on Hyper-V (Windows Server 2016 to 2025)") == nullptr);
  CHECK(why_not(m, "a supported virtual machine").find("Windows Vista SP2") != std::string::npos);
  Machine small("6.0", 6002, "client", "Windows Vista Ultimate", "x86");
  const auto x86 = small.migration();
  CHECK(path(x86, "in_place", "Windows 11 25H2") == nullptr);
  CHECK(why_not(x86, "Windows 11 25H2").find("is for x64 and arm64 only, this system is x86") != std::string::npos);
  CHECK_FALSE(conditioned(*path(x86, "clean_install", "Windows 10 IoT Enterprise LTSC 2021"), "a 64-bit processor"));
  check_sources(m);
  check_sources(x86);
}

TEST_CASE("migration: a Hyper-V host is not upgraded in place, and says what showed it") {
  const auto m = server().all_read().role("hyper_v").migration();
  CHECK(path(m, "in_place", "Windows Server 2016") == nullptr);
  CHECK(why_not(m, "Windows Server 2025").find("Hyper-V host") != std::string::npos);
  CHECK(why_not(m, "Windows Server 2025").find("SYSTEM//Services\\hyper_v") != std::string::npos);
  CHECK(blocked(m, "clean_install", "Windows Server 2025", "role", "Hyper-V"));
  check_sources(m);
}

TEST_CASE("migration: a domain controller, and what newer releases dropped") {
  Machine dc("6.0", 6003, "domain_controller", "Windows Server 2008 Standard", "x64");
  dc.all_read().role("ad_ds").role("dns");
  dc.f.configuration.services.push_back({"NtFrs", "", "", "", 0x10, 2, false, "SYSTEM//Services\\NtFrs"});
  dc.f.configuration.services.push_back({"LanmanServer", "", "%SystemRoot%\\system32\\srvsvc.dll", "", 0x20, 2, false, "x"});
  dc.f.configuration.settings.push_back({"smb1", tq::model::SettingState::present, "1", "SYSTEM//LanmanServer\\Parameters:SMB1"});
  dc.f.configuration.settings.push_back({"ntlmv1_accepted", tq::model::SettingState::absent, "", "SYSTEM//Lsa:LmCompatibilityLevel"});
  const auto m = dc.migration();
  CHECK(blocked(m, "in_place", "Windows Server 2016", "role", "domain controller"));
  CHECK_FALSE(blocked(m, "in_place", "Windows Server 2016", "dropped", "File Replication"));
  CHECK(blocked(m, "in_place", "Windows Server 2019", "dropped", "File Replication"));
  CHECK(blocked(m, "in_place", "Windows Server 2019", "dropped", "SMB 1"));
  CHECK_FALSE(blocked(m, "in_place", "Windows Server 2022", "dropped", "NTLMv1"));
  CHECK(blocked(m, "in_place", "Windows Server 2025", "dropped", "NTLMv1"));
  CHECK(blocked(m, "clean_install", "Windows Server 2025", "role", "DNS server"));
  CHECK_FALSE(blocked(m, "in_place", "Windows Server 2025", "service", ""));
  dc.f.configuration.services[0].start = 4;  // disabled: SYSVOL is on DFS replication
  CHECK_FALSE(blocked(dc.migration(), "in_place", "Windows Server 2019", "dropped", "File Replication"));
  dc.f.configuration.settings[1].value = "0";  // SMB 1 is off: nothing on this machine needs it
  CHECK_FALSE(blocked(dc.migration(), "in_place", "Windows Server 2019", "dropped", "SMB 1"));
  // The same from a text: the product type alone makes it a domain controller.
  Machine text("6.0", 6003, "domain_controller", "Windows Server 2008 Standard", "x64");
  CHECK(blocked(text.migration(), "in_place", "Windows Server 2016", "role", "domain controller"));
}

TEST_CASE("migration: programs, drivers, addresses, tasks and volumes are named, with a limit and their number") {
  auto m = server().all_read();
  auto& c = m.f.configuration;
  for (int i = 0; i < 30; ++i) c.programs.push_back({"Program " + std::to_string(i), "1", "", "x64", "SOFTWARE//Uninstall"});
  c.programs.push_back({"Update (KB1000001)", "", "", "x64", "SOFTWARE//Uninstall"});
  c.driver_packages.push_back({"Imaging card", "Vendor", "1.2", "oem3.inf", "SYSTEM//Class"});
  c.driver_packages.push_back({"Generic", "Microsoft", "1.2", "oem4.inf", "SYSTEM//Class"});
  c.addresses.push_back({"{1}", "192.0.2.7", "255.255.255.0", "192.0.2.1", Tri::no, "SYSTEM//Tcpip"});
  c.addresses.push_back({"{2}", "192.0.2.8", "255.255.255.0", "", Tri::yes, "SYSTEM//Tcpip"});
  c.tasks.push_back({"\\Export", "C:\\tools\\export.vbs", "Windows/System32/Tasks/Export"});
  c.tasks.push_back({"\\Microsoft\\Windows\\Defrag\\ScheduledDefrag", "", "x"});
  c.volumes.push_back({"D:", "disk 12345678 from byte 1048576", "SYSTEM//MountedDevices"});
  c.services.push_back({"Archive", "Archive service", "D:\\archive\\svc.exe", "", 0x10, 2, false, "SYSTEM//Services\\Archive"});
  const auto result = m.migration();
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "program", "30 installed programs"));
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "driver", "1 driver"));
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "address", "1 static address"));
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "task", "1 scheduled task"));
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "volume", "1 volume"));
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "service", "1 service"));
  CHECK(blocked(result, "clean_install", "Windows Server 2025", "changed", "VBScript"));
  for (const auto& b : result.blockers)
    if (b.kind == "program") CHECK(b.evidence.size() == 21);
  const std::string hyper_v = "a virtual machine on Hyper-V (Windows Server 2016 to 2025)";
  CHECK(blocked(result, "rehost", hyper_v, "address", ""));
  CHECK_FALSE(blocked(result, "rehost", hyper_v, "program", ""));
  CHECK_FALSE(blocked(result, "in_place", "Windows Server 2016", "task", ""));
}

TEST_CASE("migration: Server Core stays Core, and Windows Server 2003 had no way to it") {
  CHECK(conditioned(*path(server().core(true).migration(), "in_place", "Windows Server 2016"), "stays a Server Core"));
  CHECK(conditioned(*path(server().core(false).migration(), "in_place", "Windows Server 2016"), "with the desktop"));
  Machine old("5.2", 3790, "server", "Windows Server 2003 Standard", "x64");
  CHECK(path(old.migration(), "in_place", "Windows Server 2016")->hops.size() == 4);
  Machine xp("5.1", 2600, "client", "Windows XP Professional", "x86");
  const auto m = xp.migration();
  CHECK(m.from == "Windows XP Professional (x86)");
  CHECK(std::none_of(m.paths.begin(), m.paths.end(), [](const auto& p) { return p.kind == "in_place"; }));
  CHECK(xp.verdict().lifecycle.patch_source == "none since 2014-04-08");
}

TEST_CASE("migration tables: ids are known, conditions can be asked, hops go forward and end somewhere supported") {
  const auto& u = knowledge().upgrades();
  std::set<std::string_view> ids;
  for (const auto& r : u.releases) {
    CHECK_MESSAGE(ids.insert(r.id).second, r.id);
    if (r.offered) CHECK(r.ends.known());
  }
  CHECK(u.hops.size() == knowledge().catalog().upgrade_hops().size());  // none lost: ids known, every row has a source
  for (const auto& h : u.hops) {
    const auto &from = u.releases[h.from], &to = u.releases[h.to];
    CHECK_MESSAGE(from.product_class == to.product_class, h.row.from << " to " << h.row.to);
    CHECK_MESSAGE(from.build < to.build, h.row.from << " to " << h.row.to);  // so there is no cycle
    for (const char* arch : {"x86", "x64", "ia64", "arm64"})
      if (tq::judge::has_arch(h.row.arches, arch))
        CHECK_MESSAGE((tq::judge::has_arch(from.arches, arch) && tq::judge::has_arch(to.arches, arch)), h.row.from << arch);
    CHECK((h.row.options == "same" || h.row.options == "any" || h.row.options == "desktop"));
    for (const auto& list : {h.from_editions, h.to_editions})
      for (const auto e : list)
        CHECK_MESSAGE(
            (e == "any" || std::any_of(u.editions.begin(), u.editions.end(),
                                       [&](const auto& x) { return x.row.edition == e && x.row.product_class == from.product_class; })),
            e);
    const bool leads_on = to.offered || std::any_of(u.hops.begin(), u.hops.end(), [&](const auto& x) { return x.from == h.to; });
    CHECK_MESSAGE(leads_on, h.row.to);
  }
  CHECK(u.bars.size() == knowledge().catalog().upgrade_bars().size());
  for (const auto& b : u.bars) {
    CHECK_MESSAGE(tq::judge::known_condition(b.row.applies), b.row.applies);
    for (const auto& list : {b.from, b.to})
      for (const auto id : list) CHECK_MESSAGE(ids.contains(id), id);
  }
  for (const auto& n : u.notes) {
    CHECK_MESSAGE(tq::judge::known_condition(n.row.applies), n.row.id);
    CHECK((n.row.product_class == "any" || n.row.product_class == "server" || n.row.product_class == "client"));
    for (const auto p : n.paths) CHECK((p == "in_place" || p == "clean_install" || p == "rehost"));
    CHECK_FALSE(n.paths.empty());
  }
  for (const auto& p : u.places)
    for (const auto id : p.guests) CHECK_MESSAGE(ids.contains(id), id);
  CHECK_FALSE(tq::judge::known_condition("weather:rain"));
  CHECK_FALSE(tq::judge::known_condition(""));
}

TEST_CASE("migration tables: releases, lifecycles and ESU years do not contradict each other") {
  const auto& c = knowledge().catalog();
  for (const auto& r : c.releases()) {
    if (r.product_class != tq::catalog::ProductClass::server) continue;
    const auto l = c.lifecycle(r.nt_version, r.build, true);
    if (l) CHECK_MESSAGE(l->extended_end == r.ends, r.id);
  }
  for (const auto& y : c.esu_years()) {
    const auto terms = c.esu_terms();
    const auto it = std::find_if(terms.begin(), terms.end(), [&](const auto& t) { return t.nt_version == "6.0" && t.year == y.year; });
    REQUIRE(it != terms.end());
    CHECK((*it).ends == y.last);
    CHECK((*it).starts <= y.first);
  }
}

TEST_CASE("migration: judging a machine without configuration stays cheap") {
  const auto m = server();
  tq::judge::Options with, without;
  with.as_of = without.as_of = {2026, 11, 20};
  without.migration = false;
  // The processor's time, not the clock's: other work on the machine must not fail the test.
  const auto time = [&](const tq::judge::Options& o) {
    constexpr int kRounds = 50;
    static_cast<void>(tq::judge::judge(m.f, knowledge(), o));
    const std::clock_t start = std::clock();
    for (int i = 0; i < kRounds; ++i) static_cast<void>(tq::judge::judge(m.f, knowledge(), o));
    return 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kRounds;
  };
  const double plain = time(without), all = time(with);
  MESSAGE("judge ", plain, " us, with migration ", all, " us");
  CHECK(all - plain < 5000);  // what a machine may cost, even unoptimised and with sanitizers
}
