#include <doctest/doctest.h>

#include <cstring>

#include "core/big_endian.hpp"
#include "image/support/beside.hpp"
#include "io/window.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/qcow2_builder.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

constexpr std::size_t kBackingAt = 8, kClusterBitsAt = 20, kSizeAt = 24, kCryptAt = 32, kL1SizeAt = 36, kL1At = 40, kSnapshotsAt = 60,
                      kFeaturesAt = 72, kHeaderLengthAt = 100, kPackingAt = 104;

void put_be(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * (width - 1 - i)));
}

/// The error of opening an image after one field of its header was changed.
Error error_with(std::size_t at, std::uint64_t value, std::size_t width, Qcow2Options o = {}) {
  ImageFiles files = write_qcow2(sample_disk(200000), o);
  put_be(files.bytes(), at, value, width);
  const auto image = open_image(files);
  REQUIRE_FALSE(image);
  return image.error();
}

Blob changed(Blob disk) {
  std::memset(disk.data() + 100000, 0x5A, 70000);
  std::memset(disk.data() + 300000, 0, 140000);
  return disk;
}

const Blob& base_disk() {
  static const Blob disk = sample_disk(1954 * 512, 5);
  return disk;
}

ImageFiles child_of(const ImageFiles& base, Qcow2Options o) {
  o.name = "child.qcow2";
  if (o.backing_name.empty()) o.backing_name = base.main;
  return write_qcow2_over(changed(base_disk()), base_disk(), base, o);
}

std::string converted(const std::string& folder, const std::string& from, const std::string& how, const std::string& to) {
  run_tool("cd " + folder + " && qemu-img convert " + how + " " + from + " " + to);
  return folder + "/" + to;
}

}  // namespace

TEST_CASE("qcow2: clusters of all sizes, both versions, plain and packed") {
  for (const std::uint32_t bits : {9U, 12U, 16U, 21U})
    for (const Qcow2Packing packing : {Qcow2Packing::none, Qcow2Packing::zlib, Qcow2Packing::zstd}) {
      const std::uint32_t version = packing == Qcow2Packing::zstd || bits == 12 ? 3 : 2;
      const Blob disk = sample_disk(700 * 1024 + 512, bits);
      check_image(write_qcow2(disk, {.version = version, .cluster_bits = bits, .packing = packing, .zero_clusters = bits == 12}), disk);
    }
}

TEST_CASE("qcow2: the lowest bit of an entry means zeros from version 3 on, and nothing before") {
  const Blob disk = sample_disk(200000);
  for (const std::uint32_t version : {2U, 3U}) {
    ImageFiles files = write_qcow2(disk, {.version = version});
    const auto be64_at = [&](std::uint64_t at) { return std::uint64_t{*bytes_of(files.bytes()).try_get<be64>(at)}; };
    constexpr std::uint64_t kOffset = 0x00FFFFFFFFFFFE00;
    const std::uint64_t entry_at = be64_at(be64_at(kL1At) & kOffset) & kOffset;
    REQUIRE((be64_at(entry_at) & kOffset) != 0);
    put_be(files.bytes(), entry_at, be64_at(entry_at) | 1, 8);
    Blob wanted = disk;
    if (version == 3) std::fill_n(wanted.begin(), 65536, std::byte{});
    check_image(files, wanted);
  }
}

TEST_CASE("qcow2: what is told about an image") {
  const auto image = open_image(write_qcow2(sample_disk(100000)));
  REQUIRE(image);
  CHECK(image->format == "qcow2");
  CHECK(image->variant == "version_3");
  CHECK(image->files == std::vector<std::string>{"disk.qcow2"});
  CHECK(image->notes.empty());
  CHECK(image->sector_size == 512);
}

