// Thousands of machines with fixed seeds: what is planned is carried out by the simulator, which knows nothing of the planner.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "core/text.hpp"
#include "plan/plan.hpp"
#include "plan/render.hpp"
#include "tests/support/plan_simulation.hpp"

namespace {

using tq::catalog::Catalog;
using tq::catalog::UpdateKind;
using namespace tq::plan;
using tq::test::simulate;
using tq::test::Simulated;
using tq::test::simulated_goal;

const Catalog& catalog() {
  static const Catalog c = *Catalog::embedded();
  return c;
}

/// How many machines: TQ_MUTANTS scales it, as it does every heavy loop.
int rounds(int otherwise) {
  const char* s = std::getenv("TQ_MUTANTS");
  std::uint64_t n = 0;
  return s != nullptr && tq::parse_u64(s, n) && n > 0 && n < 1000000 ? static_cast<int>(n) : otherwise;
}

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : r_(seed) {}
  bool chance(int percent) { return static_cast<int>(r_() % 100) < percent; }
  std::size_t below(std::size_t n) { return r_() % n; }

 private:
  std::mt19937 r_;
};

struct Case {
  Simulated truth;  ///< the machine as it is
  State seen;       ///< what was read of it
  Options options;
  bool hidden = false;  ///< something of the truth was not read
};

std::vector<tq::catalog::Update> updates_for(const Simulated& m) {
  std::vector<tq::catalog::Update> out;
  State s;
  s.nt_version = "6.0";
  s.arch = m.arch;
  for (const auto& u : catalog().updates())
    if (made_for(u, s) && (is_line(u.kind) || is_groundwork(u.kind)) && u.kind != UpdateKind::service_pack) out.push_back(u);
  return out;
}

/// A machine that servicing could have made: each update is installed by the simulator, which refuses what cannot be.
Simulated grown(Dice& dice) {
  Simulated m;
  m.arch = dice.chance(60) ? "x64" : dice.chance(70) ? "x86" : "ia64";
  m.build = dice.chance(15) ? 6001 : 6002;
  if (dice.chance(30)) m.licensed_years = {1, 2, 3, 4, 5, 6};
  const auto all = updates_for(m);
  const auto count = dice.below(12);
  std::vector<tq::catalog::Update> picked;
  for (std::size_t i = 0; i < count; ++i) picked.push_back(all[dice.below(all.size())]);
  std::sort(picked.begin(), picked.end(), [](const auto& a, const auto& b) { return a.released < b.released; });
  for (const auto& u : picked) {
    Step install, restart;
    install.n = 1;
    install.kb = u.kb;
    install.kind = tq::catalog::to_string(u.kind);
    restart.n = 2;
    restart.kind = "reboot";
    auto r = simulate(m, {install, restart}, catalog());
    if (!r.refused) m = r.machine;
  }
  return m;
}

State seen_of(const Simulated& m) {
  State s;
  s.nt_version = m.nt_version;
  s.arch = m.arch;
  s.product_class = tq::catalog::ProductClass::server;
  s.build = m.build;
  s.service_pack = m.build >= 6002 ? 2 : 1;
  s.in_place = m.in_place;
  s.waiting = m.staged;
  s.packages_complete = true;
  s.sha2 = Tri::no;
  for (const auto kb : m.in_place)
    if (catalog().find_kb(kb)->kind == UpdateKind::sha2) s.sha2 = Tri::yes;
  s.licensed = m.licensed_years.empty() ? Tri::no : Tri::yes;
  s.restart_pending = m.restart_pending ? Tri::yes : Tri::no;
  return s;
}

/// Takes parts of what was read away. What is left is true, only less.
void hide(Dice& dice, Case& c) {
  c.hidden = dice.chance(50);
  if (!c.hidden) return;
  if (dice.chance(70)) c.seen.packages_complete = false;
  if (dice.chance(60)) c.seen.sha2 = Tri::unknown;
  if (dice.chance(60)) c.seen.licensed = Tri::unknown;
  if (dice.chance(30)) c.seen.build.reset();
  if (dice.chance(30)) c.seen.service_pack.reset();
  if (!c.seen.packages_complete && dice.chance(50)) std::erase_if(c.seen.in_place, [&](auto) { return dice.chance(50); });
}

Case machine(std::uint32_t seed) {
  Dice dice(seed);
  Case c;
  c.truth = grown(dice);
  c.seen = seen_of(c.truth);
  hide(dice, c);
  const char* goals[] = {"public", "esu", "last"};
  c.options.goal = goals[dice.below(3)];
  c.options.line = dice.chance(25) ? Line::security_only : Line::rollup;
  return c;
}

bool has_goal(const Case& c) { return simulated_goal(c.truth, catalog(), c.options.goal, c.options.line, true); }

bool possible(const Plan& p) {
  return std::none_of(p.impossible.begin(), p.impossible.end(), [&](const auto& i) { return i.goal == p.goal; });
}

