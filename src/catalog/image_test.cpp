#include "catalog/image.hpp"

#include <doctest/doctest.h>

#include <random>

#include "catalog/level.hpp"
#include "tests/support/catalog_builder.hpp"
#include "tests/support/catalog_walk.hpp"

using namespace tq;
using namespace tq::catalog;
using tq::test::sealed;

namespace {

std::vector<std::byte> good() {
  auto c = test::CatalogBuilder().compile();
  REQUIRE(c.problems.empty());
  return c.bytes;
}

std::string why(const std::vector<std::byte>& bytes) {
  const auto c = Catalog::open(bytes_of(bytes));
  return c ? "opened" : c.error().place;
}

void put32(std::vector<std::byte>& b, std::size_t at, std::uint32_t v) {
  for (std::size_t i = 0; i < 4; ++i) b[at + i] = static_cast<std::byte>(v >> (8 * i));
}

std::uint32_t get32(const std::vector<std::byte>& b, std::size_t at) { return *bytes_of(b).try_get<le32>(at); }

/// Position of the directory entry of a table.
std::size_t entry(const std::vector<std::byte>& b, TableId id) {
  for (std::size_t at = sizeof(FileHeader);; at += sizeof(DirectoryEntry))
    if (get32(b, at) == static_cast<std::uint32_t>(id)) return at;
}

/// Position of a word of the first row of a table.
std::size_t word(const std::vector<std::byte>& b, TableId id, std::size_t n) { return get32(b, entry(b, id) + 12) + 4 * n; }

/// Whatever opens is read to its last field; the sanitizers look on.
bool opens_and_walks(const std::vector<std::byte>& bytes) {
  const auto c = Catalog::open(bytes_of(bytes));
  if (!c) {
    CHECK_FALSE(c.error().text().empty());
    return false;
  }
  CHECK_FALSE(test::walk(*c).empty());
  CHECK_FALSE(level_of_kernel(*c, FileVersion{6, 0, 6003, 21192}).why.empty());
  return true;
}

}  // namespace

TEST_CASE("catalog file: a header that is not ours is refused by name") {
  auto b = good();
  CHECK(why(b) == "opened");
  b[0] = std::byte{'X'};
  CHECK(why(b) == "catalog.magic");
  b = good();
  put32(b, offsetof(FileHeader, version), kFormatVersion + 1);
  CHECK(why(b) == "catalog.version");
  b = good();
  b[offsetof(FileHeader, reserved)] = std::byte{1};
  CHECK(why(b) == "catalog.reserved");
  b = good();
  b.push_back(std::byte{0});
  CHECK(why(b) == "catalog.file_size");
  b = good();
  b.back() ^= std::byte{1};
  CHECK(why(b) == "catalog.sha256");
  CHECK(why({}) == "catalog.header");
}

