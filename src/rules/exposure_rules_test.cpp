// The findings of exposure and integrity on verdicts made by hand: they fire, stay quiet, and say nothing where evidence is missing.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "judge/exposure_table.hpp"
#include "rules/rule.hpp"

namespace {

using tq::model::Exposure;
using tq::model::ExposureState;
using tq::model::Finding;
using tq::model::Severity;

const tq::catalog::Catalog& catalog() {
  static const auto c = *tq::catalog::Catalog::embedded();
  return c;
}

struct Case {
  tq::model::Facts facts;
  tq::model::Verdict verdict;

  Case() { facts.identity.nt_version = "6.0"; }
  Case& with(const std::string& id, ExposureState s, std::vector<const char*> missing = {}) {
    Exposure e{id, s, id + " says so", "SYSTEM//" + id, {}, {}};
    for (const char* cve : missing) e.joined_with.push_back(*tq::catalog::parse_cve(cve));
    verdict.exposure.push_back(std::move(e));
    return *this;
  }
  Case& maybe(const char* cve) { return verdict.exposure.back().joined_with_unknown.push_back(*tq::catalog::parse_cve(cve)), *this; }
  Case& exploited(const char* cve) { return verdict.cves.known_exploited.push_back(*tq::catalog::parse_cve(cve)), *this; }
  Case& odd(const char* kind, const char* value) {
    return facts.oddities.push_back({kind, value, std::string("SOFTWARE//") + kind}), *this;
  }
  [[nodiscard]] std::vector<Finding> findings(const char* id) const {
    auto all = tq::rules::run({facts, verdict, catalog(), "last", *tq::Date::parse("2026-11-20")});
    std::erase_if(all, [&](const Finding& f) { return f.id != id; });
    return all;
  }
  [[nodiscard]] std::string severity(const char* id) const {
    const auto all = findings(id);
    return all.empty() ? "none" : to_string(all.front().severity);
  }
};

constexpr auto kOpen = ExposureState::open, kDefault = ExposureState::default_open;

/// Every exposure of the catalog in one state.
Case all_in(ExposureState s) {
  Case c;
  const tq::judge::ExposureTable table(catalog());
  for (const auto& k : table.kinds()) c.with(k.id, s);
  return c;
}

std::size_t count_of_exposure(const Case& c) {
  const auto all = tq::rules::run({c.facts, c.verdict, catalog(), "last", *tq::Date::parse("2026-11-20")});
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Finding& f) { return f.id.starts_with("TQ6"); }));
}

}  // namespace

TEST_CASE("rules: exposure findings need an open exposure: closed, unknown and unread ones give none") {
  CHECK(count_of_exposure({}) == 0);
  for (const auto s : {ExposureState::closed, ExposureState::default_closed, ExposureState::unknown})
    CHECK(count_of_exposure(all_in(s)) == 0);
  const auto open = all_in(kOpen);
  for (const auto* r : tq::rules::all())
    if (std::string(r->id).starts_with("TQ6") && std::string(r->id) != "TQ6014") CHECK_MESSAGE(!open.findings(r->id).empty(), r->id);
}

TEST_CASE("rules: what Windows does by default is information, unless a hole lies behind it") {
  const auto machine = all_in(kDefault);
  const auto all = tq::rules::run({machine.facts, machine.verdict, catalog(), "last", *tq::Date::parse("2026-11-20")});
  for (const char* id : {"TQ6001", "TQ6003", "TQ6004", "TQ6009", "TQ6012"})
    for (const auto& f : all)
      if (f.id == id) CHECK_MESSAGE(f.severity == Severity::info, id);
}

TEST_CASE("rules: every exposure finding advises, and says what to do where the machine may not be changed") {
  for (const auto* r : tq::rules::all()) {
    if (!std::string(r->id).starts_with("TQ6")) continue;
    CHECK_MESSAGE(std::string(r->action).find("ertified") != std::string::npos, r->id);
    CHECK_MESSAGE(std::string(r->meaning).size() > 80, r->id);
    CHECK_MESSAGE(std::string(r->sources).size() > 10, r->id);
  }
}

TEST_CASE("rules: Remote Desktop with its wormable hole is critical, either alone is not") {
  CHECK(Case().with("rdp", kOpen, {"CVE-2019-0708"}).severity("TQ6001") == "critical");
  CHECK(Case().with("rdp", kOpen).severity("TQ6001") == "info");
  CHECK(Case().with("rdp", kOpen).maybe("CVE-2019-0708").severity("TQ6001") == "medium");
  CHECK(Case().with("rdp", ExposureState::closed).exploited("CVE-2019-0708").severity("TQ6001") == "none");
  const auto f = Case().with("rdp", kOpen, {"CVE-2019-0708"}).findings("TQ6001").front();
  CHECK(f.detail.find("CVE-2019-0708") != std::string::npos);
  CHECK(f.evidence == std::vector<std::string>{"SYSTEM//rdp"});
  CHECK(Case().with("rdp", kOpen).with("rdp_without_nla", kDefault).severity("TQ6002") == "medium");
}

