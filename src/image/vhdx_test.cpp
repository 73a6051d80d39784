#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <random>

#include "image/support/beside.hpp"
#include "image/support/crc32c.hpp"
#include "image/vhdx/overlay.hpp"
#include "io/window.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/unzip.hpp"
#include "tests/support/vhdx_builder.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

constexpr std::size_t kHeader1 = 64U << 10, kHeader2 = 128U << 10, kRegions1 = 192U << 10, kRegions2 = 256U << 10;
constexpr std::size_t kLog = 1U << 20, kMetadata = 2U << 20, kTable = 3U << 20, kBlocks = 4U << 20;
constexpr std::size_t kItems = kMetadata + (64U << 10);

void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) b[at + i] = static_cast<std::byte>(value >> (8 * i));
}

struct Family {
  Blob base_disk, child_disk;
  ImageFiles base, child;
};

Family family(std::uint32_t sector_bytes = 512) {
  Family f;
  f.base_disk = sample_disk(5U << 20, 1);
  f.child_disk = f.base_disk;
  for (const std::size_t sector : {1U, 2U, 3U, 100U, 255U, 256U, 1279U})
    std::memset(f.child_disk.data() + sector * 4096, 0x77, sector_bytes);
  std::memset(f.child_disk.data() + 300 * 4096, 0, 4096);
  for (std::size_t i = 0; i < (1U << 20); ++i) f.child_disk[(3U << 20) + i] ^= std::byte{0x55};  // a whole block of its own
  f.base = write_vhdx(f.base_disk, {.name = "base.vhdx", .id = 1, .sector_bytes = sector_bytes});
  f.child = write_vhdx_differencing(f.child_disk, f.base_disk, f.base, 1, {.name = "child.vhdx", .id = 2, .sector_bytes = sector_bytes});
  return f;
}

void repair(Blob& b) {
  for (const std::size_t at : {kHeader1, kHeader2}) fix_vhdx_checksum(b, at, 4096);
  for (const std::size_t at : {kRegions1, kRegions2}) fix_vhdx_checksum(b, at, 65536);
}

image::HostFile host(const std::string& path) {
  auto h = image::host_file(path);
  REQUIRE_MESSAGE(h, h.error().text());
  return *std::move(h);
}

}  // namespace

TEST_CASE("vhdx: crc32c as RFC 3720 gives it") {
  const Blob zeros(32), ones(32, std::byte{0xFF});
  CHECK(image::crc32c(bytes_of(zeros)) == 0x8A9136AA);
  CHECK(image::crc32c(bytes_of(ones)) == 0x62A8AB43);
  CHECK(image::crc32c(bytes_of("123456789")) == 0xE3069283);
  CHECK(image::crc32c(bytes_of("6789"), image::crc32c(bytes_of("12345"))) == 0xE3069283);
}

TEST_CASE("vhdx: dynamic and fixed, both sector sizes, several block sizes") {
  for (const std::uint32_t block : {1U << 20, 2U << 20, 8U << 20})
    for (const std::uint32_t sector : {512U, 4096U})
      for (const bool fixed : {false, true}) {
        if (fixed && block > (2U << 20)) continue;  // writes the whole block
        const Blob disk = sample_disk((3U << 20) + 4096 * 3, block + sector);
        const ImageFiles files = write_vhdx(disk, {.block_bytes = block, .sector_bytes = sector, .fixed = fixed});
        check_image(files, disk);
        const auto image = open_image(files);
        CHECK(image->format == "vhdx");
        CHECK(image->variant == (fixed ? "fixed" : "dynamic"));
        CHECK(image->sector_size == sector);
        CHECK(image->notes.empty());
      }
}

TEST_CASE("vhdx: differencing, with bitmaps of both sector sizes") {
  for (const std::uint32_t sector : {512U, 4096U}) {
    const Family f = family(sector);
    check_image(f.child, f.child_disk);
    const auto image = open_image(f.child);
    CHECK(image->variant == "differencing");
    CHECK(image->files == std::vector<std::string>{"child.vhdx", "base.vhdx"});
  }
}

TEST_CASE("vhdx: a chain of three, the parent found by its id") {
  Family f = family();
  Blob top_disk = f.child_disk;
  std::memset(top_disk.data() + 5000 * 512, 0x22, 512);
  ImageFiles top = write_vhdx_differencing(top_disk, f.child_disk, f.child, 2, {.name = "top.avhdx", .id = 3, .dirty_log = true});
  auto moved = top.files.extract("base.vhdx");
  moved.key() = "moved.vhdx";
  top.files.insert(std::move(moved));
  check_image(top, top_disk);
  CHECK(open_image(top)->files == std::vector<std::string>{"top.avhdx", "child.vhdx", "moved.vhdx"});
}

