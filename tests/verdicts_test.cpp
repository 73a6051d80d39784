// Machines of known truth through the whole program, and what it says of each, in one table: docs/verdicts.md.
// The table is compared with what the program says now; TQ_WRITE_VERDICTS=1 writes it anew.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "catalog/catalog.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/program.hpp"

namespace {

using nlohmann::json;
using tq::FileVersion;
using tq::catalog::UpdateKind;
using tq::test::MachineBuilder;
namespace pe = tq::format::pe;

constexpr std::uint32_t kInstalled = 7, kSuperseded = 80, kInstalledHigh = 112, kStaged = 64, kWaiting = 6;
constexpr FileVersion kLastKernel{6, 0, 6003, 23717};

const tq::catalog::Catalog& catalog() {
  static const auto c = *tq::catalog::Catalog::embedded();
  return c;
}

/// KBs of one kind for NT 6.0 released from `from` to `to`, both included.
std::vector<std::uint32_t> kbs(UpdateKind kind, const char* from, const char* to) {
  std::vector<std::uint32_t> out;
  for (const auto& u : catalog().updates())
    if (u.kind == kind && u.is_for("6.0") && u.released >= *tq::Date::parse(from) && u.released <= *tq::Date::parse(to))
      out.push_back(u.kb);
  return out;
}

/// A machine whose registry, kernel and packages agree on build 6003 with this kernel.
MachineBuilder& patched(MachineBuilder& m, FileVersion kernel) {
  return m.registry_build(std::to_string(kernel.build), "vistasp2_ldr_escrow").kernel(kernel);
}

MachineBuilder& packages(MachineBuilder& m, const std::vector<std::uint32_t>& list, std::uint32_t state = kInstalled) {
  for (const auto kb : list) m.package(kb, state);
  return m;
}

/// What every installation carries: without it the list of packages would be empty, which proves nothing.
MachineBuilder& foundation(MachineBuilder& m) {
  m.software().dword(
      "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\Microsoft-Windows-Foundation-Package"
      "~31bf3856ad364e35~amd64~~6.0.6001.18000",
      "CurrentState", kInstalled);
  return m;
}

struct Row {
  const char* machine;
  std::function<void(MachineBuilder&)> make;
  std::function<void(const json&)> must;
};

std::set<std::string> missing(const json& m) {
  std::set<std::string> out;
  for (const auto& u : m["updates"]["missing"]) out.insert(u["kb"]);
  return out;
}
std::set<std::string> of_kinds(const json& m, const std::string& part) {
  std::set<std::string> out;
  for (const auto& u : m["updates"]["missing"])
    if (u["kind"].get<std::string>().find(part) != std::string::npos) out.insert(u["kb"]);
  return out;
}
bool among(const json& list, const std::string& word) { return std::find(list.begin(), list.end(), word) != list.end(); }
bool found(const json& m, const std::string& id) {
  return std::any_of(m["findings"].begin(), m["findings"].end(), [&](const json& f) { return f["id"] == id; });
}

/// Recall: every CVE that the catalog gives this product is missing or unknown; those of the monthly line's years are missing.
void all_open(const json& m) {
  std::set<std::string> open, lacking;
  for (const auto& c : m["cves"]["missing"]) open.insert(c), lacking.insert(c);
  for (const auto& c : m["cves"]["unknown"]) open.insert(c);
  const auto product = *catalog().find_product("ws08-sp2-x64");
  for (const auto& f : catalog().fixes_of_product(product.row)) {
    const auto u = catalog().updates()[f.update];
    for (const std::uint32_t row : catalog().cve_set(f.set)) {
      const auto name = tq::catalog::cve_text(catalog().cves()[row].cve);
      if (u.line() == tq::catalog::Line::dotnet || u.line() == tq::catalog::Line::ie) continue;  // neither is on the machine
      if (!open.contains(name)) FAIL_CHECK(name);
      if (u.kind == UpdateKind::monthly_rollup && !lacking.contains(name)) FAIL_CHECK(name);
    }
  }
  CHECK(missing(m).contains("KB5073697"));
}

/// Nothing that is called missing has a fix up to this day.
void lack_only_after(const json& m, const char* day) {
  const auto product = *catalog().find_product("ws08-sp2-x64");
  for (const auto& f : catalog().fixes_of_product(product.row)) {
    const auto u = catalog().updates()[f.update];
    if (u.released > *tq::Date::parse(day)) continue;
    for (const std::uint32_t row : catalog().cve_set(f.set)) {
      const auto name = tq::catalog::cve_text(catalog().cves()[row].cve);
      if (u.line() == tq::catalog::Line::os && among(m["cves"]["missing"], name)) FAIL_CHECK(name);
    }
  }
}

/// Machines that differ in what was installed.
std::vector<Row> by_updates() {
  return {
      {"6002, nothing installed", [](MachineBuilder& m) { foundation(m).stack("6.0.6002.18005"); }, all_open},
      {"every monthly rollup to 2024-01",
       [](MachineBuilder& m) { packages(patched(m, {6, 0, 6003, 22470}), kbs(UpdateKind::monthly_rollup, "2018-09-01", "2024-01-31")); },
       [](const json& m) {
         CHECK(m["level"]["month"] == "2024-01");
         CHECK(of_kinds(m, "monthly") == std::set<std::string>{"KB5073697"});
         CHECK(of_kinds(m, "security_only").empty());
         for (const auto& kb : m["updates"]["missing"][0]["covers"])
           CHECK(catalog().find_kb(*tq::parse_kb(kb.get<std::string>()))->released > *tq::Date::parse("2024-01-31"));
         lack_only_after(m, "2024-01-31");
         CHECK(!among(m["cves"]["missing"], "CVE-2019-0708"));
       }},
      {"only the last rollup (2026-01)", [](MachineBuilder& m) { patched(m, kLastKernel).package(5073697, kInstalledHigh); },
       [](const json& m) {
         CHECK(m["goals"]["last"]["reached"] == true);
         CHECK(m["updates"]["missing"].empty());
         CHECK(m["cves"]["missing"].empty());
       }},
      {"security-only path complete",
       [](MachineBuilder& m) { packages(patched(m, kLastKernel), kbs(UpdateKind::security_only, "2018-09-01", "2026-01-31")); },
       [](const json& m) {
         CHECK(m["updates"]["line"] == "security_only");
         CHECK(m["goals"]["last"]["reached"] == true);
         CHECK(m["updates"]["missing"].empty());
         CHECK(m["cves"]["missing"].empty());
       }},
      {"security-only path, 2019-05 left out",
       [](MachineBuilder& m) {
         auto list = kbs(UpdateKind::security_only, "2018-09-01", "2026-01-31");
         std::erase(list, 4499180U);
         packages(patched(m, kLastKernel), list);
       },
       [](const json& m) {
         CHECK(m["goals"]["last"]["reached"] == false);
         CHECK(of_kinds(m, "security_only") == std::set<std::string>{"KB4499180"});
         CHECK(among(m["cves"]["missing"], "CVE-2019-0708"));
         CHECK(among(m["cves"]["known_exploited"], "CVE-2019-0708"));
         for (const auto& c : m["cves"]["missing"]) CHECK(c.get<std::string>().find("CVE-202") == std::string::npos);
       }},
      {"rollup of 2024-01, then security-only to the end",
       [](MachineBuilder& m) {
         packages(patched(m, kLastKernel).package(5034173, kInstalled), kbs(UpdateKind::security_only, "2024-02-01", "2026-01-31"));
       },
       [](const json& m) {
         CHECK(m["updates"]["missing"].empty());
         CHECK(m["goals"]["last"]["reached"] == true);
       }},
      {"one preview only (2019-11)", [](MachineBuilder& m) { patched(m, {6, 0, 6003, 20667}).package(4525244, kInstalled); },
       [](const json& m) {
         CHECK(m["level"]["kb"] == "KB4525244");
         CHECK(missing(m).contains("KB5073697"));
         CHECK(!among(m["cves"]["missing"], "CVE-2019-0708"));
       }},
      {"one out-of-band rollup only (2025-05-15)", [](MachineBuilder& m) { patched(m, {6, 0, 6003, 23317}).package(5061198, kInstalled); },
       [](const json& m) {
         CHECK(missing(m).contains("KB5073697"));
         for (const auto& kb : m["updates"]["missing"][0]["covers"])
           CHECK(catalog().find_kb(*tq::parse_kb(kb.get<std::string>()))->released > *tq::Date::parse("2025-05-15"));
       }},
  };
}

/// Machines that differ in the states of what was installed, and in the lines beside Windows' own.
std::vector<Row> by_states() {
  return {
      {"all rollups, the older ones superseded (80)",
       [](MachineBuilder& m) {
         packages(patched(m, kLastKernel), kbs(UpdateKind::monthly_rollup, "2018-09-01", "2025-12-31"), kSuperseded)
             .package(5073697, kInstalledHigh);
       },
       [](const json& m) {
         CHECK(m["updates"]["missing"].empty());
         CHECK(m["cves"]["missing"].empty());
       }},
      {"the last rollup staged only", [](MachineBuilder& m) { foundation(m).package(5073697, kStaged); },
       [](const json& m) {
         CHECK(m["goals"]["last"]["reached"] == false);
         REQUIRE(missing(m).contains("KB5073697"));
         CHECK(m["updates"]["missing"][0]["state"] == "staged");
         CHECK(found(m, "TQ2004"));
       }},
      {"the last rollup waits for a restart",
       [](MachineBuilder& m) { patched(m, {6, 0, 6003, 20489}).package(4493471, kInstalled).package(5073697, kWaiting).pending_xml(); },
       [](const json& m) {
         CHECK(m["goals"]["last"]["reached"] == false);
         CHECK(!missing(m).contains("KB5073697"));
         CHECK(found(m, "TQ2002"));
         CHECK(!m["cves"]["missing"].empty());
       }},
      {"security-only complete, Internet Explorer and .NET behind",
       [](MachineBuilder& m) {
         packages(patched(m, kLastKernel), kbs(UpdateKind::security_only, "2018-09-01", "2026-01-31"));
         m.internet_explorer("9.0.8112.16421").package(4571687, kInstalled);
         m.dotnet("v2.0.50727", 2, 0).dotnet("v4\\Full", 0, 394802);
       },
       [](const json& m) {
         CHECK(of_kinds(m, "ie_cumulative").size() == 1);
         CHECK(of_kinds(m, "security_only").empty());
         for (const auto& u : m["updates"]["missing"]) {
           const std::string kind = u["kind"];
           CHECK((kind == "ie_cumulative" || kind.starts_with("dotnet")));
         }
       }},
  };
}

/// Machines that differ in what they are.
std::vector<Row> by_product() {
  return {
      {"x86, only the last rollup",
       [](MachineBuilder& m) { patched(m.arch(pe::Machine::x86), kLastKernel).package(5073697, kInstalledHigh); },
       [](const json& m) {
         CHECK(m["updates"]["judged_as"].get<std::string>().find("32-bit") != std::string::npos);
         CHECK(m["updates"]["missing"].empty());
         CHECK(m["cves"]["missing"].empty());
       }},
      {"Itanium with the rollup of 2020-01",
       [](MachineBuilder& m) { patched(m.arch(pe::Machine::ia64), {6, 0, 6003, 20686}).package(4534303, kInstalled); },
       [](const json& m) {
         for (const char* g : {"public", "esu", "last"}) {
           CHECK(m["goals"][g]["kb"] == "KB4534303");
           CHECK(m["goals"][g]["reached"] == true);
         }
         CHECK(m["updates"]["missing"].empty());
       }},
      {"Server Core, nothing installed",
       [](MachineBuilder& m) { foundation(m).software().sz("Microsoft\\Windows NT\\CurrentVersion", "InstallationType", "Server Core"); },
       [](const json& m) {
         CHECK(m["server_core"] == true);
         CHECK(m["updates"]["judged_as"].get<std::string>().find("Server Core") != std::string::npos);
         CHECK(of_kinds(m, "ie_").empty());
         CHECK(missing(m).contains("KB5073697"));
       }},
      {"Vista with build 6003 (2019-04)",
       [](MachineBuilder& m) {
         patched(m.product("Windows Vista (TM) Business", "WinNT").edition("Business"), {6, 0, 6003, 20489}).package(4493471, kInstalled);
       },
       [](const json& m) {
         CHECK(m["updates"]["judged_as"].get<std::string>().find("Vista") != std::string::npos);
         CHECK(of_kinds(m, "monthly").empty());
         CHECK(m["goals"]["public"]["released"] == "2017-04-11");
         CHECK(catalog().find_kb(*tq::parse_kb(m["goals"]["public"]["kb"].get<std::string>()))->released == tq::Date{2017, 4, 11});
         CHECK(m["goals"]["public"]["reached"].is_null());
         for (const char* g : {"esu", "last"}) {
           CHECK(m["goals"][g]["reached"].is_null());
           CHECK(m["goals"][g]["why"].get<std::string>().find("made for the server") != std::string::npos);
         }
         CHECK(found(m, "TQ1004"));
       }},
  };
}

json check(const tq::test::FileMap& files, int& status) {
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(files, folder);
  const auto ran = tq::test::run_program({"check", "--format", "json", "--as-of", "2026-11-20", folder});
  status = ran.status;
  const json report = json::parse(ran.out, nullptr, false);
  REQUIRE_MESSAGE(!report.is_discarded(), ran.err);
  return report["machines"][0];
}

std::string reached(const json& goal) {
  return goal.is_null() ? "-" : goal["reached"].is_null() ? "?" : goal["reached"] == true ? "yes" : "no";
}

std::string asked_for(const json& m) {
  std::string out;
  for (const auto& u : m["updates"]["missing"]) {
    out += (out.empty() ? "" : ", ") + u["kb"].get<std::string>();
    if (!u["covers"].empty()) out += fmt::format(" (for {})", u["covers"].size());
  }
  return out.empty() ? "-" : out;
}

std::string line_of(const char* machine, const json& m, int status) {
  const auto& g = m["goals"];
  const auto goal = [&](const char* name) { return g.contains(name) ? reached(g[name]) : std::string("-"); };
  const std::string level =
      m["level"].is_null() ? "-" : m["level"]["month"].get<std::string>() + " " + m["level"]["status"].get<std::string>();
  return fmt::format("| {} | {} | {} | {} / {} / {} | {} | {} | {} | {} | {} | {} |\n", machine,
                     m["build"]["version"].is_null() ? "?" : m["build"]["version"].get<std::string>(), level, goal("public"), goal("esu"),
                     goal("last"), asked_for(m), m["updates"]["unknown"].size(), m["cves"]["missing"].size(), m["cves"]["unknown"].size(),
                     m["cves"]["known_exploited"].size(), status);
}

json server_2008_r2(int& status) {
  MachineBuilder m;
  m.product("Windows Server 2008 R2 Standard", "ServerNT")
      .registry_build("7601", "win7sp1_ldr")
      .service_pack(1)
      .kernel({6, 1, 7601, 24384});
  auto files = m.build();
  m.software().sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentVersion", "6.1");
  files["Windows/System32/config/SOFTWARE"] = m.software().build();
  return check(files, status);
}

/// The text between the two markers of the page.
std::string page() { return std::string(TQ_SOURCE_DIR) + "/docs/verdicts.md"; }
constexpr const char *kBegin = "<!-- table:begin -->\n", *kEnd = "<!-- table:end -->";

}  // namespace

