#include "volume/volume.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "image/support/beside.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/disk_builder.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/mutants.hpp"

using namespace tq;
using namespace tq::test;
using volume::Table;
using volume::Volume;
using Blob = std::vector<std::byte>;

namespace {

Table table_of(const Blob& disk, std::uint32_t sector_size = 512) {
  const auto source = io::from_memory(disk);
  auto table = volume::read_table(*source, sector_size);
  REQUIRE_MESSAGE(table, table.error().text());
  for (const Volume& v : table->volumes) {  // what every caller may rely on
    CHECK(v.size != 0);
    CHECK(v.offset < disk.size());
    CHECK(v.size <= disk.size() - v.offset);
    CHECK(volume::filesystem_of(*source, v.offset).size() > 1);
  }
  return *std::move(table);
}

std::string holds(const Blob& disk, const Volume& v) { return std::string(volume::filesystem_of(*io::from_memory(disk), v.offset)); }

void put_le(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}

Partition part(const std::string& filesystem, std::uint8_t type = 0x07) { return {.content = boot_sectors(filesystem), .mbr_type = type}; }
Partition logical(const std::string& filesystem) { return {.content = boot_sectors(filesystem), .logical = true}; }

Blob gpt_disk(std::uint32_t sector_size = 512) {
  Partition efi = part("fat16");
  efi.gpt_type = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
  efi.gpt_name = "EFI system partition";
  return write_gpt({efi, part("ntfs"), part("ext")}, sector_size, 8);
}

bool has_note(const Table& t, std::string_view text) {
  return std::ranges::any_of(t.notes, [&](const std::string& n) { return n.find(text) != std::string::npos; });
}
bool has_lost(const Table& t, std::string_view place) {
  return std::ranges::any_of(t.lost, [&](const Error& e) { return e.place.find(place) != std::string::npos; });
}

/// First sectors of the volumes as mmls lists them, without its rows for tables and gaps.
std::set<std::uint64_t> mmls_starts(const std::string& image) {
  const std::string folder = write_files({});
  run_tool("mmls -a '" + image + "' > " + folder + "/out");
  std::ifstream in(folder + "/out");
  std::set<std::uint64_t> out;
  for (std::string line; std::getline(in, line);) {
    // "002:  000:000   0000000064   0000000191   0000000128   NTFS / exFAT (0x07)"
    std::istringstream words(line);
    std::string row, slot, start;
    words >> row >> slot >> start;
    const bool is_row = row.size() == 4 && row.back() == ':' && slot != "Meta" && slot != "-------";
    if (is_row && line.find("Extended") == std::string::npos) out.insert(std::stoull(start));
  }
  return out;
}

std::set<std::uint64_t> our_starts(const Table& t) {
  std::set<std::uint64_t> out;
  for (const Volume& v : t.volumes) out.insert(v.offset / t.sector_size);
  return out;
}

}  // namespace

TEST_CASE("volume: MBR, primaries") {
  const Blob disk = write_mbr({part("ntfs"), part("fat32", 0x0C), part("ntfs", 0x27)});
  const Table t = table_of(disk);
  CHECK(t.scheme == "mbr");
  REQUIRE(t.volumes.size() == 3);
  CHECK(t.lost.empty());
  CHECK(t.notes.empty());
  CHECK(t.volumes[0].number == 1);
  CHECK(t.volumes[0].type == "0x07");
  CHECK(t.volumes[0].role == "basic");
  CHECK(t.volumes[0].id == "1A2B3C4D-01");
  CHECK(t.volumes[0].offset == 64 * 512);
  CHECK(t.volumes[0].size == 65536);
  CHECK(t.volumes[2].role == "recovery");
  CHECK(holds(disk, t.volumes[1]) == "fat32");
}

TEST_CASE("volume: MBR, logical volumes are numbered from five") {
  const Blob disk = write_mbr({part("ntfs"), logical("ntfs"), logical("exfat"), logical("fat12")});
  const Table t = table_of(disk);
  REQUIRE(t.volumes.size() == 4);
  CHECK(t.lost.empty());
  CHECK(t.volumes[1].number == 5);
  CHECK(t.volumes[3].number == 7);
  CHECK(holds(disk, t.volumes[2]) == "exfat");
  CHECK(holds(disk, t.volumes[3]) == "fat12");
  CHECK(table_of(write_mbr({logical("ntfs")})).volumes.size() == 1);  // the extended partition alone
}

