// Volumes with one part destroyed: what is left must be read, what is lost must be named.
#include <doctest/doctest.h>

#include <algorithm>

#include "fs/ntfs/ntfs.hpp"
#include "tests/support/ntfs_builder.hpp"
#include "tests/support/ntfs_writer.hpp"

using namespace tq::fs::ntfs;
using tq::test::noise;
using tq::test::NtfsBuilder;
using tq::test::NtfsLayout;
using tq::test::prose;
using tq::test::ntfs::put;
using Blob = std::vector<std::byte>;

namespace {

struct Sample {
  Blob bytes;
  NtfsLayout layout;
};

Sample sample() {
  NtfsBuilder b;
  b.file("Windows/System32/a.txt", prose(3000, 1));
  b.file("Windows/System32/b.txt", prose(100, 2));
  b.file("frag.bin", noise(2400000, 3)).pieces = 4;
  tq::test::NtfsFile& listed = b.file("listed.bin", noise(1200000, 4));
  listed.attribute_list = true;
  listed.pieces = 290;
  for (int i = 0; i < 200; ++i) b.file("many/some longer name " + std::to_string(i + 1000) + ".txt", prose(30, 1));
  Sample s;
  s.bytes = b.build(&s.layout);
  return s;
}

tq::Result<std::unique_ptr<Volume>> open_bytes(Blob b) { return open_ntfs(tq::io::from_memory(std::move(b)), "v"); }

std::unique_ptr<Volume> opened(Blob b) {
  auto v = open_bytes(std::move(b));
  if (!v) FAIL(v.error().text());
  return *std::move(v);
}

bool noted(const Volume& v, std::string_view what) {
  return std::any_of(v.notes().begin(), v.notes().end(), [&](const std::string& n) { return n.find(what) != std::string::npos; });
}
bool lost_at(const Volume& v, std::string_view place) {
  return std::any_of(v.lost().begin(), v.lost().end(),
                     [&](const tq::Error& e) { return e.place.find(place) != std::string::npos && e.offset; });
}
std::size_t size_of(const Volume& v, const char* path) {
  const auto s = v.open(path);
  if (!s) FAIL(path, " ", s.error().text());
  return static_cast<std::size_t>((*s)->size());
}

/// listed.bin, whose runs lie in several records, has its beginning and not all of itself; why is noted at `place`; its neighbour is whole.
void check_part_lost(const Blob& volume, std::string_view place) {
  const auto v = opened(volume);
  const auto r = v->open("listed.bin");
  REQUIRE(r);
  Blob head(100000), all(1200000);
  CHECK((*r)->read_at(0, head));
  CHECK(std::equal(head.begin(), head.end(), noise(1200000, 4).begin()));
  CHECK_FALSE((*r)->read_at(0, all));
  CHECK(lost_at(*v, place));
  CHECK(size_of(*v, "frag.bin") == 2400000);
}

void wipe(Blob& b, std::uint64_t at, std::size_t n) { std::fill_n(b.begin() + static_cast<std::ptrdiff_t>(at), n, std::byte{0xA7}); }

}  // namespace

TEST_CASE("ntfs: a ruined boot sector is replaced by its backup") {
  Sample s = sample();
  wipe(s.bytes, 0, 512);
  const auto v = opened(s.bytes);
  CHECK(noted(*v, "boot sector damaged"));
  CHECK(size_of(*v, "Windows/System32/a.txt") == 3000);
  wipe(s.bytes, s.bytes.size() - 512, 512);
  CHECK(open_bytes(s.bytes).error().code == tq::ErrorCode::unsupported);
}

TEST_CASE("ntfs: other filesystems and wrappers are named, whatever lies at the end") {
  struct Case {
    std::size_t at;
    std::string_view bytes, name;
  };
  for (const Case& c :
       {Case{3, "-FVE-FS-", "BitLocker"}, Case{3, "EXFAT   ", "exFAT"}, Case{1080, "\x53\xEF", "ext"}, Case{82, "FAT32   ", "FAT32"}}) {
    Sample s = sample();
    std::fill_n(s.bytes.begin(), 512, std::byte{});
    for (std::size_t i = 0; i < c.bytes.size(); ++i) s.bytes[c.at + i] = static_cast<std::byte>(c.bytes[i]);
    const auto v = open_bytes(s.bytes);
    REQUIRE_FALSE(v);
    CHECK(v.error().text().find(c.name) != std::string::npos);
    CHECK(v.error().code == (c.name == "BitLocker" ? tq::ErrorCode::encrypted : tq::ErrorCode::unsupported));
  }
  CHECK_FALSE(open_bytes({}));
  CHECK_FALSE(open_bytes(Blob(100)));
  CHECK_FALSE(open_bytes(Blob(1 << 20)));
}

