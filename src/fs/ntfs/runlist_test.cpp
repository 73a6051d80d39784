#include "fs/ntfs/runlist.hpp"

#include <doctest/doctest.h>

#include "fs/ntfs/bounds.hpp"

using tq::fs::ntfs::kHole;
using tq::fs::ntfs::Runs;
using Blob = std::vector<std::byte>;

namespace {
Blob bytes(std::initializer_list<unsigned> v) {
  Blob b;
  for (const unsigned x : v) b.push_back(static_cast<std::byte>(x));
  return b;
}
tq::Status add(Runs& r, const Blob& b, std::uint64_t first = 0, std::uint64_t volume = 1000000) {
  return r.append(tq::bytes_of(b), first, volume);
}
}  // namespace

TEST_CASE("runlist: runs, holes and steps backwards") {
  Runs r;
  // 24 clusters from 22068, 16 holes, 10 clusters 100 before.
  REQUIRE(add(r, bytes({0x21, 0x18, 0x34, 0x56, 0x01, 0x10, 0x11, 0x0A, 0x9C, 0x00})));
  CHECK(r.extents().size() == 3);
  CHECK(r.at(0)->lcn == 0x5634);
  CHECK(r.at(23)->clusters == 1);
  CHECK(r.at(24)->lcn == kHole);
  CHECK(r.at(40)->lcn == 0x5634 - 100);
  CHECK_FALSE(r.at(50));
  CHECK(r.end() == 50);
}

TEST_CASE("runlist: neighbours become one extent, a gap stays lost") {
  Runs r;
  REQUIRE(add(r, bytes({0x11, 0x08, 0x10, 0x11, 0x08, 0x08, 0x00})));
  CHECK(r.extents().size() == 1);
  REQUIRE(add(r, bytes({0x11, 0x08, 0x20, 0x00}), 100));
  CHECK_FALSE(r.at(50));
  CHECK(r.at(107)->lcn == 0x27);
}

TEST_CASE("runlist: what cannot be is refused, what came before stays") {
  struct Case {
    Blob pairs;
    tq::ErrorCode want;
  };
  const Case cases[] = {
      {bytes({0x11, 0x08, 0x10}), tq::ErrorCode::truncated},
      {bytes({0x11, 0x08, 0x10, 0x19}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x11, 0x00, 0x10, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x11, 0xFF, 0x10, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x11, 0x01, 0x80, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x41, 0x01, 0xFF, 0xFF, 0xFF, 0x7F, 0x00}), tq::ErrorCode::corrupt},
      // The last cluster of the volume, and one more.
      {bytes({0x11, 0x08, 0x10, 0x31, 0x02, 0x2F, 0x42, 0x0F, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x10, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x81, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00}), tq::ErrorCode::corrupt},
      {bytes({0x11, 0x08, 0x10, 0x99}), tq::ErrorCode::corrupt},
  };
  for (const Case& c : cases) {
    Runs r;
    const auto s = add(r, c.pairs);
    REQUIRE_FALSE(s);
    CHECK(s.error().code == c.want);
    CHECK(r.at(0)->lcn == 0x10);
  }
  Runs last;
  REQUIRE(add(last, bytes({0x11, 0x08, 0x10, 0x31, 0x01, 0x2F, 0x42, 0x0F, 0x00})));
  CHECK(last.at(8)->lcn == 999999);
}

TEST_CASE("runlist: the number of runs is bounded") {
  Blob pairs;
  for (std::size_t i = 0; i <= tq::fs::ntfs::kMaxExtents; ++i)
    for (const unsigned x : {0x11U, 1U, 2U}) pairs.push_back(static_cast<std::byte>(x));
  pairs.push_back({});
  Runs r;
  const auto s = r.append(tq::bytes_of(pairs), 0, 1U << 30);
  REQUIRE_FALSE(s);
  CHECK(s.error().code == tq::ErrorCode::limit);
}
