// Archives: what is listed and read, what is refused by name, and what damage loses.
#include "fs/archive.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "core/text.hpp"
#include "fs/support/archive_stream.hpp"
#include "fs/support/libarchive.hpp"
#include "tests/support/archive_builder.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/mutants.hpp"

namespace {

using namespace tq;
using test::bytes_from;
using test::TarBuilder;
using test::ZipBuilder;
using Blob = std::vector<std::byte>;

std::shared_ptr<const io::ByteSource> memory(Blob b) { return io::from_memory(std::move(b)); }

std::unique_ptr<fs::Archive> opened(Blob b, const fs::ArchiveOptions& o = {}) {
  auto r = fs::open_archive(memory(std::move(b)), "x.zip", o);
  REQUIRE_MESSAGE(r, (r ? "" : r.error().text()));
  return *std::move(r);
}

std::string content(const fs::Tree& t, std::string_view path) {
  const auto r = fs::read_file(t, path, 1 << 30);
  return r ? std::string(bytes_of(*r).chars()) : "error: " + r.error().text();
}

bool says(const fs::Archive& a, std::string_view what) {
  return std::any_of(a.lost().begin(), a.lost().end(), [&](const Error& e) { return e.text().find(what) != std::string::npos; });
}

Blob zeros(std::size_t n) { return Blob(n); }

/// A 7z as others write it; empty, with a visible line, when no tool is installed that does.
Blob seven_zip_of(const test::FileMap& files) {
  const std::string folder = test::temporary_folder();
  test::write_files(files, folder + "/content");
  if (std::system(("cd '" + folder + "/content' && 7z a -bso0 -bsp0 ../x.7z . >/dev/null 2>&1").c_str()) == 0)
    return test::slurp(folder + "/x.7z");
  MESSAGE("SKIPPED: 7z is not installed, no 7z is tried");
  return {};
}

/// Everything of an archive, asked for: nothing may crash, hang or take memory without bound.
void use(const Blob& bytes) {
  fs::ArchiveOptions o;
  o.limits.member_bytes = 1 << 22;
  const auto a = fs::open_archive(memory(bytes), "m", o);
  if (!a) return;
  std::uint64_t total = 0;
  (void)(*a)->stream([&](const std::string&, Bytes chunk) { total += chunk.size(); });
  for (const char* p : {"", "Windows", "Windows/System32/config"})
    if (const auto entries = (*a)->list(p))
      for (const auto& e : *entries) (void)(*a)->open(std::string(p) + "/" + e.name);
}

}  // namespace

TEST_CASE("archive: zip and every kind of tar give the same tree") {
  const test::FileMap files = {{"C/Windows/System32/config/SOFTWARE", bytes_from("hive")}, {"C/Windows/notepad.exe", zeros(300000)}};
  const Blob tar = test::tar_of(files);
  struct Case {
    const char* format;
    Blob bytes;
  };
  for (const auto& c :
       {Case{"zip", test::zip_of(files)}, Case{"tar", tar}, Case{"tar.gz", test::gzip(tar)}, Case{"tar.zst", test::zstd(tar)}}) {
    INFO(c.format);
    CHECK(fs::looks_like_archive(bytes_of(c.bytes)));
    const auto a = opened(c.bytes);
    CHECK(a->format() == c.format);
    CHECK(a->files() == 2);
    CHECK(a->lost().empty());
    const auto entries = a->list("c/windows");
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    CHECK((*entries)[0].name == "System32");
    CHECK((*entries)[0].kind == io::EntryKind::folder);
    CHECK((*entries)[1].size == 300000);
    CHECK((*entries)[1].modified.date() == (c.format == std::string("zip") ? (*entries)[1].modified.date() : "2020-01-14"));
    CHECK(content(*a, "C/WINDOWS/system32/Config/software") == "hive");
    CHECK(content(*a, "C/Windows/notepad.exe").size() == 300000);
    CHECK(a->real_path("c/windows/NOTEPAD.EXE").value_or("") == "C/Windows/notepad.exe");
    CHECK(a->cite("C/Windows") == "x.zip//C/Windows");
    CHECK(a->open("C/Windows/none").error().code == ErrorCode::not_found);
    CHECK(a->open("C/Windows").error().code == ErrorCode::unsupported);
    CHECK(a->list("C/Windows/notepad.exe").error().code == ErrorCode::not_found);
    CHECK(a->open("C/../C").error().code == ErrorCode::usage);
  }
}

