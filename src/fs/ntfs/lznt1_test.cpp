#include "fs/ntfs/lznt1.hpp"

#include <doctest/doctest.h>

#include "tests/support/ntfs_builder.hpp"

using Blob = std::vector<std::byte>;

namespace {
Blob bytes(std::initializer_list<unsigned> v) {
  Blob b;
  for (const unsigned x : v) b.push_back(static_cast<std::byte>(x));
  return b;
}
}  // namespace

TEST_CASE("lznt1: the example of [MS-XCA]") {
  // "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E F# G F# E D E A F# F# G A A G F# E D D E
  // F# E D D"
  const Blob packed =
      bytes({0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47, 0x01, 0xa0, 0x45, 0x20, 0x44,
             0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20, 0x05, 0x24, 0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef,
             0x03, 0x58, 0x02, 0x8c, 0x09, 0x16, 0x01, 0x48, 0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00});
  Blob out(200);
  REQUIRE(tq::fs::ntfs::lznt1(tq::bytes_of(packed), out));
  const std::string text(reinterpret_cast<const char*>(out.data()));  // zeros follow
  CHECK(text ==
        "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E F# G F# E D E A F# F# G A A G F# E D "
        "D E F# E D D");
}

TEST_CASE("lznt1: what the builder packs comes back, cut and mutated bytes give an error or zeros") {
  for (const auto& plain : {tq::test::prose(65536, 1), tq::test::noise(65536, 2), Blob(65536), tq::test::prose(5000, 3)}) {
    const Blob packed = tq::test::lznt1_pack(plain);
    Blob out(plain.size(), std::byte{7});
    REQUIRE(tq::fs::ntfs::lznt1(tq::bytes_of(packed), out));
    CHECK(out == plain);
    for (std::size_t n = 0; n < packed.size(); n += packed.size() / 50 + 1)
      static_cast<void>(tq::fs::ntfs::lznt1(tq::Bytes(std::span(packed).first(n)), out));
    Blob bad = packed;
    for (std::size_t i = 0; i < bad.size(); i += 97) bad[i] ^= std::byte{0x5A};
    static_cast<void>(tq::fs::ntfs::lznt1(tq::bytes_of(bad), out));
  }
}

TEST_CASE("lznt1: a copy from before the chunk, a wrong header and a chunk that is too long are named") {
  Blob out(4096);
  const auto refused = [&](const Blob& b) {
    const auto r = tq::fs::ntfs::lznt1(tq::bytes_of(b), out);
    return !r && r.error().code == tq::ErrorCode::corrupt;
  };
  CHECK(refused(bytes({0x02, 0xB0, 0x01, 0x00, 0x00})));
  CHECK(refused(bytes({0x02, 0xB0, 0x02, 0x41, 0x00, 0x10})));
  CHECK(refused(bytes({0x02, 0x80, 0x00, 0x41, 0x42})));
  CHECK(refused(bytes({0xFF, 0xB0, 0x00})));
  CHECK(tq::fs::ntfs::lznt1(tq::Bytes{}, out));
}
