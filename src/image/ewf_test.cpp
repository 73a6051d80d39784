#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "image/ewf/adler32.hpp"
#include "image/ewf/segments.hpp"
#include "image/support/beside.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/ewf_builder.hpp"
#include "tests/support/image_checks.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

constexpr std::size_t kSection = 76, kFirstSection = 13;

void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) b[at + i] = static_cast<std::byte>(value >> (8 * i));
}
std::uint64_t get(const Blob& b, std::size_t at, std::size_t size) {
  std::uint64_t v = 0;
  for (std::size_t i = size; i-- > 0;) v = v << 8 | std::to_integer<std::uint64_t>(b[at + i]);
  return v;
}

/// Offset of the section of that type; fails when there is none.
std::size_t section(const Blob& b, std::string_view type) {
  for (std::size_t at = kFirstSection; at + kSection <= b.size();) {
    if (std::string_view(reinterpret_cast<const char*>(b.data() + at)) == type) return at;
    const std::size_t next = get(b, at + 16, 8);
    if (next <= at) break;
    at = next;
  }
  FAIL("no section " << type);
  return 0;
}

void fix(Blob& b, std::size_t at, std::size_t size) {
  put(b, at + size - 4, image::ewf_format::adler32(Bytes(std::span(b).subspan(at, size - 4))), 4);
}

/// Right checksums of every section header and of the volume, so that changed fields are looked at.
void repair(Blob& b) {
  std::size_t at = kFirstSection;
  // A mutant's offset may be any number: no sum that could wrap.
  for (int i = 0; i < 100 && at <= b.size() && b.size() - at >= kSection; ++i) {
    fix(b, at, kSection);
    if (std::memcmp(b.data() + at, "volume", 7) == 0 && at + kSection + 1052 <= b.size()) fix(b, at + kSection, 1052);
    const std::size_t next = get(b, at + 16, 8);
    if (next <= at) break;
    at = next;
  }
}

void check_oracle(const std::string& folder, const std::string& name) {
  const auto file = image::host_file(folder + "/" + name);
  REQUIRE(file);
  const auto image = image::open(file->file);
  REQUIRE_MESSAGE(image, image.error().text());
  CHECK(image->format == "ewf");
  run_tool("ewfexport -u -q -f raw -t " + folder + "/exported '" + folder + "/" + name + "'");
  check_disk(*image->disk, slurp(folder + "/exported.raw"));
}

}  // namespace

TEST_CASE("ewf: packed and plain chunks, sizes that are no whole chunk") {
  for (const bool compress : {true, false})
    for (const std::uint32_t chunk_sectors : {1U, 64U, 128U}) {
      const Blob disk = sample_disk((1U << 20) + 3 * 512, chunk_sectors);
      const ImageFiles files = write_ewf(disk, {.compress = compress, .chunk_sectors = chunk_sectors});
      check_image(files, disk);
      const auto image = open_image(files);
      CHECK(image->format == "ewf");
      CHECK(image->notes.empty());
    }
}

TEST_CASE("ewf: many tables, many segments, sectors of 4096, SMART") {
  const Blob disk = sample_disk(3U << 20, 8);
  check_image(write_ewf(disk, {.chunks_per_table = 7}), disk);
  check_image(write_ewf(disk, {.chunk_sectors = 8, .sector_bytes = 4096}), disk);
  check_image(write_ewf(disk, {.name = "disk.s01", .smart = true}), disk);
  const ImageFiles segments = write_ewf(disk, {.chunks_per_table = 3, .chunks_per_segment = 10});
  check_image(segments, disk);
  const auto image = open_image(segments);
  CHECK(image->files.size() == 10);
  CHECK(image->files.back() == "disk.E10");
  CHECK(image->variant == "segments");
  check_image(write_ewf(disk, {.chunks_per_segment = 1}), disk);  // 96 segments
}

