#include <doctest/doctest.h>

#include <cstring>

#include "image/support/beside.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/vmdk_builder.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

constexpr std::size_t kVersionAt = 4, kCapacityAt = 12, kGrainAt = 20, kTableEntriesAt = 44, kSpareAt = 48, kDirectoryAt = 56,
                      kUncleanAt = 72, kNewlinesAt = 73, kPackingAt = 77;

void put_le(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}

Error error_with(std::size_t at, std::uint64_t value, std::size_t width) {
  ImageFiles files = write_vmdk_sparse(sample_disk(200 * 1024));
  put_le(files.bytes(), at, value, width);
  const auto image = open_image(files);
  REQUIRE_FALSE(image);
  return image.error();
}

std::string text_of(const ImageFiles& files) {
  const Blob& b = files.bytes();
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

ImageFiles with_text(ImageFiles files, const std::string& from, const std::string& to) {
  std::string text = text_of(files);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  files.bytes().assign(reinterpret_cast<const std::byte*>(text.data()), reinterpret_cast<const std::byte*>(text.data() + text.size()));
  return files;
}

const Blob& base_disk() {
  static const Blob disk = sample_disk(1500 * 1024, 5);
  return disk;
}
const Blob& next_disk() {
  static const Blob disk = [] {
    Blob d = base_disk();
    std::memset(d.data() + 100000, 0x5A, 70000);
    std::memset(d.data() + 300000, 0, 140000);
    return d;
  }();
  return disk;
}

constexpr std::uint32_t kBaseCid = 0x0BADCAFE;
const VmdkOptions kBase{.name = "base.vmdk", .cid = kBaseCid, .grain_sectors = 16};
const VmdkOptions kChild{.name = "child.vmdk", .grain_sectors = 16, .zeroed_grains = true};

ImageFiles child_over(const ImageFiles& base, std::uint32_t cid = kBaseCid) {
  return write_vmdk_delta(next_disk(), base_disk(), base, cid, kChild);
}

/// All layouts that stand alone.
std::vector<std::pair<const char*, ImageFiles>> layouts(const Blob& disk, VmdkOptions o = {}) {
  o.extent_bytes = 512 * 1024;
  VmdkOptions zeroed = o;
  zeroed.zeroed_grains = true;
  return {{"sparse", write_vmdk_sparse(disk, o)},
          {"sparse, zeroed grains", write_vmdk_sparse(disk, zeroed)},
          {"stream", write_vmdk_stream(disk, o)},
          {"flat", write_vmdk_flat(disk, o)},
          {"split flat", write_vmdk_split_flat(disk, o)},
          {"split sparse", write_vmdk_split_sparse(disk, o)},
          {"cowd", write_vmdk_cowd(disk, o)}};
}

}  // namespace

TEST_CASE("vmdk: every layout, grains and tables of several sizes, sizes that are no whole grain") {
  for (const auto& [grain, entries] : {std::pair{128U, 512U}, std::pair{16U, 512U}, std::pair{1U, 128U}}) {
    const Blob disk = sample_disk(1300 * 1024 + 512, grain);
    for (const auto& [name, files] : layouts(disk, {.grain_sectors = grain, .entries_per_table = entries})) {
      CAPTURE(name);
      check_image(files, disk);
    }
  }
}

TEST_CASE("vmdk: what is told about an image") {
  const auto image = open_image(write_vmdk_split_flat(sample_disk(1024 * 1024), {.extent_bytes = 600 * 1024}));
  REQUIRE(image);
  CHECK(image->format == "vmdk");
  CHECK(image->variant == "two_gb_max_extent_flat");
  CHECK(image->files == std::vector<std::string>{"disk.vmdk", "disk-f001.vmdk", "disk-f002.vmdk"});
  CHECK(image->notes.empty());
}

TEST_CASE("vmdk: snapshots over every kind of parent, and over a snapshot") {
  for (const auto& [name, base] : layouts(base_disk(), kBase)) {
    CAPTURE(name);
    check_image(child_over(base), next_disk());
  }
  Blob top_disk = next_disk();
  std::memset(top_disk.data() + 700000, 0x77, 9000);
  const ImageFiles middle = child_over(write_vmdk_sparse(base_disk(), kBase));
  const ImageFiles top = write_vmdk_delta(top_disk, next_disk(), middle, kChild.cid, {.name = "top.vmdk", .cid = 7, .grain_sectors = 16});
  check_image(top, top_disk);
  const auto image = open_image(top);
  CHECK(image->variant == "monolithic_sparse_delta");
  CHECK(image->files == std::vector<std::string>{"top.vmdk", "child.vmdk", "base.vmdk"});
}

