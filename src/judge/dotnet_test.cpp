// .NET Framework by the numbers that machines list: each framework of a bundle for itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "judge/frameworks.hpp"
#include "judge/judge.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::model::Facts;
using tq::model::Tri;
using tq::model::Verdict;
using tq::test::knowledge;

/// A server with the last rollup of Windows and these frameworks, none of them updated.
Facts server(const std::vector<std::string>& frameworks) {
  const auto last = *knowledge().catalog().find_goal("6.0", "last");
  Facts f = tq::test::read_server(last.version);
  for (const auto& v : frameworks) f.software.push_back({"dotnet", v, v, "x"});
  tq::test::add_package(f, last.kb);
  return f;
}

/// The newest bundle whose children are known.
std::uint32_t newest_bundle() {
  std::uint32_t kb = 0;
  for (const auto& u : knowledge().catalog().updates())
    if (u.kind == tq::catalog::UpdateKind::dotnet_rollup && u.is_for("6.0") && !knowledge().catalog().children_of(u.kb).empty()) kb = u.kb;
  return kb;
}

/// Lists the bundle's child for one framework the way that machines do: 4.x by Windows Installer, the others as packages.
void take(Facts& f, const std::string& framework) {
  for (const auto& c : knowledge().catalog().children_of(newest_bundle())) {
    if (!tq::judge::serves(c.framework, framework)) continue;
    if (framework.starts_with("4")) {
      f.hotfixes.push_back({c.child, "msi_updates", "", true, "x"});
      continue;
    }
    tq::model::Package p;
    p.kb = c.child;
    p.state = tq::model::PackageState::installed;
    p.identity = "Package_for_" + tq::kb_text(c.child);
    f.packages.push_back(p);
  }
}

Verdict judged(const Facts& f) { return tq::judge::judge(f, knowledge(), {}); }

std::set<std::string> kinds(const Verdict& v) {
  std::set<std::string> out;
  for (const auto& m : v.missing) out.insert(m.kind);
  return out;
}

}  // namespace

TEST_CASE("dotnet: versions of the data and of machines") {
  CHECK(tq::judge::serves("4.6.2", "4.6.2"));
  CHECK(tq::judge::serves("2.0 SP2;3.0 SP2", "3.0 SP2"));
  CHECK(tq::judge::serves("4.5/4.5.1/4.5.2", "4.5.2"));
  CHECK(tq::judge::serves("4.6-4.7.2", "4.6.2"));
  CHECK_FALSE(tq::judge::serves("4.6-4.7.2", "4.8"));
  CHECK_FALSE(tq::judge::serves("4.6", "4.6.2"));
  CHECK_FALSE(tq::judge::serves("", "4.6.2"));
}

TEST_CASE("dotnet: Windows current, frameworks behind: the bundle is asked for once, and nothing of Windows") {
  const auto v = judged(server({"2.0 SP2", "3.0 SP2", "4.6.2"}));
  CHECK(kinds(v) == std::set<std::string>{"dotnet_rollup"});
  REQUIRE(v.missing.size() == 1);
  CHECK(v.missing[0].kb == newest_bundle());
  CHECK(!v.missing[0].covers.empty());
  CHECK(!v.cves.missing.empty());
}

TEST_CASE("dotnet: one framework behind lacks the bundle, and only the CVEs of that framework") {
  const Facts none = server({"2.0 SP2", "3.0 SP2", "4.6.2"});
  Facts old_behind = none, new_behind = none, current = none;
  take(old_behind, "4.6.2");
  for (const char* f : {"2.0 SP2", "3.0 SP2"}) take(new_behind, f);
  for (const char* f : {"2.0 SP2", "3.0 SP2", "4.6.2"}) take(current, f);
  const auto all = judged(none).cves.missing;
  for (const Facts* f : {&old_behind, &new_behind}) {
    const auto v = judged(*f);
    REQUIRE(v.missing.size() == 1);
    CHECK(v.missing[0].kb == newest_bundle());
    CHECK(!v.cves.missing.empty());
    CHECK(v.cves.missing.size() < all.size());
    CHECK(std::includes(all.begin(), all.end(), v.cves.missing.begin(), v.cves.missing.end()));
  }
  CHECK(judged(current).missing.empty());
  CHECK(judged(current).cves.missing.empty());
}

TEST_CASE("dotnet: what was not read of the frameworks is unknown, and what is not there lacks nothing") {
  Facts unread = server({"4.6.2"});
  unread.msi_updates_read = Tri::unknown;
  CHECK(judged(unread).missing.empty());
  CHECK(!judged(unread).unknown.empty());
  CHECK(judged(server({})).missing.empty());
  Facts nobody_looked = server({});
  nobody_looked.dotnet_read = Tri::unknown;
  CHECK(judged(nobody_looked).missing.empty());
  CHECK(judged(nobody_looked).cves.missing.empty());
}

TEST_CASE("dotnet: 3.5 of the data is 3.5 with its service pack") {
  Facts f = server({"2.0 SP2", "3.0 SP2", "3.5 SP1"});
  for (const char* v : {"2.0 SP2", "3.0 SP2"}) take(f, v);
  REQUIRE(judged(f).missing.size() == 1);
  take(f, "3.5");
  CHECK(judged(f).missing.empty());
}