TEST_CASE("archive: what other programs pack is read") {
  const std::string folder = test::temporary_folder();
  test::write_files({{"C/Windows/a.txt", bytes_from("alpha")}, {"C/Windows/b.txt", zeros(5000)}}, folder);
  struct Case {
    const char *format, *tool, *command;
  };
  for (const auto& c : {Case{"7z", "7z", "7z a -bd -t7z out.bin C"}, Case{"tar.xz", "xz", "tar cJf out.bin C"},
                        Case{"tar.bz2", "bzip2", "tar cjf out.bin C"}, Case{"zip", "zip", "zip -r out.bin C"}}) {
    if (std::system(("command -v " + std::string(c.tool) + " >/dev/null").c_str()) != 0) {
      MESSAGE("SKIPPED: " << c.tool << " is not installed");
      continue;
    }
    REQUIRE(std::system(("cd " + folder + " && rm -f out.bin && " + c.command + " >/dev/null 2>&1").c_str()) == 0);
    const auto a = opened(test::slurp(folder + "/out.bin"));
    CHECK(a->format() == c.format);
    CHECK(content(*a, "C/Windows/a.txt") == "alpha");
    CHECK(content(*a, "C/Windows/b.txt").size() == 5000);
    CHECK(a->lost().empty());
  }
}

TEST_CASE("archive: hostile names of a zip are refused by name and the rest is read") {
  const auto a = opened(ZipBuilder()
                            .file("../../evil", bytes_from("1"))
                            .file("ok/../../evil2", bytes_from("2"))
                            .file("/etc/passwd", bytes_from("3"))
                            .file("\\\\server\\share\\x", bytes_from("4"))
                            .file("C:\\Windows\\x", bytes_from("5"))
                            .file("a\\..\\..\\evil3", bytes_from("6"))
                            .link("ok/link", "/etc/shadow")
                            .encrypted("ok/secret", bytes_from("7"))
                            .file("ok/" + std::string(5000, 'n'), bytes_from("8"))
                            .file(
                                "deep" +
                                    [] {
                                      std::string s;
                                      for (int i = 0; i < 80; ++i) s += "/d";
                                      return s;
                                    }(),
                                bytes_from("9"))
                            .file("ok\\good", bytes_from("good"))
                            .file("./ok//fine", bytes_from("fine"))
                            .file("ok/\xc3\xa4", bytes_from("umlaut"))
                            .build());
  for (const char* name : {"../../evil", "ok/../../evil2", "/etc/passwd", "server", "evil3", "ok/link", "ok/secret", "nnnn", "deep/d"})
    CHECK_MESSAGE(says(*a, name), name);
  CHECK(says(*a, "leads out"));
  CHECK(says(*a, "absolute"));
  CHECK(says(*a, "encrypted"));
  CHECK(a->lost_total() == 10);
  CHECK(content(*a, "ok/good") == "good");
  CHECK(content(*a, "ok/fine") == "fine");
  CHECK(content(*a, "ok/\xc3\xa4") == "umlaut");
  CHECK(a->open("ok/secret").error().code == ErrorCode::encrypted);
  CHECK(a->open("ok/link").error().code == ErrorCode::unsupported);
  CHECK_FALSE(a->real_path("etc"));
  CHECK_FALSE(a->real_path("evil"));
}

TEST_CASE("archive: links and devices of a tar are refused by name") {
  const auto a = opened(TarBuilder()
                            .member("soft", '2', {}, "/etc/passwd")
                            .member("hard", '1', {}, "../../etc/passwd")
                            .member("device", '3', {})
                            .member("../up", '0', bytes_from("x"))
                            .file("first", bytes_from("old"))
                            .file("first", bytes_from("newer"))
                            .file("first/below", bytes_from("x"))
                            .file(std::string(200, 'l'), bytes_from("long"))
                            .build());
  for (const char* name : {"soft", "hard", "device", "../up", "first/below"}) CHECK_MESSAGE(says(*a, name), name);
  CHECK(a->lost_total() == 5);
  CHECK(content(*a, "first") == "newer");
  CHECK(content(*a, std::string(200, 'l')) == "long");
  const auto entries = a->list("");
  REQUIRE(entries);
  CHECK(std::count_if(entries->begin(), entries->end(), [](const auto& e) { return e.kind == io::EntryKind::link; }) == 2);
  std::string seen;
  CHECK(a->stream([&](const std::string& p, Bytes chunk) { seen += p.substr(0, 5) + ":" + std::string(chunk.chars()) + " "; }));
  CHECK(seen == "first:newer first: lllll:long lllll: ");
}