TEST_CASE("verdicts: the machines of the table") {
  std::string table =
      "| machine (x64 SP2 unless said) | build | level | goals public / esu / last | to install | updates unknown | CVEs missing | CVEs "
      "unknown | known exploited | exit |\n|---|---|---|---|---|---|---|---|---|---|\n";
  std::vector<Row> rows = by_updates();
  for (auto* more : {by_states, by_product})
    for (auto& row : more()) rows.push_back(std::move(row));
  for (const auto& row : rows) {
    INFO(row.machine);
    MachineBuilder m;
    row.make(m);
    int status = -1;
    const json said = check(m.build(), status);
    row.must(said);
    table += line_of(row.machine, said, status);
  }
  int status = -1;
  const json r2 = server_2008_r2(status);
  CHECK(r2["level"].is_null());
  CHECK(r2["updates"]["missing"].empty());
  CHECK(r2["cves"]["missing"].empty());
  table += line_of("Server 2008 R2, given by mistake", r2, status);

  std::ifstream in(page(), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto begin = text.find(kBegin), end = text.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const auto at = begin + std::string(kBegin).size();
  if (std::getenv("TQ_WRITE_VERDICTS") != nullptr) {
    text.replace(at, end - at, table);
    std::ofstream(page(), std::ios::binary) << text;
  } else {
    CHECK_MESSAGE(text.substr(at, end - at) == table, "docs/verdicts.md differs: TQ_WRITE_VERDICTS=1 writes it anew\n", table);
  }
}

TEST_CASE("verdicts: --why and --line on a whole machine") {
  MachineBuilder m;
  patched(m, kLastKernel).package(5073697, kInstalledHigh);
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder);
  const auto kb = tq::test::run_program({"check", "--why", "KB4493471", folder});
  CHECK(kb.status == 0);
  CHECK(kb.out.find("KB4493471: covered") != std::string::npos);
  CHECK(kb.out.find("KB5073697") != std::string::npos);
  const auto cve = json::parse(tq::test::run_program({"check", "--format", "json", "--why", "CVE-2019-0708", folder}).out);
  CHECK(cve["proofs"][0]["answer"] == "repaired");
  CHECK(tq::test::run_program({"check", "--why", "moon", folder}).status == 2);
}

TEST_CASE("verdicts: a vendor's approvals are carried along") {
  MachineBuilder m;
  foundation(m);
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(m.build(), folder + "/machine");
  std::ofstream(folder + "/a.csv") << "kb,status,date,by,note\nKB5073697,rejected,2026-02-01,Vendor,breaks the pump\n";
  const auto ran = tq::test::run_program({"check", "--format", "json", "--approvals", folder + "/a.csv", folder + "/machine"});
  const auto report = json::parse(ran.out);
  const auto& first = report["machines"][0]["updates"]["missing"][0];
  CHECK(first["approval"] == "rejected");
  CHECK(first["approval_note"].get<std::string>().find("breaks the pump") != std::string::npos);
  CHECK(report["machines"][0]["updates"]["missing"].back()["approval"] == "not_listed");
}