TEST_CASE("qcow2: a backing chain, QCOW2 over QCOW2 over raw") {
  const ImageFiles raw{"base.img", {{"base.img", base_disk()}}};
  const ImageFiles middle = child_of(raw, {.backing_format = "raw"});
  check_image(middle, changed(base_disk()));
  Blob top_disk = changed(base_disk());
  top_disk.resize(1200000);  // larger than what is beneath: zeros
  std::memset(top_disk.data() + 1100000, 0x11, 5000);
  const ImageFiles top =
      write_qcow2_over(top_disk, changed(base_disk()), middle, {.name = "top.qcow2", .backing_name = "C:\\vm\\child.qcow2"});
  check_image(top, top_disk);
  const auto image = open_image(top);
  CHECK(image->files == std::vector<std::string>{"top.qcow2", "child.qcow2", "base.img"});
  CHECK(image->variant == "version_3_backed");
  CHECK(image->notes == std::vector<std::string>{"the backing file's format is not stated; it was recognised by content"});
}

TEST_CASE("qcow2: a backing file that is raw stays raw, whatever it begins with") {
  const ImageFiles inner = write_qcow2(sample_disk(300000), {.name = "inner.qcow2"});
  const Blob& as_bytes = inner.bytes();
  const ImageFiles child =
      write_qcow2_over(as_bytes, as_bytes, inner, {.name = "c.qcow2", .backing_name = "inner.qcow2", .backing_format = "raw"});
  check_image(child, as_bytes);
}

TEST_CASE("qcow2: a missing, wrong or looping backing file is named") {
  const ImageFiles base = write_qcow2(base_disk(), {.name = "base.qcow2"});
  ImageFiles child = child_of(base, {.backing_format = "qcow2"});
  child.files.erase("base.qcow2");
  auto image = open_image(child);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::not_found);
  CHECK(image.error().text().find("base.qcow2") != std::string::npos);

  image = open_image(child_of(base, {.backing_format = "vmdk"}));
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::corrupt);
  CHECK(image.error().text().find("base.qcow2") != std::string::npos);

  image = open_image(write_qcow2(base_disk(), {.backing_name = "disk.qcow2"}));
  REQUIRE_FALSE(image);
  CHECK(image.error().text().find("its own") != std::string::npos);

  for (const char* name : {"nbd://host/disk", "json:{\"driver\":\"nbd\"}", "folder/"}) {
    image = open_image(write_qcow2(base_disk(), {.backing_name = name}));
    REQUIRE_FALSE(image);
    CHECK(image.error().code == ErrorCode::unsupported);
  }
}

TEST_CASE("qcow2: a loop of two and a chain that is too long end") {
  ImageFiles loop = write_qcow2(base_disk(), {.name = "a.qcow2", .backing_name = "b.qcow2"});
  loop.add(write_qcow2(base_disk(), {.name = "b.qcow2", .backing_name = "a.qcow2"}));
  CHECK_FALSE(open_image(loop));
  ImageFiles chain = write_qcow2(sample_disk(4096), {.name = "0.qcow2"});
  for (int i = 1; i <= image::kMaxParents + 1; ++i) {
    const std::string name = std::to_string(i) + ".qcow2", below = std::to_string(i - 1) + ".qcow2";
    chain.add(write_qcow2(sample_disk(4096), {.name = name, .backing_name = below}));
  }
  chain.main = std::to_string(image::kMaxParents) + ".qcow2";
  CHECK(open_image(chain));
  chain.main = std::to_string(image::kMaxParents + 1) + ".qcow2";
  const auto image = open_image(chain);
  REQUIRE_FALSE(image);
  CHECK(image.error().code == ErrorCode::limit);
}

TEST_CASE("qcow2: what is not supported is refused by name") {
  CHECK(error_with(kCryptAt, 1, 4).code == ErrorCode::encrypted);
  CHECK(error_with(kCryptAt, 2, 4).text().find("LUKS") != std::string::npos);
  CHECK(error_with(4, 1, 4).code == ErrorCode::unsupported);
  CHECK(error_with(4, 4, 4).code == ErrorCode::unsupported);
  CHECK(error_with(kFeaturesAt, 16, 8).text().find("extended L2") != std::string::npos);
  CHECK(error_with(kFeaturesAt, 1 << 9, 8).text().find("bit 9") != std::string::npos);
  CHECK(error_with(kPackingAt, 2, 1).code == ErrorCode::unsupported);
  CHECK(error_with(kPackingAt, 1, 1).code == ErrorCode::corrupt);  // without its feature bit
  CHECK(error_with(kFeaturesAt, 4, 8).text().find("data file") != std::string::npos);
}

