// Judged as if today were another day: what came out later is neither missing nor asked for.
#include <doctest/doctest.h>

#include <algorithm>

#include "judge/judge.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::Date;
using tq::FileVersion;
using tq::model::Facts;
using tq::model::Tri;
using tq::model::Verdict;
using tq::test::knowledge;

/// A server with this kernel and, where it is not 0, this package.
Facts server(FileVersion kernel, std::uint32_t kb) {
  Facts f = tq::test::read_server(kernel);
  if (kb != 0) tq::test::add_package(f, kb);
  return f;
}

Verdict judged(const Facts& f, const Date& day) {
  tq::judge::Options o;
  o.as_of = day;
  return tq::judge::judge(f, knowledge(), o);
}

const tq::model::GoalVerdict& goal(const Verdict& v, const std::string& name) {
  const auto it = std::find_if(v.goals.begin(), v.goals.end(), [&](const auto& g) { return g.name == name; });
  REQUIRE(it != v.goals.end());
  return *it;
}

constexpr FileVersion kReleased{6, 0, 6002, 18005}, kOfApril2019{6, 0, 6003, 20489};
constexpr std::uint32_t kRollupOfApril2019 = 4493471;

}  // namespace

TEST_CASE("as of: nothing is missing that was not out") {
  std::size_t before = 0;
  for (const Date day :
       {Date{2018, 10, 1}, Date{2019, 5, 13}, Date{2019, 5, 14}, Date{2020, 1, 14}, Date{2023, 2, 1}, Date{2026, 11, 20}}) {
    const auto v = judged(server(kReleased, 0), day);
    for (const auto& m : v.missing) CHECK(m.released <= day);
    for (const auto& m : v.missing)
      for (const auto kb : m.covers) CHECK(knowledge().catalog().find_kb(kb)->released <= day);
    CHECK(v.cves.missing.size() > before);  // each of these days came with something new
    before = v.cves.missing.size();
    CHECK(goal(v, "last").released <= day);
    CHECK(goal(v, "last").reached == Tri::no);
  }
}

TEST_CASE("as of: the goal is the newest rollup of that day, before and on a day of release") {
  const Facts f = server(kOfApril2019, kRollupOfApril2019);
  const auto day_before = judged(f, {2019, 5, 13});
  for (const char* name : {"public", "esu", "last"}) {
    CHECK(goal(day_before, name).kb == kRollupOfApril2019);
    CHECK(goal(day_before, name).reached == Tri::yes);
    CHECK(goal(day_before, name).months_behind == 0);
  }
  CHECK(day_before.missing.empty());
  const auto on_the_day = judged(f, {2019, 5, 14});
  CHECK(goal(on_the_day, "last").reached == Tri::no);
  CHECK(goal(on_the_day, "last").months_behind == 1);
  REQUIRE(!on_the_day.missing.empty());
  CHECK(on_the_day.missing.front().released == Date{2019, 5, 14});
}

TEST_CASE("as of: a machine newer than the day has reached its goals; before the line there is none") {
  const auto newer = judged(server(kOfApril2019, kRollupOfApril2019), {2018, 12, 1});
  CHECK(goal(newer, "last").reached == Tri::yes);
  CHECK(newer.missing.empty());
  const auto before = judged(server(kReleased, 0), {2018, 9, 1});
  CHECK(goal(before, "last").reached == Tri::unknown);
  CHECK(goal(before, "last").why.find("had not begun") != std::string::npos);
  CHECK(std::none_of(before.missing.begin(), before.missing.end(), [](const auto& m) { return m.kind == "monthly_rollup"; }));
}

TEST_CASE("as of: no day means the whole catalog") {
  const auto all = judged(server(kReleased, 0), {}), late = judged(server(kReleased, 0), {2026, 11, 20});
  CHECK(all.cves.missing == late.cves.missing);
  CHECK(goal(all, "last").kb == goal(late, "last").kb);
}