TEST_CASE("archive: bombs are refused by name, their neighbours are read") {
  fs::ArchiveOptions o;
  o.limits.free_bytes = 1 << 20;
  const Blob huge = zeros(std::size_t{24} << 20);
  const auto zip = opened(ZipBuilder().file("a", bytes_from("a")).file("bomb", huge).file("z", bytes_from("z")).build(), o);
  CHECK(zip->open("bomb").error().code == ErrorCode::limit);
  CHECK(zip->open("bomb").error().text().find("bomb") != std::string::npos);
  CHECK(content(*zip, "z") == "z");
  std::uint64_t total = 0;
  CHECK(zip->stream([&](const std::string&, Bytes chunk) { total += chunk.size(); }));
  CHECK(total < (4u << 20));
  CHECK(says(*zip, "member bomb"));

  // Behind a bomb in a packed tar nothing can be reached without unpacking it: what lies before it stands.
  const auto tar = opened(test::gzip(TarBuilder().file("a", bytes_from("a")).file("bomb", huge).file("z", bytes_from("z")).build()), o);
  CHECK(says(*tar, "member bomb"));
  CHECK(content(*tar, "a") == "a");
  CHECK_FALSE(tar->open("z"));

  fs::ArchiveOptions small;
  small.limits.member_bytes = 1000;
  const auto large = opened(ZipBuilder().file("large", zeros(2000)).file("small", zeros(900)).build(), small);
  CHECK(large->open("large").error().code == ErrorCode::limit);
  CHECK(large->open("small"));
}

TEST_CASE("archive: counts and lengths of names are bounded") {
  fs::ArchiveOptions o;
  o.limits.members = 3;
  ZipBuilder z;
  for (int i = 0; i < 10; ++i) z.file("f" + std::to_string(i), bytes_from("x"));
  const auto few = opened(z.build(), o);
  CHECK(few->files() == 3);
  CHECK(says(*few, "at most 3 members"));
  fs::ArchiveOptions names;
  names.limits.name_bytes = 5;
  CHECK(opened(z.build(), names)->files() == 2);
}

TEST_CASE("archive: a size that lies is found") {
  const auto more = opened(ZipBuilder().file("x", bytes_from("12345678"), ZipBuilder::Method::deflated).declare(3).build());
  CHECK_FALSE(more->open("x"));
  const auto fewer = opened(ZipBuilder().file("x", bytes_from("12345678"), ZipBuilder::Method::deflated).declare(1000000000).build());
  CHECK_FALSE(fewer->open("x"));
}

TEST_CASE("archive: members that will be asked for are unpacked in one pass") {
  struct Counting final : io::ByteSource {
    Blob bytes;
    mutable std::uint64_t read = 0;
    [[nodiscard]] std::uint64_t size() const override { return bytes.size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
      const auto part = bytes_of(bytes).from(offset).span();
      const auto n = std::min(part.size(), out.size());
      std::copy_n(part.begin(), n, out.begin());
      read += n;
      return n;
    }
  };
  std::mt19937 random(1);
  TarBuilder t;
  for (int i = 0; i < 8; ++i) {
    Blob noise(200000);
    for (auto& b : noise) b = static_cast<std::byte>(random());
    t.file("keep" + std::to_string(i), noise);
  }
  auto source = std::make_shared<Counting>();
  source->bytes = test::gzip(t.build());
  fs::ArchiveOptions o;
  o.keep = [](std::string_view p) { return p.starts_with("keep"); };
  const auto a = fs::open_archive(source, "x", o);
  REQUIRE(a);
  for (int i = 0; i < 8; ++i) CHECK((*a)->open("keep" + std::to_string(i)));
  CHECK(source->read < source->bytes.size() + 400000);
}

TEST_CASE("archive: what is held ready is bounded, and what does not fit is read all the same") {
  TarBuilder t;
  ZipBuilder z;
  const Blob large(std::size_t{5} << 20, std::byte{'l'});
  for (int i = 0; i < 6; ++i) {
    t.file("keep" + std::to_string(i), Blob(50000, static_cast<std::byte>('a' + i)));
    z.file("keep" + std::to_string(i), Blob(50000, static_cast<std::byte>('a' + i)));
  }
  t.file("keep large", large);
  z.file("keep large", large);
  fs::ArchiveOptions o;
  o.keep = [](std::string_view p) { return p.starts_with("keep"); };
  for (const std::uint64_t kept : {std::uint64_t{0}, std::uint64_t{120000}, std::uint64_t{96} << 20})
    for (const Blob& bytes : {test::gzip(t.build()), z.build()}) {
      o.limits.kept_bytes = kept;
      o.limits.handed_out_bytes = 60000;
      const auto a = opened(bytes, o);
      a->expect({"keep1", "keep2", "not there"});
      for (int round = 0; round < 2; ++round) {
        for (int i = 5; i >= 0; --i) CHECK(content(*a, "keep" + std::to_string(i)) == std::string(50000, static_cast<char>('a' + i)));
        CHECK(content(*a, "keep large").size() == large.size());
      }
    }
  o.limits.kept_bytes = 0;
  o.limits.again_bytes = 100000;
  const auto packed = opened(test::gzip(t.build()), o);
  CHECK(content(*packed, "keep0").size() == 50000);
  CHECK(content(*packed, "keep5").size() == 50000);
  CHECK(packed->open("keep1").error().code == ErrorCode::limit);
}