TEST_CASE("qcow2: fields of the header at 0, 1 and their maximum") {
  CHECK(error_with(kClusterBitsAt, 8, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kClusterBitsAt, 22, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kClusterBitsAt, 0xFFFFFFFF, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kSizeAt, UINT64_MAX, 8).code == ErrorCode::limit);
  CHECK(error_with(kL1SizeAt, 0, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kL1SizeAt, 0xFFFFFFFF, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kL1At, 1, 8).code == ErrorCode::corrupt);
  CHECK(error_with(kL1At, 0xFFFFFFFFFFFF0000, 8).code == ErrorCode::truncated);  // would wrap around to the header
  CHECK(error_with(kHeaderLengthAt, 1, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kHeaderLengthAt, 0xFFFFFFFF, 4).code == ErrorCode::corrupt);
  CHECK(error_with(kBackingAt, UINT64_MAX, 8).code == ErrorCode::corrupt);
}

TEST_CASE("qcow2: marks of the header become notes") {
  ImageFiles files = write_qcow2(sample_disk(100000));
  put_be(files.bytes(), kFeaturesAt, 3, 8);
  put_be(files.bytes(), kSnapshotsAt, 2, 4);
  const auto image = open_image(files);
  REQUIRE(image);
  REQUIRE(image->notes.size() == 3);
  CHECK(image->notes[0].find("dirty") != std::string::npos);
  CHECK(image->notes[1].find("corrupt") != std::string::npos);
  CHECK(image->notes[2].find("2 internal snapshots") != std::string::npos);
}

TEST_CASE("qcow2: tables that point out of the file lose what they map, and name it") {
  const Blob disk = sample_disk(1000000);
  ImageFiles files = write_qcow2(disk, {.cluster_bits = 12});
  // The second L1 entry: 2 MiB a table, so this disk has one; a bad L2 entry instead. L1 in cluster 1, the first L2 in cluster 2.
  put_be(files.bytes(), 2 * 4096 + 5 * 8, std::uint64_t{1} << 40, 8);
  const auto image = open_image(files);
  REQUIRE(image);
  Blob out(4096);
  CHECK(image->disk->read_at(0, out));
  const auto lost = image->disk->read_at(5 * 4096, out);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().place == "qcow2.l2");
  CHECK(lost.error().offset == 2 * 4096 + 5 * 8);
  CHECK(image->disk->read_at(6 * 4096, out));
  put_be(files.bytes(), 4096, (std::uint64_t{1} << 40) | (std::uint64_t{1} << 63), 8);
  CHECK_FALSE(open_image(files)->disk->read_at(0, out));
}

TEST_CASE("qcow2: an empty disk of two tebibytes costs nothing") {
  ImageFiles files = write_qcow2(sample_disk(65536));
  put_be(files.bytes(), kSizeAt, std::uint64_t{2} << 40, 8);
  put_be(files.bytes(), kL1SizeAt, 4096, 4);
  const auto image = open_image(files);
  REQUIRE(image);
  CHECK(image->disk->size() == std::uint64_t{2} << 40);
  Blob out(4096, std::byte{1});
  REQUIRE(image->disk->read_at(std::uint64_t{1} << 40, out));
  CHECK(out == Blob(4096));
}

TEST_CASE("qcow2: cut anywhere") {
  const Blob disk = sample_disk(400000);
  check_truncated(write_qcow2(disk, {.cluster_bits = 12}), "qcow2", disk, 60);
  check_truncated(write_qcow2(disk, {.cluster_bits = 14, .packing = Qcow2Packing::zlib}), "qcow2", disk, 40);
}