TEST_CASE("ewf: names of segments") {
  using image::ewf_format::next_name;
  CHECK(next_name("a.E01") == "a.E02");
  CHECK(next_name("a.e09") == "a.e10");
  CHECK(next_name("a.E99") == "a.EAA");
  CHECK(next_name("a.e99") == "a.eaa");
  CHECK(next_name("a.EAZ") == "a.EBA");
  CHECK(next_name("a.EZZ") == "a.FAA");
  CHECK_FALSE(next_name("a.ZZZ"));
  CHECK_FALSE(next_name("a.raw1"));
  CHECK_FALSE(next_name("E01"));
}

TEST_CASE("ewf: a missing segment loses its chunks only, and is named") {
  const Blob disk = sample_disk(1U << 20, 8);
  ImageFiles files = write_ewf(disk, {.chunks_per_segment = 10});
  files.files.erase("disk.E03");
  const auto image = open_image(files);
  REQUIRE(image);
  REQUIRE(image->notes.size() == 2);
  CHECK(image->notes[0].find("disk.E03 is missing") != std::string::npos);
  CHECK(image->disk->size() == disk.size());
  Blob out(20 * 32768);
  REQUIRE(image->disk->read_at(0, out));
  CHECK(std::memcmp(out.data(), disk.data(), out.size()) == 0);
  const auto lost = image->disk->read_at(20 * 32768, std::span(out).first(10));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().place == "ewf.table");
}

TEST_CASE("ewf: a segment of another image, a later segment named") {
  const Blob disk = sample_disk(1U << 20, 8);
  ImageFiles files = write_ewf(disk, {.chunks_per_segment = 10});
  ImageFiles second{"disk.E02", files.files};
  const auto image = open_image(second);
  REQUIRE_FALSE(image);
  CHECK(image.error().found == "segment 2");
  files.files["disk.E02"] = files.files["disk.E03"];
  CHECK(open_image(files)->notes[0].find("segment 3 where 2 was expected") != std::string::npos);
}

TEST_CASE("ewf: the copy of a table serves when the table is damaged") {
  const Blob disk = sample_disk(1U << 20, 8);
  const ImageFiles whole = write_ewf(disk);
  ImageFiles files = whole;
  std::memset(files.bytes().data() + section(whole.bytes(), "table") + kSection + 24, 0xFF, 32);
  check_image(files, disk);
  // Without a whole copy, chunks whose entries are right are read all the same.
  std::memset(files.bytes().data() + section(whole.bytes(), "table2") + kSection + 24, 0xFF, 8);
  files.bytes()[section(whole.bytes(), "table") + kSection + 24 + 40] ^= std::byte{1};
  const auto image = open_image(files);
  REQUIRE(image);
  Blob out(32768);
  CHECK_FALSE(image->disk->read_at(0, out));
  REQUIRE(image->disk->read_at(20 * 32768, out));
  CHECK(std::memcmp(out.data(), disk.data() + 20 * 32768, out.size()) == 0);
}

TEST_CASE("ewf: a damaged chunk is told by its checksum and lost alone") {
  const Blob disk = sample_disk(1U << 20, 8);
  for (const bool compress : {true, false}) {
    ImageFiles files = write_ewf(disk, {.compress = compress});
    files.bytes()[section(files.bytes(), "sectors") + kSection + 20] ^= std::byte{1};
    const auto image = open_image(files);
    REQUIRE(image);
    Blob out(32768);
    const auto lost = image->disk->read_at(0, out);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().place.starts_with("ewf.chunk"));
    REQUIRE(image->disk->read_at(32768, out));
    CHECK(std::memcmp(out.data(), disk.data() + 32768, out.size()) == 0);
  }
}

