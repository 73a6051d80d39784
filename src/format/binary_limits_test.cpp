// Each limit of the binary formats: what lies at it is read, one more is refused or left out by name. docs/hardening.md.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/limits.hpp"
#include "format/cab/cab.hpp"
#include "format/msi/database.hpp"
#include "format/pe/pe.hpp"
#include "format/regf/hive.hpp"
#include "io/byte_source.hpp"
#include "tests/support/cab_builder.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/msi_builder.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::format;
using test::HiveBuilder;
using test::PeBuilder;
using Blob = std::vector<std::byte>;

namespace {

void poke(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}

bool limited(const std::vector<Error>& losses, std::string_view place = {}) {
  return std::any_of(losses.begin(), losses.end(),
                     [&](const Error& e) { return e.code == ErrorCode::limit && e.place.find(place) != std::string::npos; });
}

/// An image as its bytes, opened.
struct Opened {
  Blob bytes;
  pe::View view;
  pe::Image image;
  explicit Opened(Blob b) : bytes(std::move(b)), view(bytes_of(bytes)) {
    auto r = pe::open(view);
    REQUIRE_MESSAGE(r, r.error().text());
    image = *std::move(r);
  }
};

std::vector<std::string> ordinals(std::size_t n) { return std::vector<std::string>(n, "#1"); }

/// A file of this size that takes no room on the disk.
std::string sparse_file(std::uint64_t size_bytes) {
  const std::string path = test::temporary_folder() + "/sparse";
  std::ofstream(path, std::ios::binary) << "x";
  std::filesystem::resize_file(path, size_bytes);
  return path;
}

}  // namespace

TEST_CASE("pe: as many sections, DLLs and imported names as are allowed, and one more") {
  const auto sections = [](std::uint64_t n) {
    Blob b = PeBuilder().build();
    poke(b, 0x80 + 6, n, 2);
    b.resize(b.size() + 8192);
    const Opened o(std::move(b));
    return limited(o.image.lost, "pe.sections");
  };
  CHECK_FALSE(sections(96));
  CHECK(sections(97));
  const auto dlls = [](std::size_t n) {
    PeBuilder b;
    for (std::size_t i = 0; i < n; ++i) b.import("d" + std::to_string(i) + ".dll", {"#1"});
    const Opened o(b.build());
    return pe::imports(o.view, o.image);
  };
  CHECK(dlls(1024).dlls.size() == 1024);
  CHECK_FALSE(limited(dlls(1024).lost));
  CHECK(dlls(1025).dlls.size() == 1024);
  CHECK(limited(dlls(1025).lost, "pe.imports"));
  const auto names = [](std::size_t n) {
    const Opened o(PeBuilder().import("a.dll", ordinals(n)).build());
    return pe::imports(o.view, o.image);
  };
  CHECK(names(65536).dlls.at(0).names.size() == 65536);
  CHECK_FALSE(limited(names(65536).lost));
  CHECK(names(65537).dlls.at(0).names.size() == 65536);
  CHECK(limited(names(65537).lost, "pe.imports.names"));
}

TEST_CASE("pe: a name as long as is allowed, and one byte more") {
  const auto name = [](std::size_t n) {
    const Opened o(PeBuilder().import("a.dll", {std::string(n, 'n')}).build());
    return pe::imports(o.view, o.image);
  };
  CHECK(name(4096).dlls.at(0).names.at(0).size() == 4096);
  CHECK(name(4096).lost.empty());
  CHECK(name(4097).lost.size() == 1);
  const auto exported = [](std::size_t n) {
    const Opened o(PeBuilder().export_entry(std::string(n, 'n')).build());
    return pe::exports(o.view, o.image).lost.size();
  };
  CHECK(exported(4096) == 0);
  CHECK(exported(4097) == 1);
}

TEST_CASE("pe: as many exports as are allowed, and one more") {
  const auto exports = [](std::uint64_t n) {
    PeBuilder b;
    b.code(Blob(2 * std::size_t{1} << 20)).export_entry("");
    Blob bytes = b.build();
    const Opened first(bytes);
    const auto at = *pe::file_offset(first.image, first.image.directory(pe::Directory::exports).rva);
    poke(bytes, at + 20, n, 4);                               // the number of functions
    poke(bytes, at + 28, first.image.sections.at(0).rva, 4);  // their table: the code, whose zeros are gaps
    const Opened o(std::move(bytes));
    return limited(pe::exports(o.view, o.image).lost, "pe.exports.functions");
  };
  CHECK_FALSE(exports(65536));
  CHECK(exports(65537));
}

TEST_CASE("pe: as many version strings as are allowed, and one more") {
  const auto strings = [](std::size_t n) {
    PeBuilder b;
    b.version({6, 0, 6003, 1});
    for (std::size_t i = 0; i < n; ++i) b.string("k" + std::to_string(i), "v");
    const Opened o(b.build());
    const auto v = pe::version_info(o.view, o.image);
    REQUIRE_MESSAGE(v, v.error().text());
    return *v;
  };
  CHECK(strings(512).strings.size() == 512);
  CHECK_FALSE(limited(strings(512).lost));
  CHECK(strings(513).strings.size() == 512);
  CHECK(limited(strings(513).lost, "pe.version_info.strings"));
}

