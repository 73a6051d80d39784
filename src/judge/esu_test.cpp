// What the road past 2020-01 needs, as far as packages tell.
#include <doctest/doctest.h>

#include "judge/judge.hpp"
#include "tests/support/made_facts.hpp"

namespace {

using tq::FileVersion;
using tq::model::Facts;
using tq::model::Tri;

constexpr std::uint32_t kSha2 = 4474419;
constexpr FileVersion kRelease{6, 0, 6002, 18005};

/// A server that has the SHA-2 update in this release of it and nothing that asks for it.
Facts with_sha2(FileVersion package) {
  Facts f = tq::test::read_server(kRelease);
  tq::test::add_package(f, kSha2);
  f.packages.back().version = package;
  return f;
}

Tri sha2(const Facts& f) { return tq::judge::judge(f, tq::test::knowledge(), {}).esu.sha2; }

}  // namespace

TEST_CASE("judge: only the last release of the SHA-2 update is what later updates need") {
  CHECK(sha2(with_sha2({6, 0, 1, 2})) == Tri::no);
  CHECK(sha2(with_sha2({6, 0, 3, 65535})) == Tri::no);
  CHECK(sha2(with_sha2({6, 0, 4, 0})) == Tri::yes);
  CHECK(sha2(with_sha2({6, 0, 5, 0})) == Tri::yes);
  // A list names the update and not its release.
  Facts listed = tq::test::read_server(kRelease);
  listed.hotfixes.push_back({kSha2, "qfe", {}, true, "x"});
  CHECK(sha2(listed) == Tri::no);
  listed.packages_read = Tri::unknown;
  CHECK(sha2(listed) == Tri::unknown);
}

TEST_CASE("judge: an update that was installed shows that SHA-2 support was there, whatever release is registered") {
  Facts f = with_sha2({6, 0, 1, 2});
  tq::test::add_package(f, 5073697);
  CHECK(sha2(f) == Tri::yes);
}