TEST_CASE("vmdk: a missing or wrong parent is named") {
  const ImageFiles base = write_vmdk_flat(base_disk(), kBase);
  ImageFiles child = child_over(base);
  child.files.erase("base.vmdk");
  auto image = open_image(child);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::not_found);
  CHECK(image.error().text().find("base.vmdk") != std::string::npos);
  image = open_image(child_over(base, 0x11111111));
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::corrupt);
  CHECK(image.error().text().find("0badcafe") != std::string::npos);
  CHECK(image.error().text().find("11111111") != std::string::npos);
}

TEST_CASE("vmdk: a snapshot with the id of its parent is not its own parent") {
  // Nothing was written since it was taken: the id is changed by the first write only.
  ImageFiles child =
      write_vmdk_delta(base_disk(), base_disk(), write_vmdk_sparse(base_disk(), kBase), kBaseCid, {.name = "a.vmdk", .cid = kBaseCid});
  check_image(child, base_disk());
  // The parent was renamed: of the files beside, the child itself comes first.
  auto parent = child.files.extract("base.vmdk");
  parent.key() = "renamed.vmdk";
  child.files.insert(std::move(parent));
  check_image(child, base_disk());
  child.files.erase("renamed.vmdk");
  const auto image = open_image(child);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::corrupt);
  CHECK(image.error().text().find("that is not one of its own children") != std::string::npos);
  CHECK(image.error().found == "a.vmdk");
}

TEST_CASE("vmdk: a parent that is its own child, and a chain that is too long, end") {
  const ImageFiles self = write_vmdk_delta(next_disk(), base_disk(), {.main = "child.vmdk", .files = {}}, kChild.cid, kChild);
  CHECK_FALSE(open_image(self));
  const Blob disk = sample_disk(65536);
  ImageFiles chain = write_vmdk_sparse(disk, {.name = "0.vmdk", .cid = 1});
  for (int i = 1; i <= image::kMaxParents + 1; ++i)
    chain = write_vmdk_delta(disk, disk, chain, static_cast<std::uint32_t>(i),
                             {.name = std::to_string(i) + ".vmdk", .cid = static_cast<std::uint32_t>(i + 1)});
  const auto image = open_image(chain);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::limit);
}

TEST_CASE("vmdk: a missing extent is named; a short one loses its end only") {
  ImageFiles files = write_vmdk_split_flat(base_disk(), {.extent_bytes = 600 * 1024});
  files.files["disk-f003.vmdk"].resize(10240);
  const auto image = open_image(files);
  REQUIRE(image);
  REQUIRE(image->notes.size() == 1);
  CHECK(image->notes[0].find("disk-f003.vmdk ends at byte 10240") != std::string::npos);
  Blob out(1024);
  CHECK(image->disk->read_at(1200 * 1024, out));
  CHECK_FALSE(image->disk->read_at(1200 * 1024 + 10000, out));
  files.files.erase("disk-f002.vmdk");
  const auto missing = open_image(files);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().text().find("disk-f002.vmdk") != std::string::npos);
}

TEST_CASE("vmdk: an extent alone is no disk") {
  ImageFiles files = write_vmdk_split_sparse(base_disk(), {.extent_bytes = 600 * 1024});
  files.main = "disk-s002.vmdk";
  auto image = open_image(files);
  REQUIRE_FALSE(image);
  CHECK(image.error().text().find("one extent of a disk") != std::string::npos);
  files = write_vmdk_cowd(base_disk());
  files.main = "disk-delta.vmdk";
  CHECK_FALSE(open_image(files));
}

TEST_CASE("vmdk: what is not supported is refused by name") {
  const ImageFiles flat = write_vmdk_flat(base_disk());
  CHECK(open_image(with_text(flat, "FLAT", "VMFSRDM")).error().text().find("VMFSRDM") != std::string::npos);
  CHECK(open_image(with_text(flat, "FLAT", "SESPARSE")).error().text().find("seSparse") != std::string::npos);
  CHECK(open_image(with_text(flat, "createType", "encryption.keySafe=x\ncreateType")).error().code == ErrorCode::encrypted);
  CHECK(open_image(with_text(flat, "FLAT", "SPARSE")).error().code == ErrorCode::corrupt);
  CHECK(error_with(kVersionAt, 4, 4).code == ErrorCode::unsupported);
  Blob sesparse(4096);
  put_le(sesparse, 0, 0xCAFEBABE, 8);
  CHECK_FALSE(open_image({"x-sesparse.vmdk", {{"x-sesparse.vmdk", sesparse}}}));
}