TEST_CASE("catalog file: cut at any length it is refused") {
  const auto b = good();
  for (std::size_t n = 0; n < b.size(); ++n) {
    std::vector<std::byte> cut(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE(Catalog::open(bytes_of(cut)));
    if (n % 7 == 0) opens_and_walks(sealed(cut));
  }
}

TEST_CASE("catalog file: any changed byte is refused") {
  const auto b = good();
  for (std::size_t i = 0; i < b.size(); ++i) {
    auto changed = b;
    changed[i] ^= std::byte{0x5A};
    CHECK_FALSE(Catalog::open(bytes_of(changed)));
  }
}

TEST_CASE("catalog file: each word set to 0, 1 and all ones under a true hash is refused or read safely") {
  const auto b = good();
  std::size_t refused = 0;
  for (std::size_t at = offsetof(FileHeader, table_count); at + 4 <= b.size(); at += 4) {
    if (at >= offsetof(FileHeader, file_size) && at < sizeof(FileHeader)) continue;
    for (std::uint32_t v : {0U, 1U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
      auto changed = b;
      put32(changed, at, v);
      if (!opens_and_walks(sealed(std::move(changed)))) ++refused;
    }
  }
  CHECK(refused > 500);
}

TEST_CASE("catalog file: random changes under a true hash are refused or read safely") {
  const auto b = good();
  std::mt19937 random(20190409);
  for (int round = 0; round < 2000; ++round) {
    auto changed = b;
    for (int i = 0; i < 4; ++i) changed[random() % changed.size()] = static_cast<std::byte>(random());
    opens_and_walks(sealed(std::move(changed)));
  }
}

TEST_CASE("catalog file: what points outside is refused with its place") {
  const auto refuse = [](TableId id, std::size_t n, std::uint32_t v, const char* place) {
    auto b = good();
    put32(b, word(b, id, n), v);
    CHECK(why(sealed(b)) == place);
  };
  const auto refuse_cell = [&](const char* column, std::uint32_t v) {
    refuse(TableId::updates, word_of(TableId::updates, column), v, (std::string("catalog.updates[0].") + column).c_str());
  };
  refuse_cell("release_date", 20190230);
  refuse_cell("kind", kCount<UpdateKind>);
  refuse_cell("title", 0x00FFFFFF);
  refuse_cell("arches", 32);
  refuse_cell("version_basis", 5);
  refuse_cell("supersedes", 0x00FFFFFF);
  refuse_cell("provenance", 0x00FFFFFF);
  refuse(TableId::fixes, 0, 4, "catalog.fixes[0].update");
  refuse(TableId::fixes, 1, 2, "catalog.fixes[0].product");
  refuse(TableId::fixes, word_of(TableId::fixes, "set"), 2, "catalog.fixes[0].set");
  refuse(TableId::update_links, 1, 0xFFFFFFFF, "catalog.table[6][0]");
  refuse(TableId::product_links, 1, 0xFFFF, "catalog.table[8][0]");
  refuse(TableId::product_links, 0, 0xFFFFFFFF, "catalog.table[8][0]");  // begins so far out that its end is inside again
  refuse(TableId::set_links, 1, 0xFFFF, "catalog.table[9][0]");
  refuse(TableId::cve_links, 1, 0xFFFF, "catalog.table[12][0]");
  refuse(TableId::fixes_by_product, 0, 3, "catalog.table[7][0]");
  refuse(TableId::set_members, 0, 3, "catalog.table[10][0]");
  refuse(TableId::fixes_by_set, 0, 3, "catalog.table[11][0]");
  refuse(TableId::sets_of_cves, 0, 2, "catalog.table[13][0]");
  refuse(TableId::provenances, 2, 4, "catalog.provenances[0]");
  refuse(TableId::updates, 0, 1000009, "catalog.kb_index[0]");
  refuse(TableId::kb_index, 1, 4, "catalog.kb_index[0]");
  refuse(TableId::kb_index, 0, 1000002, "catalog.kb_index[0]");
  refuse(TableId::groups, 1, 0xFFFFFFFF, "catalog.groups[0]");
  refuse(TableId::beliefs, 3, 4, "catalog.beliefs[0].verdict");
}

TEST_CASE("catalog file: a directory that lies is refused") {
  const auto refuse = [](TableId id, std::size_t field, std::uint32_t v, const char* place) {
    auto b = good();
    put32(b, entry(b, id) + field, v);
    CHECK(why(sealed(b)) == place);
  };
  refuse(TableId::updates, 0, 99, "catalog.table.updates");
  refuse(TableId::updates, 0, 16, "catalog.table[16]");
  refuse(TableId::updates, 4, 3, "catalog.table[17].row_words");
  refuse(TableId::updates, 4, 0, "catalog.table[17].row_words");
  refuse(TableId::updates, 4, 1000, "catalog.table[17].row_words");
  refuse(TableId::updates, 8, 0xFFFFFFFF, "catalog.table[17]");
  refuse(TableId::updates, 8, 3, "catalog.kb_index");
  refuse(TableId::updates, 12, 0xFFFFFFF0, "catalog.table[17]");
  refuse(TableId::strings, 0, 98, "catalog.table[1]");
  refuse(TableId::strings, 4, 1, "catalog.table[1]");
  refuse(TableId::groups, 4, 1, "catalog.table[3].row_words");
  auto b = good();
  put32(b, offsetof(FileHeader, table_count), 300);
  CHECK(why(sealed(b)) == "catalog.table_count");
}

TEST_CASE("catalog file: tables and columns of a later program are passed over") {
  auto b = good();
  const std::size_t old = entry(b, TableId::exposure_cves);
  const std::uint32_t start = get32(b, old + 12), words = get32(b, old + 4);
  // The row once more at the end, one word wider, and the directory entry pointing there.
  const auto at = static_cast<std::uint32_t>(b.size());
  for (std::uint32_t i = 0; i < words * 4; ++i) b.push_back(b[start + i]);
  b.insert(b.end(), 4, std::byte{0x77});
  put32(b, old + 4, words + 1);
  put32(b, old + 12, at);
  b = sealed(b);
  const auto c = Catalog::open(b);
  REQUIRE(c);
  CHECK(c->exposure_cves()[0].exposure == "smb1");
  CHECK(c->exposure_cves()[0].confidence == Confidence::high);
}

TEST_CASE("catalog: a copy of an owned catalog outlives the original") {
  std::optional<Catalog> copy;
  {
    auto c = Catalog::open(good());
    REQUIRE(c);
    copy = *c;
  }
  CHECK(copy->find_kb(1000004)->title == "August");
}