TEST_CASE("ewf: fields of the volume at their limits") {
  const ImageFiles whole = write_ewf(sample_disk(1U << 20));
  struct Case {
    std::size_t at, size;
    std::uint64_t value;
    const char* place;
  };
  const Case cases[] = {
      {8, 4, 0, "ewf.volume.sectors_per_chunk"},
      {8, 4, 0xFFFFFFFF, "ewf.volume.sectors_per_chunk"},
      {12, 4, 0, "ewf.volume.bytes_per_sector"},
      {12, 4, 0xFFFFFFFF, "ewf.volume.bytes_per_sector"},
      {16, 8, ~std::uint64_t{0}, "ewf.volume.sector_count"},
  };
  for (const Case& c : cases) {
    ImageFiles files = whole;
    put(files.bytes(), section(whole.bytes(), "volume") + kSection + c.at, c.value, c.size);
    repair(files.bytes());
    const auto image = open_image(files);
    REQUIRE_MESSAGE(!image, c.place);
    CHECK(image.error().place == c.place);
  }
}

TEST_CASE("ewf: without a size in the volume section the chunks give it") {
  const Blob disk = sample_disk(1U << 20);
  ImageFiles files = write_ewf(disk);
  put(files.bytes(), section(files.bytes(), "volume") + kSection + 16, 0, 8);
  repair(files.bytes());
  check_image(files, disk);
}

TEST_CASE("ewf: sections that point back or nowhere end the walk") {
  const Blob disk = sample_disk(1U << 20);
  const ImageFiles whole = write_ewf(disk, {.chunks_per_table = 10});
  for (const std::uint64_t next : {std::uint64_t{0}, std::uint64_t{13}, ~std::uint64_t{0}, std::uint64_t{1} << 40}) {
    ImageFiles files = whole;
    const std::size_t at = section(whole.bytes(), "table2");
    put(files.bytes(), at + 16, next, 8);
    fix(files.bytes(), at, kSection);
    const auto image = open_image(files);
    REQUIRE(image);
    CHECK(image->notes.size() == 2);
    Blob out(10 * 32768);
    REQUIRE(image->disk->read_at(0, out));
    CHECK(std::memcmp(out.data(), disk.data(), out.size()) == 0);
    CHECK_FALSE(image->disk->read_at(11 * 32768, out));
  }
}

TEST_CASE("ewf: tables with counts that cannot be") {
  const ImageFiles whole = write_ewf(sample_disk(1U << 20));
  for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{0xFFFFFFFF}, std::uint64_t{0x100000}}) {
    ImageFiles files = whole;
    for (const char* type : {"table", "table2"}) put(files.bytes(), section(whole.bytes(), type) + kSection, count, 4);
    const auto image = open_image(files);
    REQUIRE(image);
    CHECK_FALSE(image->notes.empty());
    Blob out(10);
    CHECK_FALSE(image->disk->read_at(0, out));
  }
}

TEST_CASE("ewf: as many sections, segments and tables as are looked at, and one more") {
  const Blob disk = sample_disk(64 * 512);
  const ImageFiles whole = write_ewf(disk);
  const auto add = [](Blob& b, std::string_view type, std::size_t body = 0) {
    const std::size_t at = b.size(), size = kSection + body;
    b.resize(at + size);
    std::memcpy(b.data() + at, type.data(), type.size());
    put(b, at + 16, at + size, 8);
    put(b, at + 24, size, 8);
    fix(b, at, kSection);
    if (body != 0) put(b, at + kSection, 1, 4);  // a table of one chunk
  };
  // What is said of the image with more sections in its first segment, and of later ones with so many tables each.
  const auto notes = [&](std::size_t more_sections, const std::vector<std::size_t>& later) {
    ImageFiles files = whole;
    Blob& first = files.bytes();
    first.resize(section(first, "done"));
    for (std::size_t i = 0; i < more_sections; ++i) add(first, "header");
    add(first, later.empty() ? "done" : "next");
    std::string name = files.main;
    for (std::size_t i = 0; i < later.size(); ++i) {
      name = image::ewf_format::next_name(name).value_or("");
      Blob b(whole.bytes().begin(), whole.bytes().begin() + kFirstSection);
      put(b, 9, i + 2, 2);
      b.reserve(b.size() + later[i] * (kSection + 28) + kSection);
      for (std::size_t t = 0; t < later[i]; ++t) add(b, "table", 28);
      add(b, i + 1 == later.size() ? "done" : "next");
      files.files[name] = std::move(b);
    }
    const auto image = open_image(files);
    REQUIRE(image);
    Blob out(disk.size());
    CHECK(image->disk->read_at(0, out));
    CHECK(out == disk);
    std::string text;
    for (const auto& n : image->notes) text += n + "\n";
    return text;
  };
  constexpr std::size_t kSections = 65536, kSegments = 4096, kTables = 1U << 18;
  const std::size_t there = 6;  // header, volume, sectors, table, table2, done
  CHECK(notes(kSections - there, {}).empty());
  CHECK(notes(kSections - there + 1, {}).find("ewf.sections") != std::string::npos);
  CHECK(notes(0, std::vector<std::size_t>(kSegments - 1)).empty());
  CHECK(notes(0, std::vector<std::size_t>(kSegments)).find("more than 4096 segments") != std::string::npos);
  std::vector<std::size_t> tables((kTables - 1) / (kSections - 1), kSections - 1);
  tables.push_back((kTables - 1) % (kSections - 1));
  CHECK(notes(0, tables).empty());
  ++tables.back();
  CHECK(notes(0, tables).find("ewf.tables") != std::string::npos);
}