TEST_CASE("vmdk: descriptors that make no sense") {
  const ImageFiles flat = write_vmdk_flat(base_disk());
  for (const auto& [from, to] :
       {std::pair{"CID=1234abcd", "CID=xyz"}, std::pair{"CID=1234abcd", ""}, std::pair{"RW 3000 FLAT", "RW 0 FLAT"},
        std::pair{"RW 3000 FLAT", "RW 99999999999999999999 FLAT"}, std::pair{"RW 3000 FLAT", "RW 3000"},
        std::pair{"RW 3000 FLAT", "RW 9223372036854775807 FLAT"}, std::pair{"RW", "#"},
        std::pair{"vmdk\" 0", "vmdk\" 18446744073709551615"}, std::pair{"disk-flat.vmdk", "../disk-flat.vmdkx"}}) {
    CAPTURE(to);
    CHECK_FALSE(open_image(with_text(flat, from, to)));
  }
  std::string many = "RW 1 ZERO\n";
  for (int i = 0; i < 12; ++i) many += many;
  CHECK(open_image(with_text(flat, "RW", many + "RW")).error().code == ErrorCode::limit);
  // Windows line ends, a path before the name, an extent of zeros behind: all of it occurs.
  Blob longer = base_disk();
  longer.resize(longer.size() + 5 * 512);
  check_image(with_text(with_text(flat, "\"disk-flat", "\"C:\\vm\\disk-flat"), "\" 0\n", "\" 0\r\nRW 5 ZERO\r\n"), longer);
}

TEST_CASE("vmdk: fields of the header at 0, 1 and their maximum") {
  CHECK(error_with(kCapacityAt, 0, 8).code == ErrorCode::corrupt);
  CHECK(error_with(kCapacityAt, UINT64_MAX, 8).code == ErrorCode::corrupt);
  CHECK(error_with(kCapacityAt, std::uint64_t{1} << 47, 8).code == ErrorCode::truncated);
  CHECK(error_with(kGrainAt, 0, 8).code == ErrorCode::corrupt);
  CHECK(error_with(kGrainAt, 3, 8).code == ErrorCode::corrupt);
  CHECK(error_with(kGrainAt, UINT64_MAX, 8).code == ErrorCode::corrupt);
  CHECK(error_with(kTableEntriesAt, 0, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kTableEntriesAt, UINT32_MAX, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kNewlinesAt, 0x0D0A0D0A, 4).text().find("text") != std::string::npos);
  ImageFiles packed = write_vmdk_stream(sample_disk(200 * 1024));
  put_le(packed.bytes(), packed.bytes().size() - 1024 + kPackingAt, 2, 2);
  CHECK(open_image(packed).error().code == ErrorCode::unsupported);
}

TEST_CASE("vmdk: the redundant grain directory stands in, for all of it or for one table") {
  const Blob disk = sample_disk(1300 * 1024);
  const VmdkOptions o{.grain_sectors = 1};
  ImageFiles files = write_vmdk_sparse(disk, o);
  const std::size_t directory = 512 * static_cast<std::size_t>(files.bytes()[kDirectoryAt]);
  // A table that begins in the last sector lies outside too: its first entries would be somebody else's bytes.
  put_le(files.bytes(), directory + 4, files.bytes().size() / 512 - 1, 4);
  check_image(files, disk);
  files = write_vmdk_sparse(disk, o);
  put_le(files.bytes(), directory + 8, 0x7FFFFFFF, 4);
  check_image(files, disk);
  ImageFiles no_spare = files;
  put_le(no_spare.bytes(), kSpareAt, UINT64_MAX / 512, 8);  // one more entry would wrap around to the header
  const auto lost = open_image(no_spare);
  REQUIRE(lost);
  Blob out(512);
  CHECK(lost->disk->read_at(0, out));
  CHECK_FALSE(lost->disk->read_at(2 * 512 * 512, out));
  put_le(files.bytes(), kDirectoryAt, 0x7FFFFFFF, 8);
  check_image(files, disk);
  CHECK(open_image(files)->notes.size() == 1);
  put_le(files.bytes(), kUncleanAt, 1, 1);
  CHECK(open_image(files)->notes.size() == 2);
}

