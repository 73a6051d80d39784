// The judge on facts made by hand, with the catalog the program carries and with small ones.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <set>

#include "judge/run.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::FileVersion;
using tq::judge::Knowledge;
using tq::model::Facts;
using tq::model::PackageState;
using tq::model::Tri;
using tq::model::Verdict;
using tq::test::knowledge;

constexpr std::uint32_t kLast = 5073697, kPublic = 4534303, kFirstRollup = 4458010, kApril = 4493471, kAprilSecurityOnly = 4493458;

/// A Server 2008 SP2 x64 whose packages were read as a whole.
struct Machine {
  Facts f;
  Machine() {
    auto& id = f.identity;
    id.nt_version = "6.0";
    id.arch = "x64";
    id.product_type = "server";
    id.product = "Windows Server 2008 Standard";
    id.service_pack = 2;
    id.server_core = Tri::no;
    f.packages_read = Tri::yes;
    f.internet_explorer_read = Tri::yes;
    f.dotnet_read = Tri::yes;
    f.msi_updates_read = Tri::yes;
  }
  Machine& kernel(FileVersion v) {
    tq::test::add_kernel(f, v);
    return *this;
  }
  Machine& package(std::uint32_t kb, PackageState s = PackageState::installed) {
    tq::test::add_package(f, kb, s);
    return *this;
  }
  Machine& software(const char* name, const char* version) { return f.software.push_back({name, version, version, "x"}), *this; }
  Machine& listed(std::uint32_t kb) { return f.hotfixes.push_back({kb, "qfe", {}, true, "x"}), *this; }
  [[nodiscard]] Verdict judged(const tq::judge::Options& o = {}) const { return tq::judge::judge(f, knowledge(), o); }
};

bool has(const std::vector<tq::model::MissingUpdate>& v, std::uint32_t kb) {
  return std::any_of(v.begin(), v.end(), [&](const auto& m) { return m.kb == kb; });
}
bool covered(const Verdict& v, std::uint32_t kb) {
  return std::any_of(v.covered.begin(), v.covered.end(), [&](const auto& c) { return c.kb == kb; });
}
bool unknown(const Verdict& v, std::uint32_t kb) {
  return std::any_of(v.unknown.begin(), v.unknown.end(), [&](const auto& c) { return c.kb == kb; });
}
Tri reached(const Verdict& v, const char* goal) {
  for (const auto& g : v.goals)
    if (g.name == goal) return g.reached;
  return Tri::unknown;
}
bool lacks(const Verdict& v, const char* cve) {
  const auto id = *tq::catalog::parse_cve(cve);
  return std::binary_search(v.cves.missing.begin(), v.cves.missing.end(), id);
}
bool open(const Verdict& v, const char* cve) {
  const auto id = *tq::catalog::parse_cve(cve);
  return std::binary_search(v.cves.unknown.begin(), v.cves.unknown.end(), id);
}

/// No KB stands in two lists, and no CVE.
void check_consistent(const Verdict& v) {
  std::set<std::uint32_t> seen;
  const auto once = [&](std::uint32_t kb) { CHECK_MESSAGE(seen.insert(kb).second, tq::kb_text(kb)); };
  for (const auto& u : v.installed) once(u.kb);
  for (const auto& u : v.missing) once(u.kb);
  for (const auto& u : v.unknown) once(u.kb);
  for (const auto& u : v.covered) once(u.kb);
  for (const auto& m : v.missing)
    for (const auto kb : m.covers)
      if (!std::any_of(v.installed.begin(), v.installed.end(), [&](const auto& u) { return u.kb == kb && u.state != "installed"; }))
        once(kb);
  CHECK(std::is_sorted(v.cves.missing.begin(), v.cves.missing.end()));
  std::vector<tq::model::CveId> both;
  std::set_intersection(v.cves.missing.begin(), v.cves.missing.end(), v.cves.unknown.begin(), v.cves.unknown.end(),
                        std::back_inserter(both));
  CHECK(both.empty());
}

}  // namespace

TEST_CASE("judge: CVE numbers print as the catalog prints them") {
  for (const auto& c : knowledge().catalog().cves()) {
    if (tq::model::cve_text(c.cve) != tq::catalog::cve_text(c.cve)) FAIL(tq::catalog::cve_text(c.cve));
  }
}

