#include "io/window.hpp"

#include <doctest/doctest.h>

#include <cstring>

using namespace tq;
using Blob = std::vector<std::byte>;

namespace {

Blob counted(std::size_t n, std::size_t from = 0) {
  Blob b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::byte>((from + i) * 7 / 3);
  return b;
}
std::shared_ptr<const io::ByteSource> source(Blob b) { return io::from_memory(std::move(b)); }

void same(const io::ByteSource& found, const Blob& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t at = 0; at <= wanted.size() + 3; at += 13)
    for (const std::size_t n : {0U, 1U, 16U, 63U, 64U, 65U, 500U}) {
      Blob out(n, std::byte{0xEE});
      const auto got = found.read_at(at, out);
      REQUIRE(got);
      const std::size_t there = at >= wanted.size() ? 0 : std::min(n, wanted.size() - at);
      REQUIRE(*got == there);
      if (there != 0) CHECK(std::memcmp(out.data(), wanted.data() + at, there) == 0);
    }
}

/// Counts what reaches it, and fails from one offset on.
class Counting final : public io::ByteSource {
 public:
  mutable int reads = 0;
  [[nodiscard]] std::uint64_t size() const override { return 1000; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    ++reads;
    if (offset >= 512) return Error{ErrorCode::io, "test", "bytes", "a bad sector", offset};
    const std::size_t n = std::min<std::size_t>(out.size(), 1000 - offset);
    std::memset(out.data(), 0x11, n);
    return n;
  }
};

}  // namespace

TEST_CASE("io: a window shows its part, and no more than is there") {
  const Blob all = counted(1000);
  same(*io::window(source(all), 100, 300), Blob(all.begin() + 100, all.begin() + 400));
  same(*io::window(source(all), 900, 300), Blob(all.begin() + 900, all.end()));
  same(*io::window(source(all), 1000, 1), {});
  same(*io::window(source(all), ~std::uint64_t{0}, ~std::uint64_t{0}), {});
  same(*io::window(source(all), 0, ~std::uint64_t{0}), all);
}

TEST_CASE("io: joined parts read as one, empty ones among them") {
  same(*io::join({source(counted(100)), source({}), source(counted(1, 100)), source(counted(399, 101))}), counted(500));
  same(*io::join({}), {});
}

TEST_CASE("io: a cached source is the same, and asks once for a page") {
  const Blob all = counted(1000);
  same(*io::cached(source(all), 64, 4), all);
  same(*io::cached(source(all), 64, 0), all);
  const auto counting = std::make_shared<Counting>();
  const auto cached = io::cached(counting, 64, 4);
  Blob out(4);
  for (int i = 0; i < 16; ++i) REQUIRE(cached->read_at(static_cast<std::uint64_t>(4 * i), out));
  CHECK(counting->reads == 1);
  CHECK_FALSE(cached->read_at(600, out));
  CHECK_FALSE(cached->read_at(600, out));  // an error is not remembered as a page
  CHECK(counting->reads == 3);
}

TEST_CASE("io: reading exactly names what is missing") {
  Blob out(10);
  CHECK(io::read_exactly(*source(counted(10)), 0, out, "x"));
  const auto r = io::read_exactly(*source(counted(10)), 5, out, "x.y");
  REQUIRE_FALSE(r);
  CHECK(r.error().text() == "x.y at 0x5: wanted 10 bytes, found 5 bytes");
}
