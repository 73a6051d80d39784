// Whole volumes of every geometry: what was put in comes out, and paths behave as those of a host folder.
#include "fs/ntfs/ntfs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/machine_builder.hpp"
#include "tests/support/ntfs_builder.hpp"

using namespace tq::fs::ntfs;
using tq::test::noise;
using tq::test::NtfsBuilder;
using tq::test::NtfsFile;
using tq::test::prose;
using Blob = std::vector<std::byte>;

namespace {

std::unique_ptr<Volume> opened(Blob bytes) {
  auto v = open_ntfs(tq::io::from_memory(std::move(bytes)), "img//p1");
  if (!v) FAIL(v.error().text());
  return *std::move(v);
}

Blob content(const tq::fs::Tree& t, const std::string& path) {
  auto r = tq::fs::read_file(t, path, 1U << 30);
  if (!r) FAIL(path, " ", r.error().text());
  return *std::move(r);
}

tq::ErrorCode code(const tq::fs::Tree& t, const std::string& path) {
  const auto r = t.open(path);
  return r ? tq::ErrorCode::usage : r.error().code;
}

/// One of everything. `many`: names in one folder.
NtfsBuilder everything(std::uint32_t sector, std::uint32_t cluster, std::uint32_t record, int many) {
  NtfsBuilder b;
  b.sector_size = sector;
  b.cluster_size = cluster;
  b.record_size = record;
  b.file("Windows/System32/kernel.exe", noise(200000, 1)).pieces = 7;
  b.file("Windows/System32/config/SOFTWARE", prose(70000, 2)).non_resident = true;
  b.file("Windows/System32/Long file name.txt", prose(100, 1)).dos_name = "LONGFI~1.TXT";
  b.file("Windows/stra\u00dfe/\u00c4\u00d6\u00fc.txt", prose(5000, 3));
  b.file("sparse.bin", prose(300000, 4)).sparse = true;
  b.file("empty", {});
  b.file("not written.bin", noise(30000, 5)).initialized = 10001;
  NtfsFile& listed = b.file("listed.bin", noise(600000, 6));
  listed.attribute_list = true;
  listed.pieces = 90;
  listed.links = {"Windows/System32/second name.bin"};
  listed.streams = {{"Zone.Identifier", prose(30, 1)}, {"Large", noise(40000, 2)}};
  NtfsFile& far = b.file("far list.bin", noise(400000, 7));
  far.attribute_list = far.list_non_resident = true;
  far.pieces = 60;
  if (cluster <= 4096) {
    b.file("packed.txt", prose(300000, 8)).compressed = true;
    NtfsFile& torn = b.file("packed in pieces.txt", prose(200001, 9));
    torn.compressed = true;
    torn.pieces = 2;
    b.file("packed noise.bin", noise(150000, 10)).compressed = true;
  }
  for (int i = 0; i < many; ++i)
    b.file("many/name number " + std::to_string(i * 7919 % 100003) + ".mum", prose(static_cast<unsigned>(i % 700), 1));
  return b;
}

}  // namespace