TEST_CASE("judge: every reason is a sentence") {
  for (int i = 1; i < static_cast<int>(tq::judge::Reason::last); ++i)
    CHECK(std::string(tq::judge::text(static_cast<tq::judge::Reason>(i))).size() > 10);
}

TEST_CASE("judge: nothing installed lacks the last rollup, which stands for the line") {
  const auto v = Machine().kernel({6, 0, 6002, 18005}).judged();
  REQUIRE(!v.missing.empty());
  CHECK(v.missing.front().kb == kLast);
  const auto& covers = v.missing.front().covers;
  CHECK(std::binary_search(covers.begin(), covers.end(), kFirstRollup));
  CHECK(reached(v, "public") == Tri::no);
  CHECK(lacks(v, "CVE-2019-0708"));
  check_consistent(v);
}

TEST_CASE("judge: the last rollup alone holds its whole line") {
  const auto v = Machine().kernel({6, 0, 6003, 23717}).package(kLast).judged();
  CHECK(v.missing.empty());
  for (const char* g : {"public", "esu", "last"}) CHECK(reached(v, g) == Tri::yes);
  CHECK(covered(v, kApril));
  CHECK(covered(v, kAprilSecurityOnly));
  CHECK_FALSE(lacks(v, "CVE-2019-0708"));
  CHECK_FALSE(open(v, "CVE-2019-0708"));
  CHECK(v.cves.missing.empty());
  check_consistent(v);
}

TEST_CASE("judge: an older preparation package explains the rollup, and does not stand for the newest one") {
  constexpr std::uint32_t kJanuary2023 = 5022340, kOldPreparation = 4538484, kNewPreparation = 5016891;
  const FileVersion kernel{6, 0, 6003, 21872};
  const auto old = Machine().kernel(kernel).package(kJanuary2023).package(kOldPreparation).judged();
  CHECK(has(old.missing, kNewPreparation));
  const auto none = Machine().kernel(kernel).package(kJanuary2023).judged();
  CHECK_FALSE(has(none.missing, kNewPreparation));
  CHECK(unknown(none, kNewPreparation));
  CHECK_FALSE(has(none.missing, kOldPreparation));
  const auto both = Machine().kernel(kernel).package(kJanuary2023).package(kNewPreparation).judged();
  CHECK_FALSE(has(both.missing, kNewPreparation));
  CHECK(covered(both, kOldPreparation));
}

TEST_CASE("judge: a security-only update holds its month and nothing else") {
  const auto v = Machine().kernel({6, 0, 6003, 20489}).package(kAprilSecurityOnly).judged({"public", {}, {}});
  CHECK(v.line == "security_only");
  CHECK(has(v.missing, 4489876));       // the month before
  CHECK_FALSE(has(v.missing, kApril));  // not asked for on this line
  CHECK_FALSE(has(v.missing, kAprilSecurityOnly));
  const auto rollup =
      Machine().kernel({6, 0, 6003, 20489}).package(kAprilSecurityOnly).judged({"public", {}, tq::judge::UpdateLine::rollup});
  CHECK(has(rollup.missing, kPublic));
  CHECK_FALSE(has(rollup.missing, 4489876));
  check_consistent(v);
  check_consistent(rollup);
}

TEST_CASE("judge: a whole security-only line reaches the goal, and one month left out is that month") {
  for (const bool leave_out : {false, true}) {
    Machine m;
    m.kernel({6, 0, 6003, 23717});
    for (const auto& u : knowledge().catalog().updates())
      if (u.kind == tq::catalog::UpdateKind::security_only && u.is_for("6.0") && !(leave_out && u.kb == 4499180)) m.package(u.kb);
    const auto v = m.judged();
    INFO(leave_out);
    CHECK((reached(v, "last") == (leave_out ? Tri::no : Tri::yes)));
    std::size_t months = 0;
    for (const auto& x : v.missing) months += std::size_t{x.kind == "security_only"};
    CHECK(months == (leave_out ? 1 : 0));
    CHECK(has(v.missing, 4499180) == leave_out);
    CHECK(lacks(v, "CVE-2019-0708") == leave_out);
    if (!leave_out) CHECK(v.cves.missing.empty());
    check_consistent(v);
  }
}