TEST_CASE("volume: MBR, a chain that loops, leaves the disk, or is damaged keeps what came before") {
  const Blob disk = write_mbr({part("ntfs"), logical("ntfs"), logical("exfat")});
  const Table whole = table_of(disk);
  const std::size_t first_table = whole.volumes[1].offset - 64 * 512, second_table = whole.volumes[2].offset - 64 * 512;
  Blob bad = disk;
  put_le(bad, second_table + 446 + 16 + 4, 0x05, 1);  // a link back to the first table
  put_le(bad, second_table + 446 + 16 + 12, 64, 4);
  Table t = table_of(bad);
  CHECK(t.volumes.size() == 3);
  CHECK(has_lost(t, "volume.mbr.extended"));
  bad = disk;
  put_le(bad, first_table + 446 + 16 + 8, 0xFFFFFFFF, 4);
  t = table_of(bad);
  CHECK(t.volumes.size() == 2);
  CHECK(has_lost(t, "volume.mbr.extended"));
  bad = disk;
  put_le(bad, second_table + 510, 0, 2);
  CHECK(table_of(bad).volumes.size() == 2);
  // A chain longer than anyone needs: every table links to the sector behind it.
  bad = disk;
  bad.resize(bad.size() + 600 * 512);
  const std::size_t extended = first_table / 512;
  for (std::size_t lba = extended; lba < bad.size() / 512; ++lba) {
    std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(lba * 512), 512, std::byte{0});
    put_le(bad, lba * 512 + 446 + 4, 0x05, 1);
    put_le(bad, lba * 512 + 446 + 8, lba + 1 - extended, 4);
    put_le(bad, lba * 512 + 446 + 12, 1, 4);
    put_le(bad, lba * 512 + 510, 0xAA55, 2);
  }
  CHECK(has_lost(table_of(bad), "volume.mbr.extended"));
}

TEST_CASE("volume: partitions behind the end of the disk are lost, cut ones are kept and named") {
  Blob disk = write_mbr({part("ntfs"), part("exfat")});
  disk.resize(64 * 512 + 65536 + 70 * 512);
  Table t = table_of(disk);
  REQUIRE(t.volumes.size() == 2);
  CHECK(t.volumes[1].size < 65536);
  CHECK(has_lost(t, "volume.mbr.entry 2"));
  disk.resize(64 * 512 + 65536);
  t = table_of(disk);
  CHECK(t.volumes.size() == 1);
  CHECK(has_lost(t, "volume.mbr.entry 2"));
}

TEST_CASE("volume: GPT") {
  for (const std::uint32_t sector : {512U, 4096U}) {
    const Blob disk = gpt_disk(sector);
    const Table t = table_of(disk, sector);
    CHECK(t.scheme == "gpt");
    CHECK(t.sector_size == sector);
    REQUIRE(t.volumes.size() == 3);
    CHECK(t.lost.empty());
    CHECK(t.notes.empty());
    CHECK(t.volumes[0].name == "EFI system partition");
    CHECK(t.volumes[0].role == "efi");
    CHECK(t.volumes[1].type == "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7");
    CHECK(t.volumes[1].id == "AAAAAAAA-BBBB-CCCC-DDDD-000000000002");
    CHECK(t.volumes[1].number == 2);
    CHECK(t.volumes[1].size == 65536);
    CHECK(holds(disk, t.volumes[1]) == "ntfs");
    CHECK(holds(disk, t.volumes[2]) == "ext");
  }
}

TEST_CASE("volume: a table that counts in the other sector size is found, with a note") {
  CHECK(table_of(gpt_disk(4096), 512).volumes.size() == 3);
  CHECK(table_of(gpt_disk(512), 4096).volumes.size() == 3);
  const Blob disk = write_mbr({part("ntfs"), part("exfat")}, 4096);
  const Table t = table_of(disk, 512);
  CHECK(t.sector_size == 4096);
  REQUIRE(t.volumes.size() == 2);
  CHECK(holds(disk, t.volumes[1]) == "exfat");
  CHECK(has_note(t, "4096"));
}

TEST_CASE("volume: GPT, a damaged header or table is replaced by its copy, and named") {
  const Blob disk = gpt_disk();
  for (const std::size_t at : {512U, 512U + 8U, 512U + 16U, 512U + 24U, 512U + 72U, 512U + 84U, 1024U + 40U}) {
    CAPTURE(at);
    Blob bad = disk;
    bad[at] ^= std::byte{0xFF};
    const Table t = table_of(bad);
    CHECK(t.scheme == "gpt");
    CHECK(t.volumes.size() == 3);
    CHECK(has_lost(t, "volume.gpt"));
    CHECK(has_note(t, "copy in sector"));
  }
  Blob bad = disk;  // neither MBR nor header: the copy at the end alone
  std::fill_n(bad.begin(), 2048, std::byte{0});
  CHECK(table_of(bad).volumes.size() == 3);
}