TEST_CASE("ntfs: every geometry gives back every byte") {
  struct Case {
    std::uint32_t sector, cluster, record;
  };
  constexpr Case kCases[] = {{512, 512, 1024},   {512, 1024, 1024},  {512, 4096, 1024},  {512, 4096, 4096},
                             {1024, 2048, 1024}, {4096, 4096, 4096}, {512, 65536, 1024}, {512, 2U << 20, 4096}};
  for (const Case& c : kCases) {
    CAPTURE(c.sector);
    CAPTURE(c.cluster);
    NtfsBuilder b = everything(c.sector, c.cluster, c.record, 300);
    const auto v = opened(b.build());
    CHECK(v->info().cluster_size == c.cluster);
    CHECK(v->info().record_size == c.record);
    CHECK(content(*v, "windows/SYSTEM32/kernel.exe") == noise(200000, 1));
    CHECK(content(*v, "Windows/System32/config/software") == prose(70000, 2));
    CHECK(content(*v, "sparse.bin") == prose(300000, 4));
    CHECK(content(*v, "empty").empty());
    Blob cut = noise(30000, 5);
    std::fill(cut.begin() + 10001, cut.end(), std::byte{});
    CHECK(content(*v, "not written.bin") == cut);
    CHECK(content(*v, "Windows/System32/second name.bin") == noise(600000, 6));
    CHECK(content(*v, "listed.bin:zone.identifier") == prose(30, 1));
    CHECK(content(*v, "listed.bin:Large:$DATA") == noise(40000, 2));
    CHECK(content(*v, "far list.bin") == noise(400000, 7));
    if (c.cluster <= 4096) {
      CHECK(content(*v, "packed.txt") == prose(300000, 8));
      CHECK(content(*v, "packed in pieces.txt") == prose(200001, 9));
      CHECK(content(*v, "packed noise.bin") == noise(150000, 10));
    }
    CHECK(v->list("many")->size() == 300);
    for (int i = 0; i < 300; i += 7)
      CHECK(content(*v, "many/name number " + std::to_string(i * 7919 % 100003) + ".mum").size() == static_cast<std::size_t>(i % 700));
    CHECK(v->notes().empty());
    CHECK(v->lost().empty());
  }
}

TEST_CASE("ntfs: the same bytes whatever the size of a read") {
  const auto v = opened(everything(512, 4096, 1024, 0).build());
  for (const char* path : {"packed.txt", "sparse.bin", "Windows/System32/kernel.exe", "not written.bin", "packed in pieces.txt"}) {
    const Blob whole = content(*v, path);
    const auto s = *v->open(path);
    for (const std::size_t step : {1013UL, 4096UL, 70001UL}) {
      for (std::size_t at = 0; at < whole.size(); at += step * 3) {
        Blob part(step, std::byte{0x55});
        const std::size_t n = *s->read_at(at, part);
        REQUIRE(n == std::min(step, whole.size() - at));
        CHECK(std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n), whole.begin() + static_cast<std::ptrdiff_t>(at)));
      }
    }
    Blob none(1);
    CHECK(*s->read_at(whole.size(), none) == 0);
    CHECK(*s->read_at(~std::uint64_t{0}, none) == 0);
  }
}

TEST_CASE("ntfs: paths behave as those of a host folder") {
  NtfsBuilder b;
  b.file("Windows/System32/a.txt", prose(10, 1));
  b.file("Windows/b.txt", prose(20, 1));
  const auto v = opened(b.build());
  const std::string host = tq::test::temporary_folder();
  std::filesystem::create_directories(host + "/Windows/System32");
  for (const char* f : {"/Windows/System32/a.txt", "/Windows/b.txt"}) std::ofstream(host + f) << "x";
  const auto d = *tq::fs::open_directory(host, "img//p1");
  for (const char* path : {"", ".", "/", "windows", "WINDOWS//system32/./A.TXT", "windows/b.txt", "nothing", "windows/b.txt/x", "..",
                           "windows/../windows", "windows/nothing/x", "windows/system32/"}) {
    CAPTURE(path);
    const auto here = v->real_path(path), there = d->real_path(path);
    CHECK(here.has_value() == there.has_value());
    if (here && there) CHECK(*here == *there);
    if (!here && !there) CHECK(here.error().code == there.error().code);
    CHECK(v->cite(path) == d->cite(path));
    const auto list = v->list(path), list_there = d->list(path);
    CHECK(list.has_value() == list_there.has_value());
    if (!list && !list_there) CHECK(list.error().code == list_there.error().code);
    if (list && list_there)
      CHECK(std::equal(list->begin(), list->end(), list_there->begin(), list_there->end(),
                       [](const auto& x, const auto& y) { return x.name == y.name && x.kind == y.kind; }));
    const auto file = v->open(path), file_there = d->open(path);
    CHECK(file.has_value() == file_there.has_value());
  }
}