TEST_CASE("judge: staged is not installed, waiting is not missing, superseded was installed") {
  const auto staged = Machine().kernel({6, 0, 6002, 24520}).package(kLast, PackageState::staged).judged();
  REQUIRE(has(staged.missing, kLast));
  CHECK(staged.missing.front().state == "staged");
  check_consistent(staged);
  const auto waiting = Machine().kernel({6, 0, 6003, 20489}).package(kApril).package(kLast, PackageState::pending_install).judged();
  CHECK_FALSE(has(waiting.missing, kLast));
  CHECK(reached(waiting, "last") == Tri::no);
  CHECK(!waiting.cves.missing.empty());
  check_consistent(waiting);
  const auto superseded = Machine().kernel({6, 0, 6003, 23717}).package(kLast).package(kApril, PackageState::superseded).judged();
  CHECK(superseded.missing.empty());
  check_consistent(superseded);
}

TEST_CASE("judge: a state of 4 is settled by a newer package, by the kernel, or not at all") {
  const auto newer = Machine().kernel({6, 0, 6003, 23717}).package(kLast).package(kApril, PackageState::staged_or_superseded).judged();
  CHECK(newer.missing.empty());
  CHECK(newer.cves.missing.empty());
  const auto kernel_denies =
      Machine().kernel({6, 0, 6002, 24520}).package(kApril, PackageState::staged_or_superseded).judged({"public", {}, {}});
  CHECK(has(kernel_denies.missing, kPublic));
}

TEST_CASE("judge: what was not read is unknown and never missing") {
  Machine m;
  m.f.packages_read = Tri::unknown;
  m.f.build_witnesses.clear();
  const auto v = m.judged();
  CHECK(v.missing.empty());
  CHECK(v.cves.missing.empty());
  CHECK(!v.cves.unknown.empty());
  CHECK(unknown(v, kLast));
  check_consistent(v);
}

TEST_CASE("judge: single updates from before the rollups are unknown unless a package speaks") {
  const std::uint32_t single = 3161561;  // 2016-06, SMB server
  const auto none = Machine().kernel({6, 0, 6003, 23717}).package(kLast).judged();
  CHECK(unknown(none, single));
  CHECK_FALSE(has(none.missing, single));
  const auto there = Machine().kernel({6, 0, 6003, 23717}).package(kLast).package(single).judged();
  CHECK_FALSE(unknown(there, single));
  const auto by_list = Machine().listed(single).judged();
  CHECK_FALSE(unknown(by_list, single));
}

TEST_CASE("judge: Itanium ends in 2020-01, Vista is never asked for the server's line, Core has no browser") {
  Machine ia64;
  ia64.f.identity.arch = "ia64";
  const auto v = ia64.kernel({6, 0, 6003, 20686}).package(kPublic).judged();
  CHECK(reached(v, "last") == Tri::yes);
  for (const auto& g : v.goals) CHECK(g.kb == kPublic);
  Machine vista;
  vista.f.identity.product_type = "client";
  const auto c = vista.kernel({6, 0, 6003, 20489}).package(kApril).judged();
  CHECK_FALSE(has(c.missing, kLast));
  CHECK(c.judged_as.find("Vista") != std::string::npos);
  Machine core;
  core.f.identity.server_core = Tri::yes;
  const auto s = core.kernel({6, 0, 6003, 23717}).package(kLast).judged();
  CHECK(s.judged_as.find("Server Core") != std::string::npos);
  for (const auto& m : s.missing) CHECK(m.kind != "ie_cumulative");
}

TEST_CASE("judge: another Windows has no level, and nothing is claimed of it") {
  Machine r2;
  r2.f.identity.nt_version = "6.1";
  r2.f.identity.service_pack = 1;
  tq::model::BuildWitness w;
  w.build = 7601;
  w.says = "7601";
  r2.f.build_witnesses.push_back(w);
  const auto v = r2.judged();
  CHECK_FALSE(v.level);
  CHECK(v.missing.empty());
  CHECK(v.cves.missing.empty());
}

