#include "format/regf/hive.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_dump.hpp"
#include "tests/support/hive_writer.hpp"

using namespace tq::format::regf;
using tq::FileTime;
using tq::test::HiveBuilder;
using Blob = std::vector<std::byte>;

namespace {

Hive open(Blob bytes) {
  auto h = Hive::open(std::move(bytes));
  REQUIRE_MESSAGE(h.has_value(), h.error().text());
  return std::move(h).value();
}

Blob pattern(std::size_t n) {
  Blob out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::byte>(i * 31 + i / 251);
  return out;
}

HiveBuilder sample() {
  HiveBuilder b("SOFTWARE");
  b.sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "6002")
      .dword("Microsoft\\Windows NT\\CurrentVersion", "UBR", 20489)
      .qword("Microsoft", "Ticks", 0x1122334455667788)
      .multi("Microsoft", "List", {"one", "two"})
      .expand("Microsoft", "Path", "%SystemRoot%\\x")
      .sz("Microsoft", "", "the default")
      .binary("Microsoft", "Big", pattern(40000))
      .sz("Gr\xC3\xB6\xC3\x9F"
          "e",
          "\xC3\x9Cmlaut", "\xE2\x82\xAC")
      .sz("\xD0\x9A\xD0\xBB\xD1\x8E\xD1\x87", "\xD0\xB8\xD0\xBC\xD1\x8F", "x")
      .class_name("Microsoft", "A class")
      .sz("Wow6432Node\\Microsoft", "Where", "32");
  return b;
}

}  // namespace

TEST_CASE("regf: builder hive gives back every kind of value") {
  const Hive h = open(sample().build());
  CHECK_FALSE(h.dirty());
  CHECK(h.log().state == LogState::none);
  CHECK(h.file_name() == "SOFTWARE");
  CHECK(h.minor_version() == 5);
  CHECK(h.seq1() == h.seq2());
  CHECK(h.last_written().text() == "2020-01-14T00:00:00Z");
  const auto cv = h.find("microsoft\\WINDOWS nt\\currentversion");
  REQUIRE(cv);
  CHECK(cv->name() == "CurrentVersion");
  CHECK(cv->value("currentbuildnumber")->text() == "6002");
  CHECK(cv->value("UBR")->dword() == 20489u);
  CHECK_FALSE(cv->value("UBR")->text());
  CHECK_FALSE(cv->value("absent"));
  const auto ms = h.find("\\Microsoft\\");
  REQUIRE(ms);
  CHECK(ms->class_name() == "A class");
  CHECK(ms->value("Ticks")->qword() == 0x1122334455667788u);
  CHECK(ms->value("List")->multi_text() == std::vector<std::string>{"one", "two"});
  CHECK(ms->value("Path")->text() == "%SystemRoot%\\x");
  CHECK(ms->value("")->text() == "the default");
  CHECK(*ms->value("Big")->data() == pattern(40000));
  CHECK(ms->value("Big")->size() == 40000);
}

TEST_CASE("regf: names beyond ASCII, Latin-1 and UTF-16, any case") {
  const Hive h = open(sample().build());
  const auto k = h.find(
      "gR\xC3\x96\xC3\x9F"
      "E");
  REQUIRE(k);
  CHECK(k->name() ==
        "Gr\xC3\xB6\xC3\x9F"
        "e");
  CHECK(k->value("\xC3\xBCMLAUT")->text() == "\xE2\x82\xAC");
  const auto cyrillic = h.find("\xD0\x9A\xD0\x9B\xD0\xAE\xD0\xA7");
  REQUIRE(cyrillic);
  CHECK(cyrillic->value("\xD0\x98\xD0\x9C\xD0\xAF"));
}

TEST_CASE("regf: walk counts, paths and order") {
  HiveBuilder b;
  b.dword("b\\x", "v", 1).key("a").key("b\\c").dword("", "top", 2);
  const Hive h = open(b.build());
  struct Seen {
    std::vector<std::string> keys, values;
    void key(std::string_view p, const Key&) { keys.emplace_back(p); }
    void value(std::string_view p, const Key&, const Value& v) { values.push_back(std::string(p) + ":" + v.name()); }
  } seen;
  const WalkStats s = h.walk(seen);
  CHECK(seen.keys == std::vector<std::string>{"", "a", "b", "b\\c", "b\\x"});
  CHECK(seen.values == std::vector<std::string>{":top", "b\\x:v"});
  CHECK(s.keys == 5);
  CHECK(s.values == 2);
  CHECK(s.lost.empty());
}

TEST_CASE("regf: every list kind and lists of lists find every child") {
  for (const auto kind : {HiveBuilder::Lists::lh, HiveBuilder::Lists::lf, HiveBuilder::Lists::li}) {
    HiveBuilder b;
    b.lists(kind);
    for (int i = 0; i < 1300; ++i) b.dword("many\\Key" + std::to_string(i * 7919 % 1300), "n", static_cast<std::uint32_t>(i));
    const Hive h = open(b.build());
    const auto many = h.find("many");
    REQUIRE(many);
    CHECK(many->subkeys().size() == 1300);
    for (int i = 0; i < 1300; i += 13) CHECK(many->child("kEY" + std::to_string(i)));
    CHECK_FALSE(many->child("Key1300"));
    CHECK(h.count().lost.empty());
  }
}