TEST_CASE("ntfs: names are folded by the volume, exact spelling first, 8.3 names found and listed never") {
  NtfsBuilder b;
  b.file("case/Name.txt", prose(1, 1));
  b.file("case/NAME.TXT", prose(2, 1));
  b.file("case/name.txt", prose(3, 1));
  b.file("Stra\u00dfe/\u00e4\u00f6\u00fc \u03b1\u03b2 \u0436.txt", prose(4, 1));
  b.folder("Program Files (x86)").dos_name = "PROGRA~2";
  b.file("Program Files (x86)/Long file name.txt", prose(5, 1)).dos_name = "LONGFI~1.TXT";
  b.file("odd/with:colon", prose(6, 1));
  const auto v = opened(b.build());
  CHECK(content(*v, "CASE/name.txt").size() == 3);
  CHECK(content(*v, "case/Name.txt").size() == 1);
  CHECK(*v->real_path("case/nAmE.txt") == "case/NAME.TXT");
  CHECK(content(*v, "STRA\u00dfE/\u00c4\u00d6\u00dc \u0391\u0392 \u0416.TXT").size() == 4);
  CHECK(*v->real_path("progra~2/longfi~1.txt") == "Program Files (x86)/Long file name.txt");
  CHECK(content(*v, "PROGRA~2/LONGFI~1.TXT").size() == 5);
  REQUIRE(v->list("program files (x86)")->size() == 1);
  CHECK(v->list("program files (x86)")->at(0).name == "Long file name.txt");
  CHECK(content(*v, "odd/with:colon").size() == 6);
  CHECK(code(*v, "odd/with:other") == tq::ErrorCode::not_found);
  // $MFT and the like are not listed, as no mounted volume lists them, but can be read by who asks.
  const auto entries = *v->list("");
  CHECK(entries.size() == 4);
  for (const auto& e : entries) CHECK(e.name.front() != '$');
  CHECK(content(*v, "$UpCase").size() == 131072);
}

TEST_CASE("ntfs: links are listed and not followed; what lies elsewhere is unsupported, never absent") {
  NtfsBuilder b;
  b.file("Users/x.txt", prose(10, 1));
  b.link("Documents and Settings", "\\??\\C:\\Users", true);
  b.link("sym.txt", "Users\\x.txt", false);
  NtfsFile& wof = b.file("Windows/System32/ntoskrnl.exe", {});
  wof.reparse_tag = 0x80000017;
  wof.reparse_data = Blob(16, std::byte{1});
  wof.streams = {{"WofCompressedData", noise(5000, 1)}};
  b.file("dedup.bin", {}).reparse_tag = 0x80000013;
  b.file("cloud.bin", {}).reparse_tag = 0x9000601A;
  b.file("efs.txt", noise(5000, 2)).encrypted = true;
  const auto v = opened(b.build());
  const auto entries = *v->list("");
  const auto kind = [&](const char* name) {
    return std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; })->kind;
  };
  CHECK(kind("Documents and Settings") == tq::io::EntryKind::link);
  CHECK(kind("sym.txt") == tq::io::EntryKind::link);
  CHECK(kind("dedup.bin") == tq::io::EntryKind::file);
  CHECK(v->open("Documents and Settings/x.txt").error().code == tq::ErrorCode::not_found);
  CHECK(v->list("Documents and Settings").error().found.find("a link, which is not followed") != std::string::npos);
  CHECK(code(*v, "sym.txt") == tq::ErrorCode::io);
  CHECK(*v->real_path("SYM.TXT") == "sym.txt");
  CHECK(code(*v, "Windows/System32/ntoskrnl.exe") == tq::ErrorCode::unsupported);
  CHECK(v->open("Windows/System32/ntoskrnl.exe").error().text().find("Windows Overlay Filter") != std::string::npos);
  CHECK(content(*v, "Windows/System32/ntoskrnl.exe:wofcompresseddata") == noise(5000, 1));
  CHECK(code(*v, "dedup.bin") == tq::ErrorCode::unsupported);
  CHECK(code(*v, "cloud.bin") == tq::ErrorCode::unsupported);
  CHECK(code(*v, "efs.txt") == tq::ErrorCode::encrypted);
}