TEST_CASE("volume: GPT, both copies damaged") {
  const Blob disk = gpt_disk();
  const std::size_t last = disk.size() - 512, copy_of_entries = last - 32 * 512;
  Blob bad = disk;
  bad[1024 + 128 + 60] ^= std::byte{1};  // a letter of a name, in both
  bad[copy_of_entries + 128 + 60] ^= std::byte{1};
  Table t = table_of(bad);
  CHECK(t.volumes.size() == 3);
  CHECK(t.lost.size() == 2);
  CHECK(has_note(t, "checksum is wrong"));
  bad = disk;
  bad[512] ^= std::byte{1};
  bad[last] ^= std::byte{1};
  t = table_of(bad);
  CHECK(t.scheme == "gpt");
  CHECK(t.volumes.empty());
  CHECK(t.lost.size() == 2);
}

TEST_CASE("volume: GPT on a disk that was enlarged finds the copy where the disk used to end") {
  Blob disk = gpt_disk();
  disk.resize(disk.size() + 100 * 512);
  disk[512 + 16] ^= std::byte{1};
  CHECK(table_of(disk).volumes.size() == 3);
}

TEST_CASE("volume: GPT, fields at 0, 1 and their maximum, with right checksums") {
  const Blob disk = gpt_disk();
  struct Field {
    std::size_t at, width;
  };
  for (const Field f : {Field{512 + 12, 4}, Field{512 + 24, 8}, Field{512 + 32, 8}, Field{512 + 72, 8}, Field{512 + 80, 4},
                        Field{512 + 84, 4}, Field{1024 + 32, 8}, Field{1024 + 40, 8}, Field{1024 + 128 + 32, 8}})
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX, UINT64_MAX >> 1}) {
      Blob bad = disk;
      put_le(bad, f.at, value, f.width);
      fix_gpt_checksums(bad, 1);
      CAPTURE(f.at);
      CHECK(table_of(bad).scheme == "gpt");
    }
  Blob bad = disk;  // an entry over all of the disk and far behind it
  put_le(bad, 1024 + 32, 0, 8);
  put_le(bad, 1024 + 40, UINT64_MAX, 8);
  fix_gpt_checksums(bad, 1);
  const Table t = table_of(bad);
  CHECK(t.volumes.size() == 3);
  CHECK(has_lost(t, "entry 1"));
  CHECK(has_note(t, "overlap"));
}

TEST_CASE("volume: hybrid MBR: the GPT counts, and nothing is overlooked") {
  Blob disk = gpt_disk();
  const Table plain = table_of(disk);
  put_le(disk, 446 + 16 + 4, 0x07, 1);
  put_le(disk, 446 + 16 + 8, plain.volumes[1].offset / 512, 4);
  put_le(disk, 446 + 16 + 12, 128, 4);
  Table t = table_of(disk);
  CHECK(t.volumes.size() == 3);
  CHECK(has_note(t, "hybrid"));
  put_le(disk, 446 + 16 + 8, plain.volumes[1].offset / 512 + 8, 4);
  t = table_of(disk);
  REQUIRE(t.volumes.size() == 4);
  CHECK(has_note(t, "volume 4 is in the MBR only"));
}

TEST_CASE("volume: a disk partitioned anew with an MBR, with the old GPT still there") {
  Blob disk = gpt_disk();
  const Table gpt = table_of(disk);
  put_le(disk, 446 + 4, 0x07, 1);
  put_le(disk, 446 + 8, gpt.volumes[1].offset / 512, 4);
  put_le(disk, 446 + 12, 128, 4);
  const Table t = table_of(disk);
  CHECK(t.scheme == "mbr");
  CHECK(t.volumes.size() == 1);
}

TEST_CASE("volume: no table: every file system is recognised, and the whole disk is one volume") {
  for (const char* filesystem : {"ntfs", "bitlocker", "refs", "fat12", "fat16", "fat32", "exfat", "ext", "lvm"}) {
    CAPTURE(filesystem);
    const Blob disk = boot_sectors(filesystem);
    const Table t = table_of(disk);
    CHECK(t.scheme == "none");
    REQUIRE(t.volumes.size() == 1);
    CHECK(t.volumes[0].number == 0);
    CHECK(t.volumes[0].size == disk.size());
    CHECK(holds(disk, t.volumes[0]) == filesystem);
  }
  CHECK(table_of(Blob(100)).scheme == "none");
  CHECK(table_of(Blob(65536)).scheme == "none");
  CHECK_FALSE(volume::read_table(*io::from_memory({}), 512));
}

TEST_CASE("volume: boot code in the place of a table is no table") {
  Blob disk = boot_sectors("ntfs");
  for (std::size_t i = 84; i < 510; ++i) disk[i] = static_cast<std::byte>(i * 37);
  CHECK(table_of(disk).scheme == "none");
  // A slot that would be valid, in a volume, leads to nothing that is known.
  std::fill_n(disk.begin() + 446, 64, std::byte{0});
  put_le(disk, 446 + 4, 0x07, 1);
  put_le(disk, 446 + 8, 20, 4);
  put_le(disk, 446 + 12, 20, 4);
  CHECK(table_of(disk).scheme == "none");
  // A disk that once was a volume and was partitioned later keeps the old boot code.
  Blob later = write_mbr({part("ntfs")});
  const Blob boot = boot_sectors("ntfs");
  std::copy_n(boot.begin(), 440, later.begin());
  CHECK(table_of(later).scheme == "mbr");
}