TEST_CASE("judge: an inventory's release revision is no kernel") {
  Machine m;
  m.f.packages_read = Tri::unknown;
  m.kernel({6, 0, 6002, 18005});
  m.f.build_witnesses.back().source = "inventory.kernel";
  tq::model::BuildWitness w;
  w.source = "inventory.version";
  w.build = 6003;
  w.says = "6.0.6003";
  m.f.build_witnesses.push_back(w);
  const auto v = m.judged();
  CHECK(v.build.number == 6003U);
  CHECK(v.build.status == tq::model::Standing::claimed);
}

TEST_CASE("judge: .NET is a line of its own, and only for the frameworks that are there") {
  const auto none = Machine().kernel({6, 0, 6003, 23717}).package(kLast).judged();
  for (const auto& m : none.missing) CHECK(m.kind.find("dotnet") == std::string::npos);
  Machine unread;
  unread.f.dotnet_read = Tri::unknown;
  const auto v = unread.kernel({6, 0, 6003, 23717}).package(kLast).judged();
  for (const auto& m : v.missing) CHECK(m.kind.find("dotnet") == std::string::npos);
  const auto with = Machine().kernel({6, 0, 6003, 23717}).package(kLast).software("dotnet", "4.6.2").judged();
  const auto touches = [](const auto& list) {
    return std::any_of(list.begin(), list.end(), [](const auto& u) {
      const auto row = knowledge().catalog().find_kb(u.kb);
      return row && row->line() == tq::catalog::Line::dotnet;
    });
  };
  CHECK((touches(with.missing) || touches(with.unknown)));
  check_consistent(with);
}

TEST_CASE("judge: ESU keys are present or absent, never a licence") {
  Machine m;
  m.kernel({6, 0, 6003, 23717}).package(kLast);
  CHECK(m.judged().esu.licence == "unknown");
  m.f.licence.store = Tri::no;
  CHECK(m.judged().esu.licence == "absent");
  m.f.licence.ids.push_back({"553673ed-6ddf-419c-a153-b760283472fd", "text", "tokens.dat"});
  const auto v = m.judged();
  CHECK(v.esu.licence == "keys_present");
  REQUIRE(v.esu.licence_ids.size() == 1);
  CHECK(v.esu.licence_ids[0].find("Server-ESU-Year1") != std::string::npos);
}

TEST_CASE("judge: traces of bypass tools are named by the row of the catalog") {
  Machine m;
  m.kernel({6, 0, 6003, 23717}).package(kLast);
  m.f.oddities = {
      {"file", "system32/sle.dll", "x"}, {"task", "Patch WU ESU", "x"},       {"image_hook", "trustedinstaller.exe Debugger x.exe", "x"},
      {"service_dll", "c:\\x.dll", "x"}, {"edition_backup", "Business", "x"}, {"file", "system32/innocent.dll", "x"}};
  const auto v = m.judged();
  std::size_t strong = 0;
  for (const auto& b : v.esu.bypass) strong += std::size_t{!b.weak};
  CHECK(strong == 5);
  for (const auto& b : v.esu.bypass) CHECK(b.id.starts_with("B"));
  CHECK(Machine().kernel({6, 0, 6003, 20489}).package(kApril).judged().esu.bypass.empty());
}

TEST_CASE("judge: children without their parent and an unowned ESU component") {
  Machine m;
  m.kernel({6, 0, 6003, 20489}).package(kApril).package(kLast);
  m.f.packages.back().child = true;
  m.f.packages.back().identity = "Package_2_for_KB5073697~31bf3856ad364e35~amd64~~6.0.1.0";
  m.f.components.push_back({"microsoft-windows-s..edsecurityupdatesai", "x64", {6, 0, 6003, 24000}, "winners", Tri::unknown, "x"});
  m.f.components.push_back({"microsoft-windows-s..edsecurityupdatesai", "x64", {6, 0, 6003, 24000}, "components", Tri::no, "x"});
  const auto v = m.judged();
  REQUIRE(v.esu.bypass.size() == 2);
  CHECK(v.esu.bypass[0].id == "B04");
  CHECK(v.esu.bypass[1].id == "B20");
  m.f.components.back().owned = Tri::yes;
  CHECK(m.judged().esu.bypass.size() == 1);
}