TEST_CASE("ntfs: each field of the boot sector at 0, 1 and its maximum: the backup takes over or the volume opens") {
  const Sample s = sample();
  for (const std::size_t at : {11U, 12U, 13U, 40U, 44U, 48U, 52U, 56U, 64U, 68U}) {
    for (const unsigned v : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
      Blob b = s.bytes;
      b[at] = static_cast<std::byte>(v);
      const auto r = open_bytes(b);
      CAPTURE(at);
      CAPTURE(v);
      if (r) static_cast<void>((*r)->walk([](const WalkEntry&) { return true; }));
      // Larger records, or a volume said to be shorter, still look sound: only then the files may be out of reach.
      if (!r) CHECK(at != 13);
    }
  }
}

TEST_CASE("ntfs: the first record of $MFT is read from $MFTMirr") {
  Sample s = sample();
  wipe(s.bytes, s.layout.mft, 4 * 1024);
  const auto v = opened(s.bytes);
  CHECK(noted(*v, "$MFTMirr"));
  CHECK(lost_at(*v, "ntfs.file.signature"));
  CHECK(size_of(*v, "Windows/System32/a.txt") == 3000);
  CHECK(v->info().name == "TEST");
  wipe(s.bytes, s.layout.mirror, 4 * 1024);
  const auto none = open_bytes(s.bytes);
  REQUIRE_FALSE(none);
  CHECK(none.error().place == "ntfs.file.signature");
}

TEST_CASE("ntfs: a torn write loses one record and nothing else") {
  // Of the first sector and of the last one, which is torn most often.
  for (const std::size_t mark : {std::size_t{510}, std::size_t{1022}}) {
    Sample s = sample();
    const auto torn_at = s.layout.offset_of("Windows/System32/b.txt") + mark;
    s.bytes[torn_at] ^= std::byte{1};
    const auto v = opened(s.bytes);
    CHECK(size_of(*v, "Windows/System32/a.txt") == 3000);
    const auto b = v->open("Windows/System32/b.txt");
    REQUIRE_FALSE(b);
    CHECK(b.error().code == tq::ErrorCode::corrupt);
    CHECK(b.error().offset == torn_at);
    CHECK(v->list("Windows/System32")->size() == 2);
    CHECK(v->open("Windows/System32/c.txt").error().code == tq::ErrorCode::not_found);
  }
}

TEST_CASE("ntfs: a record of a later file, a free one and a part of another are not the file") {
  const Sample s = sample();
  const auto at = s.layout.offset_of("frag.bin");
  const auto refused = [&](std::size_t field, unsigned value) {
    Blob b = s.bytes;
    b[at + field] = static_cast<std::byte>(value);
    const auto r = opened(b)->open("frag.bin");
    return !r && r.error().code == tq::ErrorCode::corrupt;
  };
  CHECK(refused(16, 9));
  CHECK(refused(22, 0));
  CHECK(refused(32, 7));
  CHECK(refused(44, 1));
}

TEST_CASE("ntfs: a lost index block is replaced by what the files say of their folder") {
  Sample s = sample();
  REQUIRE(s.layout.index_blocks.size() > 3);
  wipe(s.bytes, s.layout.index_blocks[1], 4096);
  const auto v = opened(s.bytes);
  const auto names = v->list("many");
  REQUIRE(names);
  CHECK(names->size() == 200);
  CHECK(noted(*v, "index damaged"));
  CHECK(lost_at(*v, "ntfs.indx.signature"));
  for (int i = 0; i < 200; ++i) CHECK(size_of(*v, ("many/some longer name " + std::to_string(i + 1000) + ".txt").c_str()) == 30);
  CHECK(v->open("many/some longer name 999.txt").error().code == tq::ErrorCode::not_found);
  std::size_t seen = 0;
  CHECK(v->walk([&](const WalkEntry& e) { return seen += e.path.starts_with("many/") ? 1U : 0U, true; }));
  CHECK(seen == 200);
}

TEST_CASE("ntfs: a name that index and record both lost is damage, not absence, and the listing says that it has a gap") {
  Sample s = sample();
  const std::string lost = "many/some longer name 1000.txt";
  CHECK_FALSE(opened(s.bytes)->gap("many"));
  for (const std::uint64_t block : s.layout.index_blocks)
    std::fill_n(s.bytes.begin() + static_cast<std::ptrdiff_t>(block), 4096, std::byte{});
  // As a copy of a bad sector shows it: the table's bitmap alone still knows that there was a file.
  std::fill_n(s.bytes.begin() + static_cast<std::ptrdiff_t>(s.layout.offset_of(lost)), 1024, std::byte{});
  const auto v = opened(s.bytes);
  CHECK(v->open(lost).error().code == tq::ErrorCode::corrupt);
  CHECK(v->real_path(lost).error().code == tq::ErrorCode::corrupt);
  CHECK(v->list("many")->size() == 199);
  REQUIRE(v->gap("many"));
  CHECK(v->gap("many")->text().find("v/many") != std::string::npos);
  CHECK(size_of(*v, "many/some longer name 1001.txt") == 30);
  // A folder with a sound index of its own is not touched by it.
  CHECK_FALSE(v->gap("Windows/System32"));
  CHECK(v->open("Windows/System32/c.txt").error().code == tq::ErrorCode::not_found);
}

