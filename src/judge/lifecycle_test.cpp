// Ends of support by the day, and which of two updates holds the other.
#include <doctest/doctest.h>

#include "judge/states.hpp"

using namespace tq;

namespace {

judge::Entry rollup(Date released, std::optional<FileVersion> kernel) {
  judge::Entry e;
  e.update.kind = catalog::UpdateKind::monthly_rollup;
  e.update.released = released;
  e.update.version = kernel;
  e.update.basis = kernel ? catalog::VersionBasis::kernel : catalog::VersionBasis::none;
  return e;
}

std::string state_on(const Date& day) {
  static const judge::Knowledge kKnowledge(*catalog::Catalog::embedded());
  model::Facts f;
  f.identity.nt_version = "6.0";
  f.identity.product_type = "server";
  f.identity.arch = "x64";
  f.software.push_back({"internet_explorer", "8", "8.0.6001.18702", "x"});
  judge::Options o;
  o.as_of = day;
  const auto v = judge::judge(f, kKnowledge, o);
  REQUIRE(v.lifecycle.software.size() == 1);
  CHECK(v.lifecycle.software[0].end == "2016-01-12");
  return v.lifecycle.software[0].state;
}

}  // namespace

TEST_CASE("judge: support ends behind its last day") {
  CHECK(state_on({2016, 1, 11}) == "supported");
  CHECK(state_on({2016, 1, 12}) == "supported");
  CHECK(state_on({2016, 1, 13}) == "ended");
}

TEST_CASE("judge: of two rollups the one with the higher kernel holds the other, by the day only where no kernel tells") {
  const auto first = rollup({2019, 4, 9}, FileVersion{6, 0, 6003, 20489});
  // Released later with the older kernel: a line that was taken up again.
  const auto later = rollup({2019, 4, 25}, FileVersion{6, 0, 6003, 20480});
  CHECK(judge::holds(first, later));
  CHECK_FALSE(judge::holds(later, first));
  const auto other_build = rollup({2019, 3, 12}, FileVersion{6, 0, 6002, 24565});
  CHECK(judge::holds(first, other_build));
  CHECK_FALSE(judge::holds(other_build, first));
  const auto no_kernel = rollup({2019, 5, 14}, std::nullopt);
  CHECK(judge::holds(no_kernel, first));
  CHECK_FALSE(judge::holds(first, no_kernel));
  auto excepted = later;
  excepted.update.order_exception = "the row says why";
  CHECK(judge::holds(excepted, first));
}