TEST_CASE("vmdk: a stream without its end, and grains with a wrong marker, are named") {
  ImageFiles files = write_vmdk_stream(sample_disk(500 * 1024));
  const std::size_t first_grain = 128 * 512;
  put_le(files.bytes(), first_grain, 77, 8);
  const auto image = open_image(files);
  REQUIRE(image);
  Blob out(512);
  const auto lost = image->disk->read_at(0, out);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().place == "vmdk.grain.marker.sector");
  CHECK(lost.error().offset == first_grain);
  files.bytes().resize(files.bytes().size() - 512);
  CHECK(open_image(files).error().place == "vmdk.footer");
}

TEST_CASE("vmdk: cut anywhere") {
  const Blob disk = sample_disk(400 * 1024);
  for (const auto& [name, files] : layouts(disk, {.grain_sectors = 16})) check_truncated(files, "vmdk", disk, 30);
}

TEST_CASE("vmdk: mutants") {
  const Blob disk = sample_disk(400 * 1024);
  const std::vector<std::pair<std::size_t, std::size_t>> hot = {{0, 80}, {512, 400}, {21 * 512, 4096}};
  check_mutants(write_vmdk_sparse(disk, {.grain_sectors = 16, .zeroed_grains = true}), "vmdk", hot, 150);
  const ImageFiles stream = write_vmdk_stream(disk, {.grain_sectors = 16});
  const std::size_t end = stream.bytes().size();
  check_mutants(stream, "vmdk", {{end - 8192, 8192}, {end - 1024, 80}, {16 * 512, 16}}, 150);
  check_mutants(write_vmdk_split_sparse(disk, {.extent_bytes = 100 * 1024}), "vmdk", {{0, 300}}, 100);
  check_mutants(child_over(write_vmdk_sparse(base_disk(), kBase)), "vmdk", hot, 80);
  ImageFiles cowd = write_vmdk_cowd(disk, {.grain_sectors = 16});
  MemoryNeighbours beside(cowd);
  check_mutants(cowd, "vmdk", {{0, 300}}, 50);
}

TEST_CASE("vmdk: qemu-img reads what the builder writes") {
  if (!have_tool("qemu-img")) return;
  auto all = layouts(base_disk(), kBase);
  all.emplace_back("child", child_over(write_vmdk_sparse(base_disk(), kBase)));
  for (const auto& [name, files] : all) {
    CAPTURE(name);
    const std::string folder = write_files(files);
    run_tool("cd " + folder + " && qemu-img convert -f vmdk -O raw " + files.main + " out.raw");
    CHECK(slurp(folder + "/out.raw") == (files.main == "child.vmdk" ? next_disk() : base_disk()));
  }
}

TEST_CASE("vmdk: what qemu-img writes, in every subformat, reads as the disk it was made of") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(3 << 20, 9);
  const std::string folder = write_files({"base.raw", {{"base.raw", disk}}});
  for (const char* how : {"monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat", "streamOptimized",
                          "monolithicSparse,zeroed_grain=on", "monolithicSparse,compat6=on"}) {
    CAPTURE(how);
    run_tool("cd " + folder + " && qemu-img convert -f raw -O vmdk -o subformat=" + how + " base.raw out.vmdk");
    check_host_file(folder + "/out.vmdk", disk);
    run_tool("rm " + folder + "/out*");
  }
  run_tool("cd " + folder +
           " && qemu-img convert -f raw -O vmdk base.raw base.vmdk && qemu-img create -f vmdk -b base.vmdk -F vmdk top.vmdk && " +
           "qemu-io -c 'write -P 7 1000448 4096' top.vmdk");
  Blob changed = disk;
  std::memset(changed.data() + 1000448, 7, 4096);
  check_host_file(folder + "/top.vmdk", changed);
}

TEST_CASE("vmdk: a shared image reads as qemu-img reads it") {
  const auto path = corpus("images/scalibr_gpt_ext_exfat_fat32_ntfs.vmdk");
  if (!path || !have_tool("qemu-img")) return;
  const std::string folder = write_files({});
  run_tool("qemu-img convert -O raw " + *path + " " + folder + "/out.raw");
  const auto other = io::open_file(folder + "/out.raw");
  REQUIRE(other);
  const auto host = image::host_file(*path);
  REQUIRE(host);
  const auto image = image::open(host->file);
  REQUIRE_MESSAGE(image, image.error().text());
  REQUIRE(image->disk->size() == (*other)->size());
  Blob a(1 << 20), b(1 << 20);
  bool same = true;
  for (std::uint64_t at = 0; at < image->disk->size() && same; at += 4 * a.size()) {
    const auto n = image->disk->read_at(at, a);
    const auto m = (*other)->read_at(at, b);
    same = n && m && *n == *m && a == b;
  }
  CHECK(same);
  run_tool("rm " + folder + "/out.raw");
}