TEST_CASE("rules: SMB 1 by what is missing behind it") {
  CHECK(Case().with("smb1", kDefault).severity("TQ6003") == "info");
  CHECK(Case().with("smb1", kOpen).severity("TQ6003") == "info");  // written as it would be anyway
  CHECK(Case().with("smb1", kDefault, {"CVE-2020-1301"}).severity("TQ6003") == "high");
  CHECK(Case().with("smb1", kDefault, {"CVE-2017-0144"}).exploited("CVE-2017-0144").severity("TQ6003") == "critical");
  CHECK(Case().with("smb1", kDefault).maybe("CVE-2017-0144").severity("TQ6003") == "medium");
}

TEST_CASE("rules: signatures, clear text, SNMP, the firewall") {
  Case controller = Case().with("ldap_signing", kDefault);
  CHECK(controller.severity("TQ6004") == "info");
  controller.facts.identity.product_type = "domain_controller";
  CHECK(controller.severity("TQ6004") == "medium");
  CHECK(Case().with("smb_signing", kDefault, {"CVE-2022-26925"}).exploited("CVE-2022-26925").severity("TQ6004") == "medium");
  CHECK(Case().with("telnet", kOpen).severity("TQ6005") == "medium");
  CHECK(Case().with("telnet", kOpen, {"CVE-2015-0014"}).severity("TQ6005") == "high");
  CHECK(Case().with("snmp", kOpen).severity("TQ6006") == "info");
  CHECK(Case().with("snmp", kOpen).with("snmp_communities", kOpen).severity("TQ6006") == "low");
  CHECK(Case().with("snmp", kOpen).with("snmp_communities", kOpen).with("snmp_any_manager", kDefault).severity("TQ6006") == "medium");
  CHECK(Case().with("firewall_public", kOpen).severity("TQ6007") == "medium");
  CHECK(Case().with("firewall_public", kOpen).with("public_address", kOpen).severity("TQ6007") == "high");
}

TEST_CASE("rules: a public address is judged with what answers on it, and with the end of support") {
  CHECK(Case().with("public_address", kOpen).severity("TQ6008") == "low");
  CHECK(Case().with("public_address", kOpen).with("iis", kOpen).severity("TQ6008") == "high");
  Case worm = Case().with("public_address", kOpen).with("rdp", kOpen, {"CVE-2019-0708"}).exploited("CVE-2019-0708");
  worm.verdict.lifecycle.last_patch = "2026-01-13";
  CHECK(worm.severity("TQ6008") == "critical");
  CHECK(worm.findings("TQ6008").front().detail.find("the last update for this product was made on 2026-01-13") != std::string::npos);
}

TEST_CASE("rules: weak logons and passwords at rest") {
  CHECK(Case().with("ntlmv1_accepted", kDefault).severity("TQ6009") == "info");
  CHECK(Case().with("ntlmv1_sent", kOpen).with("anonymous_shares", kDefault).findings("TQ6009").size() == 2);
  CHECK(Case().with("ntlmv1_sent", kOpen).severity("TQ6009") == "medium");
  CHECK(Case().with("anonymous_shares", kOpen).severity("TQ6009") == "info");  // setup writes the 0 itself
  CHECK(Case().with("auto_logon", kOpen).severity("TQ6010") == "low");
  CHECK(Case().with("auto_logon_password", kOpen).severity("TQ6010") == "medium");
  CHECK(Case().with("wdigest", kOpen).severity("TQ6010") == "info");  // nothing can be done about it there
  Case seven = Case().with("wdigest", kOpen);
  seven.facts.identity.nt_version = "6.1";
  CHECK(seven.severity("TQ6010") == "info");
  seven.facts.identity.nt_version = "6.3";
  CHECK(seven.severity("TQ6010") == "high");
  CHECK(Case().with("ssl3", kDefault).severity("TQ6011") == "info");
  CHECK(Case().with("ssl3", kDefault).with("iis", kOpen).severity("TQ6011") == "low");
}

TEST_CASE("rules: a running service with an unrepaired hole") {
  CHECK(Case().with("spooler", kOpen).severity("TQ6014") == "none");
  CHECK(Case().with("msmq", kOpen, {"CVE-2023-21554"}).severity("TQ6014") == "high");
  CHECK(Case().with("spooler", kOpen, {"CVE-2021-34527"}).exploited("CVE-2021-34527").severity("TQ6014") == "critical");
  CHECK(Case().with("autorun", kDefault, {"CVE-2010-2568"}).exploited("CVE-2010-2568").severity("TQ6012") == "high");
}

