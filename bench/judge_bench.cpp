// One machine's facts to its verdict, with the catalog open and its view built: build, level, goals, every update, every CVE.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "judge/judge.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using tq::model::Facts;
using tq::model::PackageState;
using tq::model::Tri;

Facts server(tq::FileVersion kernel) {
  Facts f;
  f.identity.nt_version = "6.0";
  f.identity.arch = "x64";
  f.identity.product_type = "server";
  f.identity.service_pack = 2;
  f.packages_read = f.internet_explorer_read = f.dotnet_read = f.msi_updates_read = Tri::yes;
  f.software.push_back({"internet_explorer", "9", "9.0.8112.16421", "x"});
  f.software.push_back({"dotnet", "4.6.2", "4.6.2", "x"});
  tq::model::BuildWitness w;
  w.source = "file.ntoskrnl.exe";
  w.group = tq::model::WitnessGroup::kernel_file;
  w.says = kernel.text();
  w.build = kernel.build;
  w.revision = kernel.revision;
  f.build_witnesses.push_back(w);
  return f;
}

void package(Facts& f, std::uint32_t kb) {
  tq::model::Package p;
  p.kb = kb;
  p.state = PackageState::installed;
  p.identity = "Package_for_" + tq::kb_text(kb) + "~31bf3856ad364e35~amd64~~6.0.4.0";
  p.version = tq::FileVersion{6, 0, 4, 0};
  p.where = "SOFTWARE//Packages\\" + p.identity;
  f.packages.push_back(p);
}

struct Case {
  const char* name;
  Facts facts;
};

std::vector<Case> cases(const tq::catalog::Catalog& catalog) {
  const auto last = *catalog.find_goal("6.0", "last");
  Facts bare = server({6, 0, 6002, 18005}), current = server(last.version), months = server(last.version), all = server(last.version);
  package(bare, catalog.find_goal("6.0", "public")->kb + 1);  // a package the catalog does not know
  package(current, last.kb);
  for (const auto& u : catalog.updates()) {
    if (!u.is_for("6.0")) continue;
    if (u.kind == tq::catalog::UpdateKind::security_only) package(months, u.kb);
    package(all, u.kb);
  }
  return {{"nothing installed", bare},
          {"last rollup only", current},
          {"91 security-only months", months},
          {"every update of the catalog", all}};
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
    std::printf("%-28s best %7.1f us, median %7.1f us (%zu packages, %zu CVEs open)\n", c.name, us.front(), us[us.size() / 2],
                c.facts.packages.size(), cves);
  }
  return 0;
}