TEST_CASE("vhdx: missing, wrong and circular parents are named") {
  Family f = family();
  ImageFiles files = f.child;
  files.files.erase("base.vhdx");
  auto image = open_image(files);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::not_found);
  CHECK(image.error().wanted == "base.vhdx with id 01010101-0101-0101-0101-010101010101");
  files.files["base.vhdx"] = write_vhdx(f.base_disk, {.id = 8}).bytes();
  image = open_image(files);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::corrupt);
  CHECK(image.error().found == "base.vhdx with id 08080808-0808-0808-0808-080808080808");
  // Two images that name each other.
  const Blob a = write_vhdx_differencing(f.child_disk, f.base_disk, {"b.vhdx", {}}, 2, {.name = "a.vhdx", .id = 1}).bytes();
  const Blob b = write_vhdx_differencing(f.child_disk, f.base_disk, {"a.vhdx", {}}, 1, {.name = "b.vhdx", .id = 2}).bytes();
  image = open_image({"a.vhdx", {{"a.vhdx", a}, {"b.vhdx", b}}});
  REQUIRE_FALSE(image);
  CHECK(image.error().wanted.find("not one of its own children") != std::string::npos);
}

TEST_CASE("vhdx: the log is replayed in memory, over its end and past older entries") {
  const Blob disk = sample_disk(5U << 20, 3);
  const ImageFiles files = write_vhdx(disk, {.dirty_log = true});
  check_image(files, disk);
  CHECK(open_image(files)->notes == std::vector<std::string>{"vhdx: log replayed in memory: 3 entries"});
}

TEST_CASE("vhdx: a damaged log entry ends the run; without its newest part the log is not replayed") {
  const Blob disk = sample_disk(5U << 20, 3);
  ImageFiles files = write_vhdx(disk, {.dirty_log = true});
  // The first entry begins one sector before the log's end: without it the run has lost its tail.
  files.bytes()[kLog + (1U << 20) - 4096 + 100] ^= std::byte{1};
  const auto image = open_image(files);
  REQUIRE(image);
  REQUIRE(image->notes.size() == 1);
  // The older run in the middle of the log is whole, so it is the active one now.
  CHECK(image->notes[0].find("log replayed in memory: 1 entries") != std::string::npos);
  files.bytes()[kLog + (1U << 19) + 100] ^= std::byte{1};
  const auto without = open_image(files);
  REQUIRE(without);
  CHECK(without->notes[0].find("not replayed: it holds no whole sequence") != std::string::npos);
}

TEST_CASE("vhdx: a log that cannot lie where the header says") {
  const Blob disk = sample_disk(5U << 20, 3);
  const ImageFiles whole = write_vhdx(disk, {.dirty_log = true});
  const std::pair<std::size_t, std::uint64_t> cases[] = {{68, 0}, {68, 0xFFFFFFFF},        {68, 0xFFF00000},
                                                         {72, 0}, {72, ~std::uint64_t{0}}, {72, std::uint64_t{1} << 40}};
  for (const auto& [at, value] : cases) {
    ImageFiles files = whole;
    put(files.bytes(), kHeader2 + at, value, at == 68 ? 4 : 8);
    repair(files.bytes());
    const auto image = open_image(files);
    REQUIRE(image);
    REQUIRE(image->notes.size() == 1);
    CHECK(image->notes[0].find("not replayed") != std::string::npos);
  }
  ImageFiles files = whole;
  put(files.bytes(), kHeader2 + 64, 9, 2);
  repair(files.bytes());
  CHECK(open_image(files).error().place == "vhdx.header.log_version");
}

TEST_CASE("vhdx: overlay, against a plain copy") {
  Blob plain(3000, std::byte{0x11});
  image::vhdx_format::Overlay overlay{std::shared_ptr<const io::ByteSource>(io::from_memory(plain))};
  std::mt19937 random(5);
  for (int i = 0; i < 400; ++i) {
    const std::size_t at = random() % 4000, n = random() % 500;
    if (i % 3 == 0) {
      overlay.zero(at, n);
    } else {
      overlay.write(at, Blob(n, static_cast<std::byte>(i)));
    }
    if (n != 0 && plain.size() < at + n) plain.resize(at + n);
    std::memset(plain.data() + at, i % 3 == 0 ? 0 : i, n);
    REQUIRE(overlay.size() == plain.size());
    Blob out(plain.size() + 10);
    const std::size_t from = random() % plain.size();
    const auto got = overlay.read_at(from, std::span(out).first(plain.size() - from + 10));
    REQUIRE(*got == plain.size() - from);
    REQUIRE(std::memcmp(out.data(), plain.data() + from, *got) == 0);
  }
}