TEST_CASE("ntfs: the walk gives every name once, hard links under each, streams beside") {
  const auto v = opened(everything(512, 4096, 1024, 500).build());
  std::map<std::string, WalkEntry> all;
  CHECK(v->walk([&](const WalkEntry& e) { return all.emplace(e.path, e).second; }));
  CHECK(all.size() == 500 + 12 + 6);
  CHECK(all.at("listed.bin").reference == all.at("Windows/System32/second name.bin").reference);
  CHECK(all.at("listed.bin").size == 600000);
  REQUIRE(all.at("listed.bin").streams.size() == 2);
  CHECK(all.at("listed.bin").streams[0].name == "Large");
  CHECK(all.at("listed.bin").streams[0].size == 40000);
  CHECK(all.at("listed.bin").streams[1].size == 30);
  CHECK(all.at("packed.txt").size == 300000);
  CHECK((*v->open_reference(all.at("packed.txt").reference))->size() == 300000);
  for (const auto& [path, e] : all) CHECK(e.lost.empty());
  int seen = 0;
  CHECK_FALSE(v->walk([&](const WalkEntry&) { return ++seen < 3; }));
  CHECK(seen == 3);
}

TEST_CASE("ntfs: what Windows did not finish is said") {
  NtfsBuilder b;
  b.label = "SYSTEM \u00e4";
  b.file("a", {});
  auto v = opened(b.build());
  CHECK(v->notes().empty());
  CHECK(v->info().name == "SYSTEM \u00e4");
  CHECK(v->info().major_version == 3);
  CHECK(v->info().minor_version == 1);
  b.dirty = true;
  v = opened(b.build());
  CHECK(v->info().dirty);
  CHECK_FALSE(v->info().log_dirty);
  REQUIRE(v->notes().size() == 1);
  b.log_dirty = true;
  v = opened(b.build());
  CHECK(v->info().log_dirty);
  REQUIRE(v->notes().size() == 2);
  CHECK(v->notes()[1].find("$LogFile was not closed") == 0);
}

TEST_CASE("ntfs: a master file table in pieces, its runs in a record of its own") {
  for (const bool list : {false, true}) {
    NtfsBuilder b;
    b.mft_pieces = 5;
    b.mft_attribute_list = list;
    for (int i = 0; i < 400; ++i) b.file("f" + std::to_string(i), prose(50, static_cast<unsigned>(i)));
    const auto v = opened(b.build());
    for (int i = 0; i < 400; ++i) CHECK(content(*v, "f" + std::to_string(i)) == prose(50, static_cast<unsigned>(i)));
    CHECK(v->lost().empty());
  }
}

TEST_CASE("ntfs: no more is read than what is asked for") {
  struct Counting final : tq::io::ByteSource {
    std::unique_ptr<tq::io::ByteSource> inner;
    mutable std::uint64_t bytes = 0;
    [[nodiscard]] std::uint64_t size() const override { return inner->size(); }
    tq::Result<std::size_t> read_at(std::uint64_t at, std::span<std::byte> out) const override {
      bytes += out.size();
      return inner->read_at(at, out);
    }
  };
  NtfsBuilder b = everything(512, 4096, 1024, 3000);
  auto counting = std::make_shared<Counting>();
  counting->inner = tq::io::from_memory(b.build());
  const auto v = *open_ntfs(counting, "x");
  CHECK(counting->bytes < 64 * 1024);
  const std::uint64_t before = counting->bytes;
  CHECK(content(*v, "Windows/System32/kernel.exe").size() == 200000);
  CHECK(counting->bytes - before < 200000 + 64 * 1024);
  const std::uint64_t names = counting->bytes;
  CHECK(v->list("many")->size() == 3000);
  CHECK(counting->bytes - names < std::uint64_t{3000} * 150 * 2);
}

TEST_CASE("ntfs: a source outlives its volume, and the same calls give the same volume") {
  NtfsBuilder b = everything(512, 4096, 1024, 10);
  auto v = opened(b.build());
  const auto s = *v->open("packed.txt");
  v.reset();
  CHECK(*tq::io::read_all(*s, 1U << 30) == prose(300000, 8));
  CHECK(b.build() == b.build());
}
