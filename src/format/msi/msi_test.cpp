#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

#include "format/msi/compound.hpp"
#include "format/msi/database.hpp"
#include "io/byte_source.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/msi_builder.hpp"

using namespace tq;
using format::msi::Database;
using Rows = std::vector<std::vector<std::string>>;

namespace {

test::MsiBuilder sample() {
  test::MsiBuilder m;
  m.table("Numbers", {{"Key", "s72"}, {"Short", "I2"}, {"Long", "I4"}, {"Text", "S0"}});
  m.row({"a", "-1", "70000", ""}).row({"b", "", "-5", std::string(70000, 'x')}).row({"c", "32767", "0", "é"});
  m.launch("VersionNT >= 600", "needs Vista").binary("Big.dll", std::vector<std::byte>(9000, std::byte{0x5A}));
  return m;
}

/// Everything of the database is read; what counts is that it ends and stays inside.
std::size_t walk(Bytes file) {
  const auto db = Database::open(file);
  if (!db) return 0;
  std::size_t cells = 0;
  for (const auto& name : db->tables())
    if (const auto t = db->table(name)) cells += t->rows.size() * t->columns.size();
  return cells + db->lost().size();
}

}  // namespace

TEST_CASE("msi: tables, numbers, null cells, long strings and streams are read back") {
  const auto file = sample().build();
  const auto db = Database::open(bytes_of(file));
  REQUIRE(db);
  CHECK(db->lost().empty());
  CHECK(db->tables() == std::vector<std::string>{"Numbers", "LaunchCondition", "Binary"});
  const auto t = db->table("Numbers");
  REQUIRE(t);
  CHECK(t->columns == std::vector<std::string>{"Key", "Short", "Long", "Text"});
  REQUIRE(t->rows.size() == 3);
  CHECK(t->rows[0] == std::vector<std::string>{"a", "-1", "70000", ""});
  CHECK(t->rows[1][1].empty());
  CHECK(t->rows[1][2] == "-5");
  CHECK((t->rows[1][3] == std::string(70000, 'x')));
  CHECK(t->rows[2] == std::vector<std::string>{"c", "32767", "0", "é"});
  CHECK(t->column("Long") == 2);
  CHECK(t->column("Nothing") == 4);
  CHECK(db->table("LaunchCondition")->rows == Rows{{"VersionNT >= 600", "needs Vista"}});
  const auto big = db->binary("Big.dll");
  REQUIRE(big);
  CHECK(*big == std::vector<std::byte>(9000, std::byte{0x5A}));
  CHECK(db->binary("Small.dll").error().code == ErrorCode::not_found);
  CHECK(db->table("Nothing").error().code == ErrorCode::not_found);
}

TEST_CASE("msi: packed names are those of the format") {
  using format::msi::decode_name, format::msi::encode_name;
  CHECK(encode_name("_Tables", true) == std::u16string{0x4840, 0x3F7F, 0x4164, 0x422F, 0x4836});
  for (const char* name : {"_Tables", "Binary.a b", "A", "", "LaunchCondition", "x.y_z"}) {
    CHECK(decode_name(encode_name(name, false)) == name);
    CHECK(decode_name(encode_name(name, true)) == "!" + std::string(name));
  }
}

TEST_CASE("msi: what msibuild writes is read the same") {
  const std::string folder = test::temporary_folder(), msi = folder + "/o.msi", idt = folder + "/l.idt";
  std::ofstream(idt) << "Condition\tDescription\r\ns255\tl255\r\nLaunchCondition\tCondition\r\n"
                        "VersionNT >= 600 AND WindowsBuild = 6002\tonly this build\r\nPrivileged\tadministrators\r\n";
  const std::string command = "msibuild '" + msi + "' -i '" + idt + "' >/dev/null 2>&1";
  if (std::system(command.c_str()) != 0) {
    MESSAGE("SKIPPED: msibuild of msitools is not installed");
    return;
  }
  const auto file = io::read_file(msi, 1 << 20);
  REQUIRE(file);
  const auto db = Database::open(bytes_of(*file));
  REQUIRE(db);
  const auto t = db->table("LaunchCondition");
  REQUIRE(t);
  CHECK(t->columns == std::vector<std::string>{"Condition", "Description"});
  Rows rows = t->rows;
  std::sort(rows.begin(), rows.end());
  CHECK(rows == Rows{{"Privileged", "administrators"}, {"VersionNT >= 600 AND WindowsBuild = 6002", "only this build"}});
}

TEST_CASE("msi: a compound file without a database and other files are refused") {
  CHECK(Database::open(bytes_of(std::string_view("MZ"))).error().code == ErrorCode::corrupt);
  const auto document = test::compound_file({{u"WordDocument", std::vector<std::byte>(100)}});
  CHECK(Database::open(bytes_of(document)).error().code == ErrorCode::not_found);
  const auto empty = test::compound_file({});
  CHECK(Database::open(bytes_of(empty)).error().code == ErrorCode::not_found);
}

TEST_CASE("msi: a circle of sectors loses one stream, the rest is read") {
  auto file = sample().build();
  const auto healthy = Database::open(bytes_of(file));
  REQUIRE(healthy);
  // The 9000 bytes of the binary come first: sector 0 now follows itself.
  const std::uint64_t fat = (std::uint64_t{*bytes_of(file).try_get<le32>(76)} + 1) * 512;
  for (int i = 0; i < 4; ++i) file[fat + static_cast<unsigned>(i)] = std::byte{0};
  const auto db = Database::open(bytes_of(file));
  // Which stream began at sector 0 is the writer's choice; a table or the binary.
  if (db) CHECK((!db->binary("Big.dll") || !db->table("Numbers") || !db->lost().empty()));
}

TEST_CASE("msi: cut at every sector and mutated, it ends without reading outside") {
  const auto whole = sample().build();
  for (std::size_t n = 0; n < whole.size(); n += 256) CHECK(walk(bytes_of(whole).try_sub(0, n).value()) < 100000);
  std::mt19937 random(7);
  const char* more = std::getenv("TQ_MUTANTS");
  const int rounds = more != nullptr ? std::atoi(more) : 300;
  for (int i = 0; i < rounds; ++i) {
    auto file = whole;
    for (int k = 0; k < 4; ++k) file[random() % file.size()] = static_cast<std::byte>(random());
    for (int k = 0; k < 2; ++k) file[random() % 512] = static_cast<std::byte>(random());
    CHECK(walk(bytes_of(file)) < 5'000'000);
  }
}

TEST_CASE("msi: as many entries of the directory as are looked at, and one more") {
  const auto file = test::compound_file({{u"a", {}}, {u"b", {}}, {u"c", {}}});
  const auto all = format::msi::CompoundFile::open(bytes_of(file), 3), cut = format::msi::CompoundFile::open(bytes_of(file), 2);
  REQUIRE(all);
  REQUIRE(cut);
  CHECK(all->streams().size() == 3);
  CHECK(all->lost().empty());
  CHECK(cut->streams().size() == 2);
  REQUIRE(cut->lost().size() == 1);
  CHECK(cut->lost()[0].code == ErrorCode::limit);
}