TEST_CASE("vhdx: damaged first copies of header and region table") {
  const Blob disk = sample_disk(5U << 20);
  const ImageFiles whole = write_vhdx(disk);
  ImageFiles files = whole;
  files.bytes()[kHeader2 + 20] ^= std::byte{1};
  files.bytes()[kRegions1 + 20] ^= std::byte{1};
  files.bytes()[0] = std::byte{0};  // the signature too
  check_image(files, disk);
  CHECK(open_image(files)->notes == std::vector<std::string>{"vhdx: the second header is damaged; the first is used",
                                                             "vhdx: the first region table is damaged; the second is used"});
  files = whole;
  files.bytes()[kHeader1] = files.bytes()[kHeader2] = std::byte{0};
  CHECK(open_image(files).error().place == "vhdx.header");
  files = whole;
  files.bytes()[kRegions1] = files.bytes()[kRegions2] = std::byte{0};
  CHECK(open_image(files).error().place == "vhdx.region_table");
}

TEST_CASE("vhdx: fields at their limits") {
  const ImageFiles whole = write_vhdx(sample_disk(5U << 20));
  struct Case {
    std::size_t at, size;
    std::uint64_t value;
    const char* place;
  };
  const Case cases[] = {
      {kHeader2 + 66, 2, 2, "vhdx.header.version"},
      {kRegions1 + 16, 4, 0, "vhdx.region"},  // a required region nobody knows
      {kRegions1 + 32, 8, 0, "vhdx.region.offset"},
      {kRegions1 + 32, 8, ~std::uint64_t{0}, "vhdx.region.offset"},
      {kRegions1 + 40, 4, 0, "vhdx.region"},
      {kRegions1 + 72, 4, 1, "vhdx.region"},
      {kMetadata, 4, 0, "vhdx.metadata.signature"},
      {kMetadata + 10, 2, 0xFFFF, "vhdx.metadata.signature"},
      {kMetadata + 10, 2, 0, "vhdx.metadata.block_size"},
      {kMetadata + 32, 4, 0, "vhdx.metadata.item"},  // a required item nobody knows
      {kMetadata + 48, 4, 0xFFFFFFFF, "vhdx.metadata.item"},
      {kMetadata + 52, 4, 0xFFFFFFFF, "vhdx.metadata.item"},
      {kMetadata + 52, 4, 4, "vhdx.metadata.flags"},
      {kItems, 4, 0, "vhdx.metadata.block_size"},
      {kItems, 4, 0xFFFFFFFF, "vhdx.metadata.block_size"},
      {kItems, 4, 512U << 20, "vhdx.metadata.block_size"},
      {kItems + 4, 4, 2, "vhdx.parent_locator"},
      {kItems + 8, 8, 0, "vhdx.metadata.virtual_disk_size"},
      {kItems + 8, 8, ~std::uint64_t{0}, "vhdx.metadata.virtual_disk_size"},
      {kItems + 8, 8, 513, "vhdx.metadata.virtual_disk_size"},
      {kItems + 32, 4, 1, "vhdx.metadata.logical_sector_size"},
  };
  for (const Case& c : cases) {
    ImageFiles files = whole;
    put(files.bytes(), c.at, c.value, c.size);
    repair(files.bytes());
    const auto image = open_image(files);
    REQUIRE_MESSAGE(!image, c.place);
    CHECK(image.error().place == c.place);
  }
}

TEST_CASE("vhdx: entries of the table that cannot be right lose their block only") {
  const Blob disk = sample_disk(5U << 20, 9);
  const ImageFiles whole = write_vhdx(disk);
  const std::uint64_t cases[] = {4, 5, 7 | kBlocks, 6, 6 | kTable, 6 | kMetadata, 6 | (std::uint64_t{1} << 50), ~std::uint64_t{0} - 1};
  for (const std::uint64_t entry : cases) {
    ImageFiles files = whole;
    put(files.bytes(), kTable, entry, 8);
    const auto image = open_image(files);
    REQUIRE(image);
    Blob out(1U << 20);
    const auto lost = image->disk->read_at(0, out);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().place.starts_with("vhdx."));
    REQUIRE(image->disk->read_at(1U << 20, out));
    CHECK(std::memcmp(out.data(), disk.data() + (1U << 20), out.size()) == 0);
  }
}