TEST_CASE("ntfs: a folder whose record is lost keeps its files; what cannot be told is not called absent") {
  Sample s = sample();
  wipe(s.bytes, s.layout.offset_of("Windows/System32"), 1024);
  // The signature stays, so that the record counts as a lost one and not as one never used.
  put(s.bytes, s.layout.offset_of("Windows/System32"), 0x454C4946, 4);
  const auto v = opened(s.bytes);
  CHECK(v->list("Windows/System32")->size() == 2);
  CHECK(size_of(*v, "windows/system32/A.TXT") == 3000);
  CHECK(v->open("Windows/System32/c.txt").error().code == tq::ErrorCode::corrupt);
}

TEST_CASE("ntfs: an index that points at itself or at another block ends") {
  const Sample s = sample();
  Blob b = s.bytes;
  // The second block takes the number of the first, and its content: a block that is met twice.
  std::copy_n(s.bytes.begin() + static_cast<std::ptrdiff_t>(s.layout.index_blocks[0]), 4096,
              b.begin() + static_cast<std::ptrdiff_t>(s.layout.index_blocks[1]));
  const auto v = opened(b);
  CHECK(v->list("many")->size() == 200);
  CHECK(lost_at(*v, "ntfs.index.block.number"));
}

TEST_CASE("ntfs: an extension record that is lost costs its part of the file") {
  Sample s = sample();
  // Extension records follow the file's own record.
  const std::uint64_t further = s.layout.record_of("listed.bin") + 2;
  wipe(s.bytes, s.layout.record_offsets[further], 1024);
  check_part_lost(s.bytes, "ntfs.file.signature");
}

TEST_CASE("ntfs: an extension record that names another file gives none of its bytes") {
  const Sample sound = sample();
  const std::uint64_t own = sound.layout.record_of("listed.bin");
  const std::uint64_t at = sound.layout.record_offsets[own + 2] + 32;  // the record's reference to its base
  // Another file, no file, a number that no volume has, and this file's number as an earlier file had it.
  for (const std::uint64_t base :
       {sound.layout.record_of("frag.bin") | std::uint64_t{1} << 48, std::uint64_t{0}, ~std::uint64_t{0}, own | std::uint64_t{7} << 48}) {
    CAPTURE(base);
    Blob bytes = sound.bytes;
    put(bytes, static_cast<std::size_t>(at), base, 8);
    check_part_lost(bytes, "ntfs.file.attribute_list");
  }
}

TEST_CASE("ntfs: $UpCase lost: names are still found") {
  NtfsBuilder b;
  b.file("\u00c4/\u00d6.txt", prose(5, 1));
  b.file("plain.txt", prose(6, 1));
  NtfsLayout layout;
  Blob bytes = b.build(&layout);
  wipe(bytes, layout.record_offsets[10], 1024);
  const auto v = opened(bytes);
  CHECK(size_of(*v, "\u00c4/\u00d6.TXT") == 5);
  CHECK(size_of(*v, "PLAIN.txt") == 6);
  CHECK(noted(*v, "$UpCase"));
}

TEST_CASE("ntfs: a cut volume says so, and gives what is there") {
  Sample s = sample();
  const std::size_t whole = s.bytes.size();
  s.bytes.resize(whole - 4096);
  auto v = opened(s.bytes);
  CHECK(noted(*v, "the volume is cut"));
  CHECK(size_of(*v, "frag.bin") == 2400000);
  for (std::size_t n = whole; n > 100000; n -= 98303) {
    s.bytes.resize(n);
    const auto r = open_bytes(s.bytes);
    if (r) static_cast<void>((*r)->walk([&](const WalkEntry& e) { return static_cast<void>((*r)->open_reference(e.reference)), true; }));
  }
}

TEST_CASE("ntfs: a run that leaves the volume loses its part only") {
  Sample s = sample();
  const auto at = s.layout.offset_of("frag.bin");
  // The third mapping pair of four: its delta becomes as large as three bytes can say.
  const auto record = tq::Bytes(s.bytes, 0).sub(at, 1024, "record");
  std::uint64_t attribute = 56;
  while (*record->try_get<tq::le32>(attribute) != 0x80) attribute += *record->try_get<tq::le32>(attribute + 4);
  std::uint64_t pair = attribute + 64;
  for (int i = 0; i < 2; ++i) {
    const unsigned h = *record->try_get<std::uint8_t>(pair);
    pair += 1 + (h & 15) + (h >> 4);
  }
  const unsigned h = *record->try_get<std::uint8_t>(pair);
  s.bytes[at + pair + (h & 15) + (h >> 4)] = std::byte{0x7F};
  const auto v = opened(s.bytes);
  const auto r = v->open("frag.bin");
  REQUIRE(r);
  Blob part(8192);
  CHECK(*(*r)->read_at(0, part) == 8192);
  CHECK(std::equal(part.begin(), part.end(), noise(2400000, 3).begin()));
  const auto behind = (*r)->read_at(2000000, part);
  REQUIRE_FALSE(behind);
  CHECK(behind.error().place == "ntfs.runlist");
}
