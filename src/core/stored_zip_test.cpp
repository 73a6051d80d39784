#include "core/stored_zip.hpp"

#include <doctest/doctest.h>

namespace {

using namespace tq;

std::string zip_of(const std::vector<StoredMember>& members) {
  const auto r = write_stored_zip(members);
  REQUIRE(r);
  return *r;
}

const std::vector<StoredMember> kTwo = {{"a.txt", "123456789"}, {"b/c.txt", ""}};

}  // namespace

TEST_CASE("stored zip: what is written is read, and has the check sum that every zip program expects") {
  const std::string zip = zip_of(kTwo);
  const auto back = read_stored_members(bytes_of(zip));
  REQUIRE(back.size() == 2);
  CHECK(back[0].name == "a.txt");
  CHECK(back[0].data == "123456789");
  CHECK(back[1].name == "b/c.txt");
  CHECK(zip.substr(14, 4) == "\x26\x39\xF4\xCB");  // CRC-32 of "123456789" is CBF43926
  CHECK(zip == zip_of(kTwo));
}

TEST_CASE("stored zip: a cut at any length loses members from the end, never more") {
  const std::string zip = zip_of(kTwo);
  for (std::size_t n = 0; n <= zip.size(); ++n) {
    const auto back = read_stored_members(bytes_of(std::string_view(zip).substr(0, n)));
    CHECK(back.size() <= 2);
    if (n < zip.size()) CHECK(zip_of(back) != zip.substr(0, n));
  }
}

TEST_CASE("stored zip: sizes at their limits are no reason to read past the end") {
  const std::string zip = zip_of(kTwo);
  for (const std::size_t field : {18u, 22u, 26u, 28u})
    for (const char value : {'\0', '\1', '\xFF'}) {
      std::string bad = zip;
      bad.replace(field, 2, 2, value);
      const auto back = read_stored_members(bytes_of(bad));
      for (const auto& m : back) CHECK(m.data.size() <= zip.size());
    }
}