TEST_CASE("rules: hooks are told once, and not twice as a known tool") {
  CHECK(Case().odd("image_hook", "wuauclt.exe Debugger x.exe").severity("TQ1009") == "high");
  CHECK(Case().odd("logon_hook", "sethc.exe Debugger cmd.exe").findings("TQ1009").front().detail.find("before anyone") !=
        std::string::npos);
  Case known = Case().odd("image_hook", "msiexec.exe VerifierDlls msiesu.dll");
  known.verdict.esu.bypass.push_back({"B11", "x", known.facts.oddities.front().where, false});
  CHECK(known.severity("TQ1009") == "none");
  CHECK(Case().severity("TQ1009") == "none");
}

TEST_CASE("rules: the update agent by its place and its number") {
  CHECK(Case().odd("service_dll", "c:\\x\\wuaueng2.dll").severity("TQ1010") == "high");
  Case c;
  c.facts.files.push_back({"system32/wuaueng.dll", {7, 7, 6003, 20555}, "x64", {}, true, "file"});
  CHECK(c.severity("TQ1010") == "none");
  c.facts.files.front().version = {10, 0, 14393, 0};
  CHECK(c.severity("TQ1010") == "medium");
  c.facts.identity.nt_version = "10.0";
  CHECK(c.severity("TQ1010") == "none");
}

TEST_CASE("rules: changed files of servicing") {
  CHECK(Case().odd("checksum_mismatch", "system32/wuaueng.dll").severity("TQ1011") == "high");
  CHECK(Case().odd("signature_mismatch", "system32/ntoskrnl.exe: the digest does not fit").severity("TQ1011") == "high");
  CHECK(Case().odd("file", "system32/sle.dll").severity("TQ1011") == "none");
}

TEST_CASE("rules: the kernel that the store has in use") {
  Case c;
  c.facts.identity.arch = "x64";
  const tq::FileVersion v{6, 0, 6003, 20489}, other{6, 0, 6002, 18005};
  c.facts.components.push_back({"microsoft-windows-os-kernel", "x64", v, "winners", tq::model::Tri::unknown, "winner"});
  c.facts.files.push_back({"system32/ntoskrnl.exe", v, "x64", {}, true, "file"});
  CHECK(c.severity("TQ1012") == "none");  // the list of components was not read
  c.facts.components_read = tq::model::Tri::yes;
  CHECK(c.findings("TQ1012").front().detail.find("does not know it") != std::string::npos);
  c.facts.components.push_back({"microsoft-windows-os-kernel", "x64", v, "components", tq::model::Tri::no, "component"});
  CHECK(c.findings("TQ1012").front().detail.find("no package owns it") != std::string::npos);
  c.facts.components.back().owned = tq::model::Tri::yes;
  CHECK(c.severity("TQ1012") == "none");
  c.facts.files.front().version = other;
  CHECK(c.findings("TQ1012").front().detail.find("System32 holds 6.0.6002.18005") != std::string::npos);
  c.facts.servicing.pending_operations = tq::model::Tri::yes;
  CHECK(c.severity("TQ1012") == "none");
}

TEST_CASE("rules: times out of order, and the innocent ones") {
  Case c;
  tq::model::Package p;
  p.kb = 4493471;  // released 2019-04-09
  p.where = "SOFTWARE//Packages";
  p.installed_at = "2019-04-10T08:00:00Z";
  c.facts.packages.push_back(p);
  c.facts.identity.install_date = "2019-05-01T00:00:00Z";  // an image that brought its packages along
  c.facts.readings.push_back({"SOFTWARE.last_written", "2019-06-01T00:00:00Z", "SOFTWARE"});
  CHECK(c.severity("TQ1013") == "none");
  c.facts.packages.front().installed_at = "2019-04-08T00:00:00Z";  // a clock a day behind
  CHECK(c.severity("TQ1013") == "none");
  c.facts.packages.front().installed_at = "2011-01-01T00:00:00Z";
  CHECK(c.severity("TQ1013") == "info");
  CHECK(c.findings("TQ1013").front().detail.find("KB4493471 on 2011-01-01, released 2019-04-09") != std::string::npos);
  c.facts.identity.install_date = "2024-01-01T00:00:00Z";
  CHECK(c.findings("TQ1013").size() == 2);
  CHECK(c.severity("TQ1013") == "low");
  c.facts.packages.front().installed_at = "2025-01-01T00:00:00Z";
  CHECK(c.findings("TQ1013").front().detail.find("after the hive was last written (2019-06-01)") != std::string::npos);
  c.facts.packages.front().installed_at = "invalid";
  c.facts.identity.install_date.clear();
  CHECK(c.severity("TQ1013") == "none");
}
