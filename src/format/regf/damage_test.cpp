// Hives with one part destroyed: what is left must be read, what is lost must be named.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "format/regf/hive.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_dump.hpp"
#include "tests/support/hive_writer.hpp"

using namespace tq::format::regf;
using tq::test::HiveBuilder;
using tq::test::put32;
using Blob = std::vector<std::byte>;

namespace {

Blob sample() {
  HiveBuilder b("SYSTEM");
  b.sz("A\\B", "v", "text").dword("A\\C", "n", 7).binary("D", "big", Blob(20000, std::byte{9})).sz("E", "", "d").class_name("E", "cls");
  return b.build();
}

/// File offset of the cell whose content starts with `sig` and holds `name`.
std::size_t cell_of(const Hive& h, std::string_view path) { return static_cast<std::size_t>(h.find(path)->offset()); }

bool names(const WalkStats& s, std::string_view what) {
  return std::any_of(s.lost.begin(), s.lost.end(), [&](const Loss& l) { return l.what.find(what) != std::string::npos; });
}

}  // namespace

TEST_CASE("regf: not a hive") {
  CHECK_FALSE(Hive::open({}));
  CHECK_FALSE(Hive::open(Blob(100000)));
  const auto r = Hive::open(Blob(64, std::byte{'r'}));
  REQUIRE_FALSE(r);
  CHECK(r.error().code == tq::ErrorCode::unsupported);
  CHECK(r.error().place == "regf.base_block.signature");
}