TEST_CASE("vhdx: a disk of 64 TiB costs nothing") {
  ImageFiles files = write_vhdx(Blob(1U << 20));
  put(files.bytes(), kItems, 256U << 20, 4);
  put(files.bytes(), kItems + 8, std::uint64_t{64} << 40, 8);
  put(files.bytes(), kRegions1 + 40, 0x1000000, 4);
  repair(files.bytes());
  const auto image = open_image(files);
  REQUIRE_MESSAGE(image, image.error().text());
  CHECK(image->disk->size() == std::uint64_t{64} << 40);
  Blob out(4096, std::byte{1});
  REQUIRE(image->disk->read_at(std::uint64_t{1} << 40, out));
  CHECK(out == Blob(4096));
}

TEST_CASE("vhdx: truncated files show no wrong byte") {
  const Blob disk = sample_disk(5U << 20);
  check_truncated(write_vhdx(disk), "vhdx", disk, 60);
  const Family f = family();
  check_truncated(f.child, "vhdx", f.child_disk, 40);
  ImageFiles dirty = write_vhdx(disk, {.dirty_log = true});
  dirty.bytes().resize(dirty.bytes().size() - 5000);
  const auto image = open_image(dirty);
  REQUIRE(image);
  CHECK(image->notes[0].find("the file is shorter than when it was written") != std::string::npos);
}

TEST_CASE("vhdx: mutants") {
  const Blob disk = sample_disk(3U << 20);
  const std::vector<std::pair<std::size_t, std::size_t>> hot = {
      {kHeader2, 80}, {kRegions1, 80}, {kMetadata, 256}, {kItems, 512}, {kTable, 64}};
  check_mutants(write_vhdx(disk), "vhdx", hot, 150, repair);
  check_mutants(family().child, "vhdx", hot, 150, repair);
  const auto repair_all = [](Blob& b) {
    repair(b);
    fix_vhdx_checksum(b, kLog + (1U << 19), 8192);
  };
  check_mutants(write_vhdx(disk, {.dirty_log = true}), "vhdx", {{kLog + (1U << 19), 8192}, {kLog, 20000}, {kHeader2, 80}}, 150, repair_all);
}

TEST_CASE("vhdx: qemu-img reads what the builders write") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(9U << 20, 4);
  for (const VhdxOptions& o :
       {VhdxOptions{}, VhdxOptions{.fixed = true}, VhdxOptions{.dirty_log = true}, VhdxOptions{.block_bytes = 2U << 20}}) {
    const std::string folder = write_files(write_vhdx(disk, o));
    // qemu replays the log into its copy of the file.
    if (o.dirty_log) run_tool("qemu-img check -r all -f vhdx " + folder + "/disk.vhdx");
    run_tool("qemu-img convert -f vhdx -O raw " + folder + "/disk.vhdx " + folder + "/raw");
    CHECK(slurp(folder + "/raw") == disk);
  }
}

TEST_CASE("vhdx: images made by qemu-img") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(9U << 20, 6);
  const std::string folder = write_files({"raw", {{"raw", disk}}});
  for (const std::string options : {"subformat=dynamic", "subformat=fixed", "subformat=dynamic,block_size=1048576"}) {
    run_tool("qemu-img convert -f raw -O vhdx -o " + options + " " + folder + "/raw " + folder + "/made.vhdx");
    const auto file = host(folder + "/made.vhdx");
    const auto image = image::open(file.file);
    REQUIRE_MESSAGE(image, image.error().text());
    CHECK(image->format == "vhdx");
    check_disk(*image->disk, disk);
  }
}

TEST_CASE("vhdx: an image that Windows made") {
  const auto zip = corpus("images/velociraptor_test.vhdx.zip");
  if (!zip) return;
  const UnpackedZip folder(*zip);
  std::string path;
  for (const auto& e : std::filesystem::recursive_directory_iterator(folder.path()))
    if (e.path().extension() == ".vhdx") path = e.path().string();
  REQUIRE_FALSE(path.empty());
  const auto file = host(path);
  const auto image = image::open(file.file);
  REQUIRE_MESSAGE(image, image.error().text());
  CHECK(image->format == "vhdx");
  if (!have_tool("qemu-img")) return;
  run_tool("qemu-img convert -f vhdx -O raw '" + path + "' '" + folder.path() + "/raw'");
  check_disk(*image->disk, slurp(folder.path() + "/raw"));
}