TEST_CASE("archive: a library that is not there is a named error") {
  const auto r = fs::load_libarchive("libarchive-that-is-not-there.so.99");
  REQUIRE_FALSE(r);
  CHECK(r.error().code == ErrorCode::unsupported);
  CHECK(r.error().advice.find("libarchive13") != std::string::npos);
  CHECK(fs::libarchive());
}

TEST_CASE("archive: what is none is refused") {
  for (const auto& b : {bytes_from("hello"), Blob{}, test::gzip(bytes_from("no tar in here, only text")), zeros(4096)}) {
    const auto r = fs::open_archive(memory(b), "x");
    if (!r) CHECK(r.error().code == ErrorCode::unsupported);
    CHECK((!r || (*r)->files() == 0));
  }
  CHECK_FALSE(fs::looks_like_archive(bytes_of(bytes_from("BZhello, this is a text"))));
  CHECK_FALSE(fs::looks_like_archive(bytes_of(bytes_from("BZh"))));
  CHECK_FALSE(fs::looks_like_archive(Bytes{}));
}

TEST_CASE("archive: truncated anywhere, only what is lost is missing") {
  const test::FileMap files = {{"a", bytes_from("alpha")}, {"b/c", zeros(3000)}, {"d", bytes_from("delta")}};
  const Blob tar = test::tar_of(files), zip = test::zip_of(files), gz = test::gzip(tar);
  for (const Blob* whole : {&tar, &zip, &gz})
    for (std::size_t n = 0; n < whole->size(); n += whole->size() > 2000 ? 37U : 1U)
      use(Blob(whole->begin(), whole->begin() + static_cast<std::ptrdiff_t>(n)));
  const auto cut = opened(Blob(tar.begin(), tar.begin() + 2048));
  CHECK(content(*cut, "a") == "alpha");
  CHECK(cut->lost_total() > 0);
  // What was not reached may have been there.
  CHECK(cut->gap(""));
  CHECK(cut->open("d").error().code != ErrorCode::not_found);
  CHECK(cut->real_path("d").error().code != ErrorCode::not_found);
  CHECK_FALSE(opened(tar)->gap(""));
  CHECK(opened(tar)->open("e").error().code == ErrorCode::not_found);
}

TEST_CASE("archive: a header that is damaged costs its member, and any name may have been its") {
  const test::FileMap files = {{"a", bytes_from("alpha")}, {"b/c", Blob(3000, std::byte{'x'})}, {"d", bytes_from("delta")}};
  const Blob tar = test::tar_of(files);
  const auto header_of_c = [&] {
    const std::string_view text(reinterpret_cast<const char*>(tar.data()), tar.size());
    return text.find("b/c");
  }();
  REQUIRE(header_of_c % 512 == 0);
  // A changed letter, its end, all of it: the last is what an archive ends with.
  for (const auto& [at, size] : {std::pair<std::size_t, std::size_t>{2, 1}, {100, 412}, {0, 512}}) {
    CAPTURE(at);
    Blob damaged = tar;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(header_of_c + at), size, std::byte{});
    for (const Blob& bytes : {damaged, test::gzip(damaged)}) {
      const auto a = opened(bytes);
      CHECK(content(*a, "a") == "alpha");
      CHECK(content(*a, "d") == "delta");
      CHECK(a->lost_total() > 0);
      CHECK(a->gap(""));
      CHECK(a->open("b/c").error().code == ErrorCode::corrupt);
    }
  }
  const auto long_name = opened(ZipBuilder().file(std::string(5000, 'n'), bytes_from("8")).file("a", bytes_from("alpha")).build());
  CHECK(long_name->gap(""));
  // What leads out of the archive is nothing that was asked for.
  CHECK_FALSE(opened(ZipBuilder().file("../b/c", bytes_from("8")).file("a", bytes_from("alpha")).build())->gap(""));
}

