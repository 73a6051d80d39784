#include <doctest/doctest.h>

#include <cstring>

#include "image/support/beside.hpp"
#include "io/window.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/vhd_builder.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

constexpr std::size_t kFooterBytes = 512, kHeaderAt = 512, kTableAt = 1536;
const VhdOptions kSmallBlocks{.name = "disk.vhd", .block_bytes = 65536};

void put32(Blob& b, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) b[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

/// A child of `disk` with some other sectors, and that child's bytes.
struct Family {
  Blob base_disk, child_disk;
  ImageFiles base, child;
};

Family family(const VhdOptions& child = {.name = "child.vhd", .id = 2, .block_bytes = 65536}) {
  Family f;
  f.base_disk = sample_disk(700 * 512, 1);
  f.child_disk = f.base_disk;
  for (const std::size_t sector : {3U, 4U, 5U, 200U, 255U, 256U, 699U}) std::memset(f.child_disk.data() + sector * 512, 0x77, 512);
  std::memset(f.child_disk.data() + 130 * 512, 0, 512);  // zeros over data are data, too
  f.base = write_vhd_dynamic(f.base_disk, {.name = "base.vhd", .id = 1, .block_bytes = 65536});
  f.child = write_vhd_differencing(f.child_disk, f.base_disk, f.base, 1, child);
  return f;
}

/// Right checksums, so that a changed field is looked at.
void repair(Blob& b) {
  if (b.size() < 2048) return;
  fix_vhd_footer(b, 0);
  fix_vhd_header(b, kHeaderAt);
  fix_vhd_footer(b, b.size() - kFooterBytes);
}

}  // namespace

TEST_CASE("vhd: fixed") {
  const Blob disk = sample_disk(300 * 512);
  const ImageFiles files = write_vhd_fixed(disk);
  check_image(files, disk);
  const auto image = open_image(files);
  CHECK(image->format == "vhd");
  CHECK(image->variant == "fixed");
  CHECK(image->files == std::vector<std::string>{"disk.vhd"});
  CHECK(image->notes.empty());
}

TEST_CASE("vhd: dynamic, blocks of several sizes, sizes that are no whole block") {
  for (const std::uint32_t block : {512U, 4096U, 65536U, 2U << 20}) {
    const Blob disk = sample_disk((5U << 20) + 3 * 512, block);
    check_image(write_vhd_dynamic(disk, {.block_bytes = block}), disk);
    check_image(write_vhd_dynamic(disk, {.block_bytes = block, .bitmaps_all_ones = false}), disk);
  }
}

TEST_CASE("vhd: differencing reads the parent where the bitmap says so") {
  const Family f = family();
  check_image(f.child, f.child_disk);
  const auto image = open_image(f.child);
  CHECK(image->variant == "differencing");
  CHECK(image->files == std::vector<std::string>{"child.vhd", "base.vhd"});
}

TEST_CASE("vhd: a chain of three, the middle one larger than its parent") {
  Family f = family();
  Blob top_disk = f.child_disk;
  top_disk.resize(top_disk.size() + 64 * 512, std::byte{0x11});
  const ImageFiles top = write_vhd_differencing(top_disk, f.child_disk, f.child, 2, {.name = "top.vhd", .id = 3, .block_bytes = 65536});
  check_image(top, top_disk);
  CHECK(open_image(top)->files.size() == 3);
}

TEST_CASE("vhd: the parent is known by its id, whatever its name") {
  Family f = family();
  auto moved = f.child.files.extract("base.vhd");
  moved.key() = "renamed by a person.vhd";
  f.child.files.insert(std::move(moved));
  f.child.files["another.vhd"] = write_vhd_fixed(f.base_disk, {.id = 9}).bytes();
  check_image(f.child, f.child_disk);
}