TEST_CASE("judge: what the catalog wants looked at") {
  const auto w = tq::judge::wanted(knowledge().catalog());
  CHECK(std::find(w.odd_paths.begin(), w.odd_paths.end(), "system32/sle.dll") != w.odd_paths.end());
  CHECK(std::find(w.odd_paths.begin(), w.odd_paths.end(), "wuesu") != w.odd_paths.end());
  CHECK(w.licence_ids.size() > 5);
  for (const auto& id : w.licence_ids) CHECK(id.size() == 36);
}

TEST_CASE("judge: --why tells what was searched, found and which row decided") {
  Machine m;
  m.kernel({6, 0, 6003, 23717}).package(kLast);
  const auto kb = tq::judge::prove(m.f, knowledge(), {}, "KB4493471");
  REQUIRE(kb);
  CHECK(kb->answer == "covered");
  CHECK(kb->rule.find("KB5073697") != std::string::npos);
  CHECK(!kb->searched.empty());
  CHECK(!kb->rows.empty());
  const auto cve = tq::judge::prove(m.f, knowledge(), {}, "CVE-2019-0708");
  REQUIRE(cve);
  CHECK(cve->answer == "repaired");
  CHECK(tq::judge::prove(m.f, knowledge(), {}, "CVE-2020-1472")->answer == "not_in_catalog");
  CHECK_FALSE(tq::judge::prove(m.f, knowledge(), {}, "nonsense"));
}

TEST_CASE("judge: random machines never contradict themselves, and evidence never turns missing into nothing") {
  std::mt19937 random(20190409);
  std::vector<std::uint32_t> kbs;
  for (const auto& u : knowledge().catalog().updates())
    if (u.is_for("6.0")) kbs.push_back(u.kb);
  const std::vector<PackageState> states{PackageState::installed,       PackageState::superseded,           PackageState::staged,
                                         PackageState::pending_install, PackageState::staged_or_superseded, PackageState::partial,
                                         PackageState::absent};
  const std::vector<FileVersion> kernels{
      {6, 0, 6002, 18005}, {6, 0, 6002, 24520}, {6, 0, 6003, 20489}, {6, 0, 6003, 21137}, {6, 0, 6003, 23717}};
  for (int round = 0; round < 150; ++round) {
    Machine m;
    if (random() % 4 != 0) m.kernel(kernels[random() % kernels.size()]);
    if (random() % 4 == 0) m.f.packages_read = Tri::unknown;
    if (random() % 3 == 0) m.software("internet_explorer", "9");
    if (random() % 3 == 0) m.software("dotnet", "4.6.2").software("dotnet", "2.0 SP2");
    for (auto n = random() % 12; n > 0; --n) m.package(kbs[random() % kbs.size()], states[random() % states.size()]);
    for (auto n = random() % 4; n > 0; --n) m.listed(kbs[random() % kbs.size()]);
    const auto before = m.judged();
    check_consistent(before);
    // One more package in place: a CVE that was missing is repaired only if an update in place repairs it, else it stays
    // missing or becomes unknown with the rest of its line.
    const auto kb = kbs[random() % kbs.size()];
    if (std::any_of(m.f.packages.begin(), m.f.packages.end(), [&](const auto& p) { return p.kb == kb; })) continue;
    m.package(kb);
    const auto after = m.judged();
    check_consistent(after);
    for (const auto cve : before.cves.missing) {
      const bool still = std::binary_search(after.cves.missing.begin(), after.cves.missing.end(), cve) ||
                         std::binary_search(after.cves.unknown.begin(), after.cves.unknown.end(), cve);
      if (still) continue;
      const auto proof = tq::judge::prove(m.f, knowledge(), {}, tq::model::cve_text(cve));
      REQUIRE(proof);
      CHECK_MESSAGE(std::any_of(proof->found.begin(), proof->found.end(),
                                [](const auto& f) {
                                  return f.find(": installed") != std::string::npos || f.find(": covered") != std::string::npos ||
                                         f.find(": not_applicable") != std::string::npos;
                                }),
                    tq::model::cve_text(cve));
    }
  }
}