TEST_CASE("ewf: truncated files show no wrong byte") {
  const Blob disk = sample_disk(1U << 20);
  check_truncated(write_ewf(disk, {.chunks_per_table = 8}), "ewf", disk, 100);
  check_truncated(write_ewf(disk, {.compress = false}), "ewf", disk, 50);
}

TEST_CASE("ewf: mutants") {
  const Blob disk = sample_disk(400 * 512);
  const ImageFiles files = write_ewf(disk, {.chunks_per_table = 3});
  const Blob& b = files.bytes();
  check_mutants(
      files, "ewf",
      {{0, 13}, {kFirstSection, 80}, {section(b, "volume"), kSection + 32}, {section(b, "sectors"), 90}, {section(b, "table"), 120}}, 300,
      repair);
}

TEST_CASE("ewf: ewfexport reads what the builders write") {
  if (!have_tool("ewfexport")) return;
  const Blob disk = sample_disk(3U << 20, 4);
  for (const EwfOptions& o : {EwfOptions{}, EwfOptions{.compress = false}, EwfOptions{.chunks_per_table = 9, .chunks_per_segment = 20}}) {
    const std::string folder = write_files(write_ewf(disk, o));
    run_tool("ewfexport -u -q -f raw -t " + folder + "/exported " + folder + "/disk.E01");
    CHECK(slurp(folder + "/exported.raw") == disk);
  }
}

TEST_CASE("ewf: images made by ewfacquirestream") {
  if (!have_tool("ewfacquirestream")) return;
  const Blob disk = sample_disk(3U << 20, 6);
  for (const std::string options :
       {"-c deflate:fast -f encase6", "-c deflate:none -f encase5", "-c deflate:best -f ftk -b 128", "-c deflate:empty-block -f linen6",
        "-c deflate:none -f encase2 -S 1048576", "-c deflate:fast -f encase7 -S 1048576", "-c deflate:fast -f ewfx"}) {
    const std::string folder = write_files({"raw", {{"raw", disk}}});
    run_tool("ewfacquirestream -q " + options + " -t " + folder + "/made < " + folder + "/raw");
    const auto file = image::host_file(folder + (options.ends_with("ewfx") ? "/made.e01" : "/made.E01"));
    REQUIRE(file);
    const auto image = image::open(file->file);
    REQUIRE_MESSAGE(image, image.error().text());
    CHECK_MESSAGE(image->notes.empty(), options);
    check_disk(*image->disk, disk);
  }
}

TEST_CASE("ewf: images that Windows programs made") {
  for (const char* name : {"images/velociraptor_partition_image.E01", "images/tsk_imageformat_mmls_1.E01"}) {
    const auto path = corpus(name);
    if (!path) continue;
    if (!have_tool("ewfexport")) return;
    check_oracle(write_files({"disk.E01", {{"disk.E01", slurp(*path)}}}), "disk.E01");
  }
}
