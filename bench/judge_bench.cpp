// One machine's facts to its verdict, with the catalog open and its view built: build, level, goals, every update, every CVE.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using tq::model::Facts;
using tq::model::PackageState;
using tq::model::Tri;
using tq::test::add_package;

/// With the browser and the framework that such servers have.
Facts server(tq::FileVersion kernel) {
  Facts f = tq::test::read_server(kernel);
  f.software.push_back({"internet_explorer", "9", "9.0.8112.16421", "x"});
  f.software.push_back({"dotnet", "4.6.2", "4.6.2", "x"});
  return f;
}

/// A package of one target of an update, as real machines have several for each.
void child(Facts& f, std::uint32_t kb) {
  add_package(f, kb);
  f.packages.back().child = true;
  f.packages.back().identity = "Package_1_for_" + tq::kb_text(kb) + "~31bf3856ad364e35~amd64~~6.0.4.0";
}

/// What Windows itself is made of: no update, and most of the list of a machine.
void feature(Facts& f, std::uint32_t n) {
  add_package(f, 0);
  f.packages.back().identity = "Microsoft-Windows-Feature" + std::to_string(n) + "-Package~31bf3856ad364e35~amd64~~6.0.6001.18000";
  f.packages.back().version = tq::FileVersion{6, 0, 6001, 18000};
}

void hotfix(Facts& f, std::uint32_t kb) { f.hotfixes.push_back({kb, "systeminfo", "", true, "systeminfo.txt:30"}); }

struct Case {
  const char* name;
  Facts facts;
};

std::vector<Case> cases(const tq::catalog::Catalog& catalog) {
  const auto last = *catalog.find_goal("6.0", "last");
  Facts bare = server({6, 0, 6002, 18005}), current = server(last.version), months = server(last.version), all = server(last.version);
  Facts real = server({6, 0, 6003, 20489}), listed = server({6, 0, 6003, 20489}), staged = server({6, 0, 6002, 18005});
  add_package(bare, catalog.find_goal("6.0", "public")->kb + 1);  // a package the catalog does not know
  add_package(current, last.kb);
  listed.packages_read = Tri::no;
  listed.hotfix_lists.push_back({"systeminfo", true, 0, 0, "systeminfo.txt"});
  for (std::uint32_t n = 0; n < 1500; ++n) feature(real, n);
  for (const auto& u : catalog.updates()) {
    if (!u.is_for("6.0")) continue;
    if (u.kind == tq::catalog::UpdateKind::security_only) add_package(months, u.kb);
    add_package(all, u.kb);
    hotfix(listed, u.kb);
    add_package(staged, u.kb);
    staged.packages.back().state = PackageState::staged;
    if (u.released.year >= 2019) continue;
    add_package(real, u.kb);
    for (int n = 0; n < 3; ++n) child(real, u.kb);
  }
  return {{"nothing installed", bare},          {"last rollup only", current},       {"91 security-only months", months},
          {"every update of the catalog", all}, {"every update, as a list", listed}, {"every update, staged only", staged},
          {"to 2018, children and all", real}};
}

}  // namespace

int main() {
  const auto started = Clock::now();
  const auto catalog = tq::catalog::Catalog::embedded();
  if (!catalog) return 1;
  const tq::judge::Knowledge knowledge(*catalog);
  const auto list = cases(*catalog);
  (void)tq::judge::judge(list[0].facts, knowledge, {});
  std::printf("catalog opened, view built, first verdict: %.1f ms\n",
              std::chrono::duration<double, std::milli>(Clock::now() - started).count());
  for (const auto& c : list) {
    std::vector<double> us;
    std::size_t cves = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto begin = Clock::now();
      const auto v = tq::judge::judge(c.facts, knowledge, {});
      us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
      cves = v.cves.missing.size() + v.cves.unknown.size();
    }
    std::sort(us.begin(), us.end());
    std::printf("%-28s best %7.1f us, median %7.1f us (%zu packages, %zu hotfixes, %zu CVEs open)\n", c.name, us.front(), us[us.size() / 2],
                c.facts.packages.size(), c.facts.hotfixes.size(), cves);
  }
  const tq::FileVersion kernel{6, 0, 6003, 21192};
  const auto begin = Clock::now();
  std::size_t letters = 0;
  for (int i = 0; i < 2000; ++i) letters += knowledge.ladder().match(kernel).why.size();
  std::printf("%-28s mean %7.1f us (%zu letters)\n", "month of a kernel",
              std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / 2000, letters / 2000);
  return 0;
}