TEST_CASE("regf: a wrong hash or a wrong order does not hide a key") {
  HiveBuilder b;
  for (const char* n : {"alpha", "beta", "gamma", "delta"}) b.dword(n, "v", 1);
  Blob bytes = b.build();
  const std::string needle = "lh\x04";
  const auto at = std::search(bytes.begin() + 4096, bytes.end(), needle.begin(), needle.end(),
                              [](std::byte x, char y) { return x == static_cast<std::byte>(y); });
  REQUIRE(at != bytes.end());
  const auto p = static_cast<std::size_t>(at - bytes.begin());
  for (std::size_t i = 0; i < 4; ++i) bytes[p + 8 + 8 * i] ^= std::byte{0xFF};
  CHECK(open(bytes).find("GAMMA"));
  bytes[p + 1] = std::byte{'f'};
  std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(p) + 4, bytes.begin() + static_cast<std::ptrdiff_t>(p) + 8,
                   bytes.begin() + static_cast<std::ptrdiff_t>(p) + 28);
  for (const char* n : {"alpha", "beta", "gamma", "delta"}) CHECK(open(bytes).find(n));
}

TEST_CASE("regf: CurrentControlSet is resolved through Select") {
  HiveBuilder b("SYSTEM");
  b.dword("Select", "Current", 2).sz("ControlSet002\\Control", "Which", "two").sz("ControlSet001\\Control", "Which", "one");
  const Hive h = open(b.build());
  CHECK(h.find("currentcontrolset\\Control")->value("Which")->text() == "two");
  HiveBuilder none("SYSTEM");
  none.sz("ControlSet001\\Control", "Which", "one");
  CHECK_FALSE(open(none.build()).find("CurrentControlSet\\Control"));
}

TEST_CASE("regf: symbolic links inside the hive, loops and foreign targets") {
  HiveBuilder b("\\SystemRoot\\System32\\Config\\SYSTEM");
  b.sz("ControlSet001\\Hardware", "v", "there")
      .link("CurrentControlSet", "\\Registry\\Machine\\SYSTEM\\ControlSet001")
      .link("loop", "\\Registry\\Machine\\System\\loop\\x")
      .link("other", "\\Registry\\Machine\\SOFTWARE\\ControlSet001")
      .key("loop\\x");
  const Hive h = open(b.build());
  CHECK(h.find("CurrentControlSet\\Hardware")->value("v")->text() == "there");
  CHECK_FALSE(h.find("loop"));
  CHECK_FALSE(h.find("other"));
  REQUIRE(h.root()->child("other"));
  CHECK(h.root()->child("other")->is_link());
}

TEST_CASE("regf: keys and values stay good when the hive is moved") {
  Hive a = open(sample().build());
  const auto key = a.find("Microsoft");
  const Hive b = std::move(a);
  CHECK(key->value("")->text() == "the default");
}

TEST_CASE("regf: values of the wrong size are not read as numbers") {
  HiveBuilder b;
  b.raw("k", "short", 4, Blob(3))
      .raw("k", "long", 4, Blob(5))
      .raw("k", "q", 11, Blob(4))
      .raw("k", "odd", 1, Blob{std::byte{'A'}, {}, std::byte{'B'}});
  b.raw("k", "big-endian", 5, Blob{{}, {}, std::byte{1}, std::byte{2}}).raw("k", "empty", 1, {}).raw("k", "multi", 7, {});
  const Hive h = open(b.build());
  const auto k = *h.find("k");
  CHECK_FALSE(k.value("short")->dword());
  CHECK_FALSE(k.value("long")->dword());
  CHECK_FALSE(k.value("q")->qword());
  CHECK(k.value("odd")->text() == "A");
  CHECK(k.value("big-endian")->dword() == 258u);
  CHECK(k.value("empty")->text() == "");
  CHECK(k.value("multi")->multi_text()->empty());
}

TEST_CASE("regf: the same calls give the same bytes") { CHECK(sample().build() == sample().build()); }

TEST_CASE("regf: big data needs a version above 3") {
  HiveBuilder b;
  b.binary("k", "v", pattern(16345));
  for (const std::uint32_t version : {3u, 5u}) {
    const Hive h = open(b.minor_version(version).build());
    CHECK(*h.find("k")->value("v")->data() == pattern(16345));
  }
  Blob bytes = b.minor_version(5).build();
  tq::test::put32(bytes, 24, 3);
  tq::test::fix_checksum(bytes);
  const Hive old = open(bytes);
  const auto data = old.find("k")->value("v")->data();
  REQUIRE_FALSE(data);
  CHECK(data.error().code == tq::ErrorCode::corrupt);
  REQUIRE(old.count().lost.size() == 1);
  CHECK(old.count().lost[0].offset == old.find("k")->value("v")->offset());
}