TEST_CASE("vhd: a missing or wrong parent is named with the id") {
  Family f = family();
  f.child.files.erase("base.vhd");
  auto image = open_image(f.child);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::not_found);
  CHECK(image.error().wanted == "base.vhd with id 01010101-0101-0101-0101-010101010101");
  f.child.files["base.vhd"] = write_vhd_fixed(f.base_disk, {.id = 9}).bytes();
  image = open_image(f.child);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::corrupt);
  CHECK(image.error().found == "base.vhd with id 09090909-0909-0909-0909-090909090909");
  const image::File alone{"child.vhd", io::from_memory(f.child.bytes())};
  const auto without = image::open(alone);
  REQUIRE_FALSE(without);
  CHECK(without.error().place == "vhd.parent");
}

TEST_CASE("vhd: parents in a loop") {
  Family f = family({.name = "child.vhd", .id = 1, .block_bytes = 65536});
  f.child.files["base.vhd"] = f.child.bytes();  // its parent is itself
  f.child.files["child.vhd"] = f.child.files["base.vhd"];
  const auto image = open_image(f.child);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::corrupt);
  CHECK(image.error().wanted.find("not one of its own children") != std::string::npos);
}

TEST_CASE("vhd: more parents than the limit") {
  ImageFiles chain = write_vhd_fixed(sample_disk(4096), {.name = "0.vhd", .id = 0});
  const Blob disk = sample_disk(4096);
  for (int i = 1; i <= image::kMaxParents + 1; ++i) {
    const VhdOptions o{.name = std::to_string(i) + ".vhd", .id = static_cast<std::uint8_t>(i), .block_bytes = 4096};
    chain = write_vhd_differencing(disk, disk, chain, static_cast<std::uint8_t>(i - 1), o);
  }
  const auto image = open_image(chain);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::limit);
}

TEST_CASE("vhd: damaged footer, copy used; damaged copy, footer used") {
  const Blob disk = sample_disk(1U << 20);
  const ImageFiles whole = write_vhd_dynamic(disk, kSmallBlocks);
  ImageFiles files = whole;
  files.bytes()[files.bytes().size() - 100] ^= std::byte{1};
  check_image(files, disk);
  CHECK(open_image(files)->notes == std::vector<std::string>{"vhd: the footer is damaged; its copy at the start is used"});
  files = whole;
  files.bytes().resize(files.bytes().size() - kFooterBytes);
  check_image(files, disk);
  files = whole;
  std::memset(files.bytes().data(), 0, kFooterBytes);
  check_image(files, disk);
  files = whole;  // both checksums wrong: still read, and said
  files.bytes()[200] ^= std::byte{1};
  files.bytes()[files.bytes().size() - 100] ^= std::byte{1};
  check_image(files, disk);
  CHECK(open_image(files)->notes.size() == 1);
}

TEST_CASE("vhd: a footer of 511 bytes") {
  const Blob disk = sample_disk(64 * 512);
  ImageFiles files = write_vhd_fixed(disk);
  files.bytes().pop_back();
  check_image(files, disk);
}

TEST_CASE("vhd: fields at their limits") {
  const Blob disk = sample_disk(1U << 20);
  const ImageFiles whole = write_vhd_dynamic(disk, kSmallBlocks);
  struct Case {
    std::size_t at;
    std::uint32_t value;
    const char* place;
  };
  const Case cases[] = {
      {12, 0x00020000, "vhd.footer.version"},
      {60, 0, "vhd.footer.disk_type"},
      {60, 7, "vhd.footer.disk_type"},
      {48, 0xFFFFFFFF, "vhd.footer.current_size"},
      {kHeaderAt + 32, 0, "vhd.dynamic_header.block_size"},
      {kHeaderAt + 32, 1, "vhd.dynamic_header.block_size"},
      {kHeaderAt + 32, 0xFFFFFFFF, "vhd.dynamic_header.block_size"},
      {kHeaderAt + 16, 0xFFFFFFFF, "vhd.dynamic_header.table_offset"},
      {kHeaderAt + 24, 0, "vhd.dynamic_header.version"},
      {kHeaderAt, 0, "vhd.dynamic_header.cookie"},
  };
  for (const Case& c : cases) {
    ImageFiles files = whole;
    Blob& b = files.bytes();
    put32(b, c.at, c.value);
    if (c.at < kFooterBytes) std::memcpy(b.data() + b.size() - kFooterBytes, b.data(), kFooterBytes);
    repair(b);
    const auto image = open_image(files);
    REQUIRE_MESSAGE(!image, c.place);
    CHECK(image.error().place == c.place);
  }
}