std::string told(std::uint32_t seed, const Case& c, const Plan& p) {
  return fmt::format("seed {} {} build {} goal {}\n{}", seed, c.truth.arch, c.truth.build, c.options.goal,
                     to_text(p, {"t", "c", "d", "a", "machine"}, false));
}

}  // namespace

TEST_CASE("plan: every plan reaches its goal and no step misses a prerequisite") {
  int carried_out = 0, impossible = 0;
  for (std::uint32_t seed = 1; seed <= static_cast<std::uint32_t>(rounds(3000)); ++seed) {
    const Case c = machine(seed);
    const Plan p = make_plan(c.seen, catalog(), c.options);
    if (!possible(p)) {
      CHECK_MESSAGE(c.truth.arch == "ia64", told(seed, c, p));
      CHECK_MESSAGE(c.options.goal != "public", told(seed, c, p));
      CHECK(p.steps.empty());
      ++impossible;
      continue;
    }
    const auto r = simulate(c.truth, p.steps, catalog());
    CHECK_MESSAGE(!r.refused, fmt::format("step {}: {}\n{}", r.at_step, r.why, told(seed, c, p)));
    CHECK_MESSAGE(simulated_goal(r.machine, catalog(), c.options.goal, c.options.line, has_goal(c)), told(seed, c, p));
    ++carried_out;
  }
  CHECK(carried_out > impossible);
  CHECK(impossible > 0);
}

TEST_CASE("plan: no step can be left out") {
  for (std::uint32_t seed = 1; seed <= static_cast<std::uint32_t>(rounds(400)); ++seed) {
    Case c = machine(seed);
    c.seen = seen_of(c.truth);  // in full view every step is needed for certain
    const Plan p = make_plan(c.seen, catalog(), c.options);
    if (!possible(p)) continue;
    for (std::size_t i = 0; i < p.steps.size(); ++i) {
      // The many months of the security-only line are alike: a sample of them is enough.
      if (p.steps.size() > 20 && i > 8 && (i + seed) % 16 != 0) continue;
      auto without = p.steps;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
      const auto r = simulate(c.truth, without, catalog());
      const bool reached = !r.refused && simulated_goal(r.machine, catalog(), c.options.goal, c.options.line, has_goal(c));
      CHECK_MESSAGE(!reached, fmt::format("step {} is not needed\n{}", p.steps[i].n, told(seed, c, p)));
    }
  }
}

TEST_CASE("plan: in full view nothing is conditional; with less in view nothing becomes certain that is not") {
  for (std::uint32_t seed = 1; seed <= static_cast<std::uint32_t>(rounds(1000)); ++seed) {
    const Case c = machine(seed);
    const Plan full = make_plan(seen_of(c.truth), catalog(), c.options);
    for (const auto& s : full.steps) CHECK_MESSAGE(s.need == Need::yes, told(seed, c, full));
    const Plan partial = make_plan(c.seen, catalog(), c.options);
    for (const auto& s : partial.steps) {
      if (s.need != Need::yes || s.kb == 0) continue;
      const auto same = std::any_of(full.steps.begin(), full.steps.end(), [&](const auto& f) { return f.kb == s.kb; });
      CHECK_MESSAGE(same, fmt::format("KB{} is said to be needed\n{}", s.kb, told(seed, c, partial)));
    }
    // Every needed step of the full plan is at least conditional in the partial one.
    if (!possible(full)) continue;
    for (const auto& f : full.steps) {
      if (f.kb == 0) continue;
      const auto there = std::any_of(partial.steps.begin(), partial.steps.end(), [&](const auto& s) { return s.kb == f.kb; });
      CHECK_MESSAGE(there, fmt::format("KB{} is not planned\n{}", f.kb, told(seed, c, partial)));
    }
  }
}

TEST_CASE("plan: the same machine gives the same plan, byte for byte") {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    const Case c = machine(seed);
    const Origin o{"t", "c", "d", "a", "machine"};
    CHECK(to_json(make_plan(c.seen, catalog(), c.options), o) == to_json(make_plan(machine(seed).seen, catalog(), c.options), o));
  }
}

TEST_CASE("plan: the build number along the steps is what the simulator has after them") {
  for (std::uint32_t seed = 1; seed <= static_cast<std::uint32_t>(rounds(500)); ++seed) {
    const Case c = machine(seed);
    const Plan p = make_plan(seen_of(c.truth), catalog(), c.options);
    if (!possible(p) || p.steps.empty()) continue;
    const auto r = simulate(c.truth, p.steps, catalog());
    REQUIRE(p.steps.back().build_after.has_value());
    CHECK_MESSAGE(p.steps.back().build_after->build == r.machine.build, told(seed, c, p));
    int raises = 0;
    for (const auto& s : p.steps) raises += s.raises_build_to.has_value() ? 1 : 0;
    const int jumps = (c.truth.build < 6002 ? 1 : 0) + (c.truth.build < 6003 && r.machine.build == 6003 ? 1 : 0);
    CHECK_MESSAGE(raises == jumps, told(seed, c, p));
  }
}
