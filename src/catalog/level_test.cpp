#include "catalog/level.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/catalog_builder.hpp"

using namespace tq;
using namespace tq::catalog;

namespace {

LevelMatch level(std::uint16_t build, std::uint16_t revision) {
  static const Result<Catalog> kCatalog = Catalog::embedded();
  REQUIRE(kCatalog);
  return level_of_kernel(*kCatalog, FileVersion{6, 0, build, revision});
}

std::string month(const LevelMatch& m) { return m.month ? m.month->month_text() : "none"; }

bool says(const LevelMatch& m, std::string_view part) { return m.why.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("catalog: a kernel is a lower bound of the month") {
  struct Case {
    std::uint16_t build, revision;
    const char* month;
    LevelHow how;
  };
  const Case cases[] = {
      {6002, 24463, "2018-09", LevelHow::kernel_exact},    {6002, 24464, "2018-09", LevelHow::kernel_at_least},
      {6002, 24490, "2018-09", LevelHow::kernel_at_least}, {6002, 24554, "2018-12", LevelHow::kernel_at_least},
      {6002, 24555, "2019-01", LevelHow::kernel_exact},    {6002, 24556, "2019-02", LevelHow::kernel_exact},
      {6002, 24565, "2019-03", LevelHow::kernel_exact},    {6002, 24566, "2019-03", LevelHow::kernel_exact},
      {6002, 24575, "2019-03", LevelHow::kernel_at_least}, {6003, 20480, "2019-03", LevelHow::kernel_at_least},
      {6003, 20488, "2019-03", LevelHow::kernel_at_least}, {6003, 20489, "2019-04", LevelHow::kernel_exact},
      {6003, 20500, "2019-04", LevelHow::kernel_at_least}, {6003, 20512, "2019-05", LevelHow::kernel_exact},
      {6003, 20686, "2019-12", LevelHow::kernel_exact},    {6003, 20705, "2019-12", LevelHow::kernel_at_least},
      {6003, 20731, "2020-02", LevelHow::kernel_exact},    {6003, 20996, "2020-12", LevelHow::kernel_exact},
      {6003, 20999, "2020-12", LevelHow::kernel_at_least}, {6003, 21066, "2021-02", LevelHow::kernel_at_least},
      {6003, 21137, "2021-06", LevelHow::kernel_exact},    {6003, 21138, "2021-06", LevelHow::kernel_at_least},
      {6003, 21163, "2021-07", LevelHow::kernel_exact},    {6003, 21186, "2021-07", LevelHow::kernel_at_least},
      {6003, 21187, "2021-08", LevelHow::fixed_build},     {6003, 21192, "2021-08", LevelHow::fixed_build},
      {6003, 21872, "2023-01", LevelHow::fixed_build},     {6003, 23311, "2025-05", LevelHow::fixed_build},
      {6003, 23711, "2025-12", LevelHow::fixed_build},     {6003, 23712, "2026-01", LevelHow::fixed_build},
      {6003, 23717, "2026-01", LevelHow::fixed_build},     {6003, 23718, "2026-01", LevelHow::fixed_build},
      {6003, 24575, "2026-01", LevelHow::fixed_build},
  };
  for (const Case& c : cases) {
    const LevelMatch m = level(c.build, c.revision);
    CAPTURE(c.build);
    CAPTURE(c.revision);
    CAPTURE(m.why);
    CHECK(month(m) == c.month);
    CHECK(m.how == c.how);
    CHECK_FALSE(m.foreign);
    CHECK(m.branch == Branch::ldr);
    // What only MSRC's number shows stays a claim; a measured kernel is as sure as its row.
    CHECK((m.confidence == Confidence::high) == (c.how != LevelHow::fixed_build));
  }
}

TEST_CASE("catalog: one kernel belongs to a rollup and to a security-only update") {
  const LevelMatch april = level(6003, 20489);
  CHECK(april.kbs == std::vector<std::uint32_t>{4493458, 4493471});
  CHECK(level(6002, 24566).kbs == std::vector<std::uint32_t>{4489876, 4489880});
  CHECK(level(6003, 23717).kbs == std::vector<std::uint32_t>{5073697, 5073700});
}

TEST_CASE("catalog: the out-of-band release of 2025-05 is told from the one of two days before") {
  CHECK(level(6003, 23279).month == Date{2025, 5, 13});
  CHECK(level(6003, 23312).month == Date{2025, 5, 15});
  CHECK(level(6003, 23312).kbs == std::vector<std::uint32_t>{5061197, 5061198});
}

TEST_CASE("catalog: a month with two fixed builds names only the update the kernel reaches") {
  CHECK(level(6003, 21368).kbs == std::vector<std::uint32_t>{5010403});
  CHECK(level(6003, 21369).kbs == std::vector<std::uint32_t>{5010384, 5010403});
}

TEST_CASE("catalog: months told by another file are neither shown nor ruled out") {
  CHECK(says(level(6003, 20705), "2020-01-14 changed crypt32.dll"));
  CHECK(says(level(6003, 21066), "2021-03-09 changed appinfo.dll"));
  CHECK(says(level(6003, 21138), "2021-07-06 changed spoolsv.exe"));
  CHECK_FALSE(says(level(6003, 21163), "spoolsv"));
}

TEST_CASE("catalog: kernels from before the first rollup give no month") {
  struct Case {
    std::uint16_t build, revision;
    Branch branch;
    const char* why;
  };
  const Case cases[] = {
      {6002, 24462, Branch::ldr, "LDR"},
      {6002, 22999, Branch::ldr, "2018-09"},
      {6002, 20480, Branch::ldr, "LDR"},
      {6002, 18005, Branch::gdr, "Service Pack 2"},
      {6002, 19858, Branch::gdr, "GDR"},
      {6002, 20479, Branch::gdr, "GDR"},
      {6002, 16386, Branch::gdr, "GDR"},
      {6000, 16386, Branch::gdr, "language file"},
      {6001, 18000, Branch::gdr, "Service Pack 1"},
  };
  for (const Case& c : cases) {
    const LevelMatch m = level(c.build, c.revision);
    CAPTURE(c.build);
    CAPTURE(c.revision);
    CAPTURE(m.why);
    CHECK_FALSE(m.month);
    CHECK(m.kbs.empty());
    CHECK(m.how == LevelHow::none);
    CHECK_FALSE(m.foreign);
    CHECK(m.branch == c.branch);
    CHECK(says(m, c.why));
  }
}

TEST_CASE("catalog: revisions that no branch of Microsoft's uses are flagged") {
  const std::pair<std::uint16_t, std::uint16_t> cases[] = {{6003, 18005}, {6003, 16386}, {6003, 20479}, {6003, 24576},
                                                           {6002, 24576}, {6002, 16383}, {6002, 0},     {6003, 65535}};
  for (const auto& [build, revision] : cases) {
    const LevelMatch m = level(build, revision);
    CAPTURE(build);
    CAPTURE(revision);
    CHECK(m.foreign);
    CHECK_FALSE(m.month);
    CHECK_FALSE(m.branch);
    CHECK(says(m, "not a version of Microsoft's"));
  }
}

TEST_CASE("catalog: builds and systems without a line are said to be unknown") {
  for (const FileVersion v :
       {FileVersion{6, 1, 7601, 24545}, FileVersion{10, 0, 17763, 1}, FileVersion{6, 0, 6004, 21000}, FileVersion{}}) {
    const auto c = Catalog::embedded();
    REQUIRE(c);
    const LevelMatch m = level_of_kernel(*c, v);
    CHECK_FALSE(m.month);
    CHECK_FALSE(m.foreign);
    CHECK(says(m, "knows no revisions"));
  }
}

TEST_CASE("catalog: a higher kernel never gives an earlier month") {
  for (const std::uint16_t build : {std::uint16_t{6002}, std::uint16_t{6003}}) {
    Date last;
    for (std::uint32_t r = 20480; r <= 24575; r += 3) {
      const LevelMatch m = level(build, static_cast<std::uint16_t>(r));
      const Date now = m.month.value_or(Date{});
      CHECK(now >= last);
      last = now;
    }
  }
}

TEST_CASE("catalog: a row that nobody confirmed tells no level") {
  const auto month_of = [](const tq::test::CatalogBuilder& b) {
    const auto c = b.compile();
    REQUIRE(!c.bytes.empty());
    return month(level_of_kernel(*Catalog::open(c.bytes), {6, 0, 6003, 20489}));
  };
  CHECK(month_of(tq::test::CatalogBuilder()) == "2019-04");
  tq::test::CatalogBuilder rumour;
  rumour.set("updates", 1, "confidence", "unconfirmed").set("updates", 1, "source", "").set("updates", 1, "retrieved", "");
  CHECK(month_of(rumour) == "none");
}
