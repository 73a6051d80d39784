#include <doctest/doctest.h>

#include <cstring>

#include "core/text.hpp"
#include "image/raw/parts.hpp"
#include "image/support/beside.hpp"
#include "tests/support/ewf_builder.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/vhd_builder.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

ImageFiles one(const std::string& name, Blob bytes) { return {name, {{name, std::move(bytes)}}}; }

Blob with(std::size_t size, std::size_t at, std::string_view magic) {
  Blob b(size);
  std::memcpy(b.data() + at, magic.data(), magic.size());
  return b;
}

}  // namespace

TEST_CASE("raw: a disk is known by what its first or last sectors say") {
  const Blob disk = sample_disk(300 * 512);
  check_image(one("disk.img", disk), disk);
  const std::pair<Blob, std::uint32_t> cases[] = {
      {with(65536, 510, "\x55\xAA"), 512},
      {with(65536, 3, "NTFS    "), 512},
      {with(65536, 3, "-FVE-FS-"), 512},
      {with(65536, 512, "EFI PART"), 512},
      {with(65536, 4096, "EFI PART"), 4096},
      {with(65536, 65536 - 512, "EFI PART"), 512},  // only the copy of the GPT is left
      {with(65536, 65536 - 4096, "EFI PART"), 512},
      {with(65536, 65536 - 509, "NTFS    "), 512},  // only the copy of the boot sector
  };
  for (const auto& [bytes, sector] : cases) {
    const auto image = open_image(one("whatever", bytes));
    REQUIRE_MESSAGE(image, image.error().text());
    CHECK(image->format == "raw");
    CHECK(image->sector_size == sector);
  }
}

TEST_CASE("raw: what carries another signature is refused by name, even when raw is asked for") {
  const std::pair<const char*, const char*> cases[] = {
      {"PK\x03\x04", "a zip archive"}, {"\x89PNG", "a PNG picture"},
      {"regf", "a registry hive"},     {"MZ", "a program"},
      {"%PDF", "a PDF document"},      {"LVF2", "an EnCase 7 logical evidence file (Lx01)"}};
  for (const auto& [magic, what] : cases) {
    Blob bytes = sample_disk(65536);  // with a boot signature
    std::memcpy(bytes.data(), magic, std::strlen(magic));
    for (const auto& image : {open_image(one("disk.raw", bytes)), open_image_as(one("disk.raw", bytes), "raw")}) {
      REQUIRE_FALSE(image);
      CHECK(image.error().code == ErrorCode::unsupported);
      CHECK(image.error().found == what);
    }
  }
  const auto vhd = open_image_as(write_vhd_dynamic(sample_disk(65536)), "raw");
  REQUIRE_FALSE(vhd);
  CHECK(vhd.error().found == "the signature of vhd");
}

TEST_CASE("raw: text, zeros, nothing") {
  Blob text(5000, std::byte{'a'});
  CHECK(open_image(one("disk.raw", text)).error().found == "text");
  CHECK(open_image(one("disk.raw", Blob(5000))).error().found == "content of no known kind");
  CHECK(open_image(one("disk.raw", {})).error().found == "an empty file");
  CHECK(open_image_as(one("disk.raw", Blob(100)), "raw").error().code == ErrorCode::truncated);
  CHECK(open_image_as(one("disk.raw", Blob(5000)), "raw"));  // the user knows better
  CHECK(open_image_as(one("disk.raw", Blob(5000)), "vdi").error().code == ErrorCode::usage);
}

TEST_CASE("raw: parts of every naming") {
  const Blob disk = sample_disk(1U << 20);
  for (const std::string name : {"disk.001", "disk.000", "disk.01", "disk.0001", "disk.aa", "disk.aaa", "DISK.AA"}) {
    const ImageFiles files = write_split(disk, 100000, name);
    CHECK(files.files.size() == 11);
    check_image(files, disk);
    const auto image = open_image(files);
    CHECK(image->variant == "split");
    CHECK(image->files.size() == 11);
  }
}

TEST_CASE("raw: names of parts") {
  using namespace image::raw_parts;
  CHECK(next_name("d.001") == "d.002");
  CHECK(next_name("d.009") == "d.010");
  CHECK(next_name("d.999") == "d.1000");
  CHECK(next_name("d.az") == "d.ba");
  CHECK(next_name("d.ZZ") == std::nullopt);
  CHECK(next_name("disk") == std::nullopt);
  CHECK(next_name("d.1") == std::nullopt);
  CHECK(names_first_part("d.001"));
  CHECK_FALSE(names_first_part("d.002"));
  CHECK_FALSE(names_first_part("d.img"));
  CHECK_FALSE(names_first_part("d.ab"));
}

TEST_CASE("raw: an ordinary extension next to files with later letters is one file") {
  const Blob disk = sample_disk(65536);
  ImageFiles files = one("disk.dd", disk);
  files.files["disk.de"] = disk;
  check_image(files, disk);
}

TEST_CASE("raw: a hole between parts, a part that is too short, a later part named") {
  const Blob disk = sample_disk(1U << 20);
  const ImageFiles whole = write_split(disk, 100000);
  ImageFiles files = whole;
  files.files.erase("disk.004");
  auto image = open_image(files);
  REQUIRE_FALSE(image);
  CHECK(image.error().wanted == "disk.004 beside the image");
  files = whole;
  files.files["disk.004"].pop_back();
  image = open_image(files);
  REQUIRE_FALSE(image);
  CHECK(image.error().place == "raw.parts");
  files = {"disk.003", whole.files};
  image = open_image(files);
  REQUIRE_FALSE(image);
  CHECK(image.error().advice.find("disk.001") != std::string::npos);
}

TEST_CASE("raw: files of the host and what lies beside them") {
  const Blob disk = sample_disk(1U << 20);
  const std::string folder = write_files(write_split(disk, 300000));
  const auto file = image::host_file(folder + "/disk.001");
  REQUIRE(file);
  CHECK(file->file.name == "disk.001");
  CHECK(*file->beside->names() == std::vector<std::string>{"disk.001", "disk.002", "disk.003", "disk.004"});
  CHECK(file->beside->open("DISK.002"));
  for (const char* name : {"../x", "a/b", "..", ".", "", "/etc/passwd", "C:\\x"}) {
    const auto other = file->beside->open(name);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::not_found);
  }
  const auto image = image::open(file->file);
  REQUIRE(image);
  check_disk(*image->disk, disk);
  CHECK_FALSE(image::host_file(folder + "/none"));
}

TEST_CASE("raw: mutants") { check_mutants(write_split(sample_disk(400 * 512), 65536), "raw", {{0, 16}, {510, 2}}, 1000); }