TEST_CASE("vhd: table entries outside the file or over the table lose their block only") {
  const Blob disk = sample_disk(1U << 20, 5);
  const ImageFiles whole = write_vhd_dynamic(disk, kSmallBlocks);
  for (const std::uint32_t entry : {0U, 1U, 3U, 0x7FFFFFFFU, 0xFFFFFFFEU}) {
    ImageFiles files = whole;
    put32(files.bytes(), kTableAt, entry);
    const auto image = open_image(files);
    REQUIRE(image);
    Blob out(65536);
    const auto lost = image->disk->read_at(0, out);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().place.starts_with("vhd."));
    REQUIRE(image->disk->read_at(65536, out));
    CHECK(std::memcmp(out.data(), disk.data() + 65536, out.size()) == 0);
  }
}

TEST_CASE("vhd: a table that is too short for the disk") {
  const Blob disk = sample_disk(1U << 20);
  ImageFiles files = write_vhd_dynamic(disk, kSmallBlocks);
  put32(files.bytes(), kHeaderAt + 28, 4);
  fix_vhd_header(files.bytes());
  const auto image = open_image(files);
  REQUIRE(image);
  CHECK(image->notes.size() == 1);
  Blob out(10);
  CHECK(image->disk->read_at(0, out));
  CHECK_FALSE(image->disk->read_at(4 * 65536, out));
}

TEST_CASE("vhd: truncated files show no wrong byte") {
  const Blob disk = sample_disk(400 * 512);
  check_truncated(write_vhd_fixed(disk), "vhd", disk, 60);
  check_truncated(write_vhd_dynamic(disk, kSmallBlocks), "vhd", disk, 200);
  const Family f = family();
  check_truncated(f.child, "vhd", f.child_disk, 100);
}

TEST_CASE("vhd: mutants") {
  const Blob disk = sample_disk(400 * 512);
  const ImageFiles dynamic = write_vhd_dynamic(disk, kSmallBlocks);
  check_mutants(dynamic, "vhd", {{0, 88}, {kHeaderAt, 40}, {kTableAt, 16}, {dynamic.bytes().size() - 512, 88}}, 300, repair);
  const ImageFiles fixed = write_vhd_fixed(disk);
  check_mutants(fixed, "vhd", {{fixed.bytes().size() - 512, 88}}, 300, repair);
  check_mutants(family().child, "vhd", {{0, 88}, {kHeaderAt, 768}, {kTableAt, 32}, {2048, 1024}}, 300, repair);
}

TEST_CASE("vhd: qemu-img reads what the builders write") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(9U << 20, 4);
  for (const ImageFiles& files : {write_vhd_fixed(disk), write_vhd_dynamic(disk)}) {
    const std::string folder = write_files(files);
    run_tool("qemu-img convert -f vpc -O raw " + folder + "/disk.vhd " + folder + "/raw");
    CHECK(slurp(folder + "/raw") == disk);
  }
}

TEST_CASE("vhd: images made by qemu-img") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(9U << 20, 6);
  const std::string folder = write_files({"raw", {{"raw", disk}}});
  for (const std::string options : {"subformat=dynamic,force_size=on", "subformat=fixed,force_size=on", "subformat=dynamic"}) {
    run_tool("qemu-img convert -f raw -O vpc -o " + options + " " + folder + "/raw " + folder + "/made.vhd");
    run_tool("qemu-img convert -f vpc -O raw " + folder + "/made.vhd " + folder + "/back");
    const auto host = image::host_file(folder + "/made.vhd");
    REQUIRE(host);
    const auto image = image::open(host->file);
    REQUIRE_MESSAGE(image, image.error().text());
    CHECK(image->format == "vhd");
    check_disk(*image->disk, slurp(folder + "/back"));
  }
}