TEST_CASE("regf: truncation at every 64 bytes never crashes and names the loss") {
  const Blob whole = sample();
  const std::size_t keys = Hive::open(whole)->key_count();
  for (std::size_t n = 0; n < whole.size(); n += 64) {
    const auto h = Hive::open(Blob(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
    if (!h) {
      CHECK(n < 4096 + 32);
      continue;
    }
    const WalkStats s = h->count();
    CHECK(s.keys <= keys);
    CHECK(s.lost_total > 0);
  }
}

TEST_CASE("regf: a ruined base block costs the header, not the tree") {
  Blob bytes = sample();
  std::fill(bytes.begin(), bytes.begin() + 4096, std::byte{});
  const auto h = Hive::open(bytes);
  REQUIRE(h);
  CHECK(h->dirty());
  CHECK(h->log().state == LogState::missing);
  REQUIRE(h->find("A\\B"));
  CHECK(h->find("A\\B")->value("v")->text() == "text");
  CHECK(names(h->count(), "base block"));
}

TEST_CASE("regf: a lost root leaves orphan trees") {
  Blob bytes = sample();
  bytes[4096 + 32 + 4] = std::byte{'x'};
  const auto h = Hive::open(bytes);
  REQUIRE(h);
  CHECK_FALSE(h->root());
  CHECK_FALSE(h->find("A"));
  const auto roots = h->orphan_roots();
  REQUIRE(roots.size() == 3);
  CHECK(roots[0].name() == "A");
  CHECK(roots[0].child("B")->value("v")->text() == "text");
  const auto lines = tq::test::dump_lines(*h);
  CHECK(lines.size() == 5 + 4);
  CHECK(lines[0].starts_with("{orphan 0x"));
  CHECK(names(h->count(), "root key unreadable"));
}

TEST_CASE("regf: one lost key costs that key; what hung below it comes as an orphan") {
  const Blob whole = sample();
  Blob bytes = whole;
  bytes[cell_of(*Hive::open(whole), "A") + 4] = std::byte{0};
  const auto h = Hive::open(bytes);
  REQUIRE(h);
  CHECK_FALSE(h->find("A"));
  CHECK(h->find("E")->value("")->text() == "d");
  const WalkStats s = h->count();
  CHECK(s.keys == 5);
  CHECK(s.values == 4);
  CHECK(names(s, "subkey of \"\" unreadable"));
}

TEST_CASE("regf: a free cell is no key and no value, whatever still lies in it") {
  const Blob whole = sample();
  const Hive h = *Hive::open(whole);
  const auto freed = [&](std::size_t cell) {
    Blob bytes = whole;
    std::int32_t size = 0;
    std::memcpy(&size, bytes.data() + cell, sizeof size);
    REQUIRE(size < 0);
    put32(bytes, cell, static_cast<std::uint32_t>(-size));
    return *Hive::open(bytes);
  };
  const Hive no_key = freed(cell_of(h, "A\\B"));
  CHECK_FALSE(no_key.find("A\\B"));
  CHECK(no_key.find("A\\C"));
  CHECK(names(no_key.count(), "subkey of"));
  const Hive no_value = freed(static_cast<std::size_t>(h.find("A\\B")->value("v")->offset()));
  REQUIRE(no_value.find("A\\B"));
  CHECK_FALSE(no_value.find("A\\B")->value("v"));
}

TEST_CASE("regf: a key that lists itself or its parent ends the walk") {
  const Blob whole = sample();
  const Hive h = *Hive::open(whole);
  const std::size_t a = cell_of(h, "A"), b = cell_of(h, "A\\B");
  Blob bytes = whole;
  // B takes the subkey list of the root, which names A again.
  put32(bytes, b + 4 + 20, 3);
  std::copy_n(whole.begin() + 4096 + 32 + 4 + 28, 4, bytes.begin() + static_cast<std::ptrdiff_t>(b) + 4 + 28);
  (void)a;
  const auto looped = Hive::open(bytes);
  REQUIRE(looped);
  const WalkStats s = looped->count();
  CHECK(s.keys == 6 + 3);
  CHECK(names(s, "met before"));
}

TEST_CASE("regf: each field of a key and of a value at 0, 1 and its maximum") {
  const Blob whole = sample();
  const Hive h = *Hive::open(whole);
  const std::size_t cells[] = {cell_of(h, "A"), cell_of(h, "A\\B"), cell_of(h, "D"),
                               static_cast<std::size_t>(h.find("A\\B")->value("v")->offset()),
                               static_cast<std::size_t>(h.find("D")->value("big")->offset())};
  for (const std::size_t cell : cells) {
    for (std::size_t at = 0; at < 80; at += 2) {
      for (const std::uint32_t v : {0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
        Blob bytes = whole;
        put32(bytes, cell + at, v);
        const auto damaged = Hive::open(bytes);
        REQUIRE(damaged);
        const auto lines = tq::test::dump_lines(*damaged);
        CHECK(lines.size() >= 4);
        (void)damaged->find("A\\B\\x");
      }
    }
  }
}

TEST_CASE("regf: base block fields at 0, 1 and their maximum, checksum right") {
  const Blob whole = sample();
  for (std::size_t at = 4; at < 48; at += 4) {
    for (const std::uint32_t v : {0u, 1u, 0x1000u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
      Blob bytes = whole;
      put32(bytes, at, v);
      tq::test::fix_checksum(bytes);
      const auto h = Hive::open(bytes);
      REQUIRE(h);
      CHECK(h->key_count() >= (at == 40 && v == 0x1000 ? 1u : 6u));
    }
  }
}

TEST_CASE("regf: lists that share one another do not multiply the walk") {
  // Every key below "k" points at one list of 400 subkeys: 400 x 400 listings, and below each of them again.
  HiveBuilder b;
  for (int i = 0; i < 400; ++i) b.key("k\\s" + std::to_string(i));
  Blob bytes = b.build();
  const Hive h = *Hive::open(bytes);
  const std::size_t k = cell_of(h, "k");
  Blob list(bytes.begin() + static_cast<std::ptrdiff_t>(k) + 4 + 20, bytes.begin() + static_cast<std::ptrdiff_t>(k) + 4 + 32);
  for (const Key& s : h.find("k")->subkeys())
    std::copy(list.begin(), list.end(), bytes.begin() + static_cast<std::ptrdiff_t>(s.offset()) + 24);
  const WalkStats s = Hive::open(bytes)->count();
  CHECK(s.keys >= 402);
  CHECK(s.keys <= bytes.size() / 12 + 64);
  CHECK(s.lost_total > 0);
}