TEST_CASE("qcow2: mutants") {
  const Blob disk = sample_disk(400000);
  const std::vector<std::pair<std::size_t, std::size_t>> hot = {{0, 128}, {4096, 64}, {8192, 1024}};
  check_mutants(write_qcow2(disk, {.cluster_bits = 12, .packing = Qcow2Packing::zlib}), "qcow2", hot, 150);
  check_mutants(write_qcow2(disk, {.cluster_bits = 12, .packing = Qcow2Packing::zstd}), "qcow2", hot, 150);
  const ImageFiles base = write_qcow2(base_disk(), {.name = "base.qcow2"});
  check_mutants(child_of(base, {.cluster_bits = 12, .backing_format = "qcow2"}), "qcow2", hot, 100);
}

TEST_CASE("qcow2: qemu-img reads what the builder writes") {
  if (!have_tool("qemu-img")) return;
  for (const Qcow2Packing packing : {Qcow2Packing::none, Qcow2Packing::zlib, Qcow2Packing::zstd}) {
    const ImageFiles files = write_qcow2(base_disk(), {.cluster_bits = 12, .packing = packing});
    const std::string folder = write_files(files);
    run_tool("qemu-img check " + folder + "/disk.qcow2");
    CHECK(slurp(converted(folder, "disk.qcow2", "-O raw", "out.raw")) == base_disk());
  }
}

TEST_CASE("qcow2: what qemu-img writes, in every kind, reads as the disk it was made of") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(3 << 20, 9);
  const std::string folder = write_files({"base.raw", {{"base.raw", disk}}});
  for (const char* how :
       {"", "-o compat=0.10", "-c", "-c -o compression_type=zstd", "-o cluster_size=512", "-o cluster_size=2M,refcount_bits=1",
        "-o preallocation=metadata", "-o data_file=ext.raw,data_file_raw=on", "-o data_file=ext2.raw"}) {
    CAPTURE(how);
    check_host_file(converted(folder, "base.raw", std::string("-f raw -O qcow2 ") + how, "out.qcow2"), disk);
    run_tool("rm " + folder + "/out.qcow2");
  }
  converted(folder, "base.raw", "-f raw -O qcow2 -o extended_l2=on,cluster_size=128k", "extended.qcow2");
  const auto host = image::host_file(folder + "/extended.qcow2");
  const auto refused = image::open(host->file);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text().find("extended L2") != std::string::npos);
}

TEST_CASE("qcow2: a snapshot chain made by qemu-img") {
  if (!have_tool("qemu-img")) return;
  const Blob disk = sample_disk(2 << 20, 9), next = changed(disk);
  const std::string folder = write_files({"base.raw", {{"base.raw", disk}, {"next.raw", next}}});
  run_tool("cd " + folder + " && qemu-img convert -f raw -O qcow2 base.raw base.qcow2 && " +
           "qemu-img convert -f raw -O qcow2 -B base.qcow2 -F qcow2 next.raw top.qcow2 && qemu-img snapshot -c one top.qcow2");
  check_host_file(folder + "/top.qcow2", next);
}

TEST_CASE("qcow2: shared images read as qemu-img reads them") {
  for (const char* sample : {"images/windows_volume.qcow2", "images/plaso_vsstest.qcow2"}) {
    const auto path = corpus(sample);
    if (!path || !have_tool("qemu-img")) return;
    const auto host = image::host_file(*path);
    REQUIRE(host);
    const auto image = image::open(host->file);
    REQUIRE_MESSAGE(image, image.error().text());
    const std::string folder = write_files({});
    run_tool("qemu-img convert -O raw " + *path + " " + folder + "/out.raw");
    const auto other = io::open_file(folder + "/out.raw");
    REQUIRE(other);
    REQUIRE(image->disk->size() == (*other)->size());
    Blob a(1 << 20), b(1 << 20);
    bool same = true;
    // All of the first 64 MiB, then every sixteenth MiB: the rest of both disks is nearly empty.
    for (std::uint64_t at = 0; at < image->disk->size() && same; at += at < (64U << 20) ? a.size() : 16 * a.size()) {
      const auto n = image->disk->read_at(at, a);
      const auto m = (*other)->read_at(at, b);
      same = n && m && *n == *m && a == b;
    }
    CHECK(same);
    run_tool("rm " + folder + "/out.raw");
  }
}