TEST_CASE("volume: dynamic disks are named, not put together") {
  const Table t = table_of(write_mbr({part("ntfs", 0x42)}));
  CHECK(t.volumes.size() == 1);
  REQUIRE(t.lost.size() == 1);
  CHECK(t.lost[0].code == ErrorCode::unsupported);
}

TEST_CASE("volume: cut anywhere, and mutants") {
  const Blob mbr = write_mbr({part("ntfs"), logical("ntfs"), logical("exfat")}), gpt = gpt_disk();
  for (const Blob* disk : {&mbr, &gpt})
    for (std::size_t n = 1; n < 3000; n += 61) table_of(Blob(disk->begin(), disk->begin() + static_cast<std::ptrdiff_t>(n)));
  std::mt19937 random(5);
  test::MutantWatch watch("mbr and gpt");
  for (std::size_t i = 0; i < test::mutant_count(10000); ++i) {
    Blob bad = i % 2 == 0 ? mbr : gpt;
    for (std::size_t n = random() % 4 + 1; n > 0; --n) {
      const std::size_t at = random() % 3 == 0 ? random() % 2048 : i % 2 == 0 ? 446 + random() % 66 : 512 + random() % 1024;
      bad[at] = static_cast<std::byte>(random() % 3 == 0 ? 0xFF : random());
    }
    if (i % 4 == 1) fix_gpt_checksums(bad, 1);
    watch.run(i, [&] { table_of(bad); });
  }
}

TEST_CASE("volume: mmls lists the same volumes") {
  if (!have_tool("mmls")) return;
  const Blob mbr = write_mbr({part("ntfs"), part("fat32", 0x0C), logical("ntfs"), logical("exfat")});
  const ImageFiles files{"mbr.raw", {{"mbr.raw", mbr}, {"gpt.raw", gpt_disk()}}};
  const std::string folder = write_files(files);
  CHECK(mmls_starts(folder + "/mbr.raw") == our_starts(table_of(mbr)));
  CHECK(mmls_starts(folder + "/gpt.raw") == our_starts(table_of(gpt_disk())));
}

TEST_CASE("volume: the volumes of a shared image") {
  const auto path = corpus("images/scalibr_gpt_ext_exfat_fat32_ntfs.vmdk");
  if (!path) return;
  const auto host = image::host_file(*path);
  REQUIRE(host);
  const auto image = image::open(host->file);
  REQUIRE_MESSAGE(image, image.error().text());
  const auto t = volume::read_table(*image->disk, image->sector_size);
  REQUIRE(t);
  CHECK(t->scheme == "gpt");
  REQUIRE(t->volumes.size() == 4);
  const char* const holds_what[] = {"ext", "exfat", "fat32", "ntfs"};
  for (std::size_t i = 0; i < 4; ++i) CHECK(volume::filesystem_of(*image->disk, t->volumes[i].offset) == holds_what[i]);
  CHECK(t->volumes[3].offset == 393216 * 512ULL);
}

TEST_CASE("volume: as many logical partitions as are allowed, and one more") {
  const auto disk = [](std::size_t count) {
    std::vector<Partition> parts(count, Partition{.content = Blob(512), .logical = true});
    return write_mbr(parts, 512, 2);
  };
  const Table most = table_of(disk(256));
  CHECK(most.volumes.size() == 256);
  CHECK(most.lost.empty());
  const Table more = table_of(disk(257));
  CHECK(more.volumes.size() == 256);
  REQUIRE(more.lost.size() == 1);
  CHECK(more.lost[0].code == ErrorCode::limit);
}

TEST_CASE("volume: a GPT with entries as large and as many as are allowed, and more") {
  // Header fields: 80 the number of entries, 84 their size. The table begins in sector 2.
  const auto with = [](std::uint64_t entries, std::uint64_t bytes) {
    Blob disk = gpt_disk();
    disk.resize(disk.size() + (2U << 20));
    put_le(disk, 512 + 80, entries, 4);
    put_le(disk, 512 + 84, bytes, 4);
    fix_gpt_checksums(disk, 1);
    return table_of(disk);
  };
  CHECK_FALSE(has_lost(with(8192, 128), "volume.gpt.header"));
  CHECK(has_lost(with(8193, 128), "volume.gpt.header.entries"));
  CHECK_FALSE(has_lost(with(1, 4096), "volume.gpt.header"));
  CHECK(has_lost(with(1, 4104), "volume.gpt.header.entry_size"));
}