TEST_CASE("archive: a zip that lists fewer members than its end counts may lack any name") {
  const Blob zip = test::zip_of({{"a", bytes_from("alpha")}, {"b/c", bytes_from("gamma")}, {"d", bytes_from("delta")}});
  const std::string_view text(reinterpret_cast<const char*>(zip.data()), zip.size());
  CHECK_FALSE(opened(zip)->gap(""));
  // The second entry of the directory points to the first member.
  const auto second = text.find("PK\x01\x02", text.find("PK\x01\x02") + 4);
  Blob damaged = zip;
  std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(second + 42), 4, std::byte{});
  const auto a = opened(damaged);
  CHECK(content(*a, "a") == "alpha");
  CHECK(content(*a, "d") == "delta");
  CHECK(a->gap(""));
  CHECK(a->lost_total() == 1);
  CHECK(a->open("b/c").error().code == ErrorCode::corrupt);
  // A comment behind the record, one that holds its mark, and one that is longer than it says.
  for (const auto& [said, comment, gap] : {std::tuple{9, "a comment", true}, {11, "PK\x05\x06 inside", true}, {3, "a comment", false}}) {
    CAPTURE(comment);
    Blob more = damaged;
    more.at(more.size() - 2) = static_cast<std::byte>(said);
    const auto tail = bytes_from(comment);
    more.insert(more.end(), tail.begin(), tail.end());
    CHECK(opened(more)->gap("").has_value() == gap);
  }
}

TEST_CASE("archive: mutants neither crash nor hang") {
  const test::FileMap files = {
      {"Windows/System32/config/SOFTWARE", bytes_from("alpha")}, {"Windows/c", zeros(3000)}, {"d", bytes_from("delta")}};
  const Blob tar = test::tar_of(files);
  std::mt19937 random(20200114);
  struct Case {
    const char* format;
    Blob bytes;
  };
  for (const auto& [format, whole] : {Case{"tar", tar}, Case{"zip", test::zip_of(files)}, Case{"tar.gz", test::gzip(tar)},
                                      Case{"tar.zst", test::zstd(tar)}, Case{"7z", seven_zip_of(files)}}) {
    if (whole.empty()) continue;
    test::MutantWatch watch(format);
    for (std::size_t i = 0; i < test::mutant_count(1000); ++i) {
      Blob m = whole;
      for (unsigned k = 0; k < 1 + random() % 4; ++k) m[random() % m.size()] = static_cast<std::byte>(random());
      watch.run(i, [&] { use(m); });
    }
  }
}

TEST_CASE("archive: each limit of members and names, at it and past it") {
  ZipBuilder three;
  for (const char* name : {"aa", "bb", "cc"}) three.file(name, zeros(1000));
  const Blob zip = three.build();
  const auto files = [&](fs::ArchiveLimits limits) {
    fs::ArchiveOptions o;
    o.limits = limits;
    return opened(zip, o)->files();
  };
  CHECK(files({.members = 3}) == 3);
  CHECK(files({.members = 2}) == 2);
  CHECK(files({.name_bytes = 6}) == 3);
  CHECK(files({.name_bytes = 5}) == 2);
  CHECK(files({.path_bytes = 2}) == 3);
  CHECK(files({.path_bytes = 1}) == 0);
  const auto opens = [](const std::string& path, const fs::ArchiveLimits& limits, std::size_t bytes = 1) {
    fs::ArchiveOptions o;
    o.limits = limits;
    const auto a = opened(TarBuilder().file(path, zeros(bytes)).file("z", zeros(1)).build(), o);
    return a->open(path) ? ErrorCode::not_found : a->open(path).error().code;
  };
  CHECK(opens("a/b/c", {.path_depth = 3}) == ErrorCode::not_found);
  CHECK_FALSE(opened(TarBuilder().file("a/b/c", zeros(1)).build(), {.limits = {.path_depth = 2}})->lost().empty());
  CHECK(opens("m", {.member_bytes = 1000}, 1000) == ErrorCode::not_found);
  CHECK(opens("m", {.member_bytes = 1000}, 1001) == ErrorCode::limit);
}

TEST_CASE("archive: what unpacks to the most that is free is read, one byte more is a bomb") {
  const auto reads = [](std::size_t bytes) {
    fs::ArchiveOptions o;
    o.limits.free_bytes = 1 << 20;
    o.limits.ratio = 2;
    const auto a = opened(ZipBuilder().file("m", zeros(bytes)).build(), o);
    const auto r = fs::read_file(*a, "m", 1 << 22);
    return r ? ErrorCode::not_found : r.error().code;
  };
  CHECK(reads(1 << 20) == ErrorCode::not_found);
  CHECK(reads((1 << 20) + 1) == ErrorCode::limit);
}