TEST_CASE("pe: a file longer than a checksum is made of is refused") {
  const Opened o(PeBuilder().build());
  // A file that takes no room: one byte past the limit it is refused before anything of it is read.
  const auto large = io::open_file(sparse_file(limits::kPeBytes + 1));
  REQUIRE(large);
  CHECK(pe::computed_checksum(**large, o.image).error().code == ErrorCode::limit);
}

TEST_CASE("io: a file of as many bytes as are asked for at most, and one more") {
  const std::string path = sparse_file(1000);
  CHECK(io::read_file(path, 1000)->size() == 1000);
  CHECK(io::read_file(path, 999).error().code == ErrorCode::limit);
  // What every reader of hives and programs asks for, with files that take no room.
  CHECK(io::read_file(sparse_file(limits::kHiveBytes + 1), limits::kHiveBytes).error().code == ErrorCode::limit);
  CHECK(io::read_file(sparse_file(limits::kPeBytes + 1), limits::kPeBytes).error().code == ErrorCode::limit);
}

TEST_CASE("regf: keys as deep as is allowed, and one level more") {
  const auto deep = [](std::size_t levels) {
    std::string path;
    for (std::size_t i = 0; i < levels; ++i) path += (i == 0 ? "k" : "\\k");
    HiveBuilder b;
    b.key(path);
    auto h = regf::Hive::open(b.build());
    REQUIRE(h);
    return h->count();
  };
  // The root is the first level; the subkeys of the last are left out.
  const auto most = deep(limits::kKeyDepth), more = deep(limits::kKeyDepth + 1);
  CHECK(most.keys == limits::kKeyDepth + 1);
  CHECK(most.lost_total == 1);
  CHECK(deep(limits::kKeyDepth - 1).lost_total == 0);
  CHECK(more.keys == limits::kKeyDepth + 1);
  CHECK(more.lost_total == 1);
}

TEST_CASE("regf: links as many as are allowed on one way, and one more") {
  const auto linked = [](int links) {
    HiveBuilder b("SOFTWARE");
    b.sz("l0", "v", "there");
    for (int i = 1; i <= links; ++i) b.link("l" + std::to_string(i), "\\Registry\\Machine\\SOFTWARE\\l" + std::to_string(i - 1));
    auto h = regf::Hive::open(b.build());
    REQUIRE(h);
    return h->find("l" + std::to_string(links)).has_value();
  };
  CHECK(linked(16));
  CHECK_FALSE(linked(17));
}

TEST_CASE("msi: as many strings, cells and columns as are allowed, and one more") {
  test::MsiBuilder b;
  b.table("T", {{"A", "s72"}, {"B", "I2"}}).row({"x", "1"}).row({"y", "2"});
  const Blob file = b.build();
  const auto opens = [&](const msi::Limits& most) {
    const auto db = msi::Database::open(bytes_of(file), most);
    if (!db) return db.error().place;
    const auto t = db->table("T");
    return t ? std::string() : t.error().place;
  };
  // Strings: T, A, B, x, y. Columns: two, of four cells each in the table of columns; the table itself has four.
  CHECK(opens({.strings = 5, .cells = 8, .columns = 2}).empty());
  CHECK(opens({.strings = 4, .cells = 8, .columns = 2}) == "msi.string_pool");
  CHECK(opens({.strings = 5, .cells = 7, .columns = 2}) == "msi._Columns");
  CHECK(opens({.strings = 5, .cells = 8, .columns = 1}) == "msi._Columns");
}

TEST_CASE("cab: a file as large as is asked for, and one byte more; more than may be unpacked at all") {
  Blob file = test::build_cabinet({{"a", Blob(1000, std::byte{7})}});
  const auto extract = [&](std::uint64_t most) {
    const auto c = cab::Cabinet::open(bytes_of(file));
    REQUIRE(c);
    const auto r = c->extract(0, most);
    return r ? ErrorCode::not_found : r.error().code;
  };
  CHECK(extract(1000) == ErrorCode::not_found);
  CHECK(extract(999) == ErrorCode::limit);
  // The size that the cabinet says: up to the limit the bytes are looked for, and are not there.
  const auto header = cab::read_header(bytes_of(file));
  REQUIRE(header);
  poke(file, header->files_offset, 1001, 4);
  CHECK(extract(2000) == ErrorCode::corrupt);
  poke(file, header->files_offset, cab::kMostUnpacked, 4);
  CHECK(extract(std::uint64_t{1} << 40) == ErrorCode::corrupt);
  poke(file, header->files_offset, cab::kMostUnpacked + 1, 4);
  CHECK(extract(std::uint64_t{1} << 40) == ErrorCode::limit);
}
