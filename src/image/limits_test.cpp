// Each limit of the image formats: what lies at it is read, what lies one past it is refused or left out by name. docs/hardening.md.
#include <doctest/doctest.h>

#include <functional>

#include "core/text.hpp"
#include "image/raw/parts.hpp"
#include "tests/support/ewf_builder.hpp"
#include "tests/support/image_checks.hpp"
#include "tests/support/qcow2_builder.hpp"
#include "tests/support/vhd_builder.hpp"
#include "tests/support/vhdx_builder.hpp"
#include "tests/support/vmdk_builder.hpp"

using namespace tq;
using namespace tq::test;
using Blob = std::vector<std::byte>;

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

void put_le(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}
void put_be(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * (width - 1 - i)));
}

/// Where opening the changed image failed; empty when it did not.
std::string refused_at(ImageFiles files, const std::function<void(Blob&)>& change) {
  change(files.bytes());
  const auto image = open_image(files);
  return image ? std::string() : image.error().place;
}

bool noted(const image::Image& image, std::string_view what) {
  for (const std::string& n : image.notes)
    if (n.find(what) != std::string::npos) return true;
  return false;
}

/// The image opens and says `what`.
bool notes(const ImageFiles& files, std::string_view what) {
  const auto image = open_image(files);
  REQUIRE_MESSAGE(image, image.error().text());
  return noted(*image, what);
}

// Places of the VHDX builder.
constexpr std::size_t kHeader2 = 128U << 10, kRegions1 = 192U << 10, kRegions2 = 256U << 10, kMetadata = 2 * kMiB,
                      kItems = kMetadata + 65536;

void repair_vhdx(Blob& b) {
  for (const std::size_t at : {std::size_t{64} << 10, kHeader2}) fix_vhdx_checksum(b, at, 4096);
  for (const std::size_t at : {kRegions1, kRegions2}) fix_vhdx_checksum(b, at, 65536);
}

std::string vhdx_refused_at(const ImageFiles& whole, std::size_t at, std::uint64_t value, std::size_t width) {
  return refused_at(whole, [&](Blob& b) {
    put_le(b, at, value, width);
    repair_vhdx(b);
  });
}

}  // namespace

TEST_CASE("raw: as many parts as are allowed, and one more") {
  const auto split = [](std::size_t parts) {
    Blob disk = sample_disk(parts * 512);
    return open_image(write_split(disk, 512, "disk.aaa"));
  };
  const auto most = split(image::raw_parts::kMaxParts);
  REQUIRE_MESSAGE(most, most.error().text());
  CHECK(most->disk->size() == image::raw_parts::kMaxParts * 512);
  const auto more = split(image::raw_parts::kMaxParts + 1);
  REQUIRE_FALSE(more);
  CHECK(more.error().code == ErrorCode::limit);
}

TEST_CASE("image: a chain of as many parents as are allowed") {
  const Blob disk = sample_disk(4096);
  ImageFiles chain = write_vhd_fixed(disk, {.name = "0.vhd", .id = 0});
  for (int i = 1; i <= image::kMaxParents; ++i)
    chain = write_vhd_differencing(disk, disk, chain, static_cast<std::uint8_t>(i - 1),
                                   {.name = std::to_string(i) + ".vhd", .id = static_cast<std::uint8_t>(i), .block_bytes = 4096});
  check_image(chain, disk);
}

TEST_CASE("vhd: sizes of blocks and of the disk at their limits and past them") {
  const ImageFiles whole = write_vhd_dynamic(sample_disk(kMiB), {.block_bytes = 65536});
  const auto block = [&](std::uint64_t bytes) {
    return refused_at(whole, [&](Blob& b) {
      put_be(b, 512 + 32, bytes, 4);
      fix_vhd_header(b);
    });
  };
  CHECK(block(512) == "");
  CHECK(block(256) == "vhd.dynamic_header.block_size");
  CHECK(block(std::uint64_t{1} << 30) == "");
  CHECK(block(std::uint64_t{1} << 31) == "vhd.dynamic_header.block_size");
  const auto disk = [&](std::uint64_t bytes) {
    return refused_at(whole, [&](Blob& b) {
      for (const std::size_t footer : {std::size_t{0}, b.size() - 512}) {
        put_be(b, footer + 48, bytes, 8);
        fix_vhd_footer(b, footer);
      }
    });
  };
  CHECK(disk(std::uint64_t{1} << 41) == "");
  CHECK(disk((std::uint64_t{1} << 41) + 1) == "vhd.footer.current_size");
}

TEST_CASE("vhdx: sizes of blocks and of the disk at their limits and past them") {
  const ImageFiles whole = write_vhdx(sample_disk(kMiB));
  CHECK(vhdx_refused_at(whole, kItems, kMiB, 4) == "");
  CHECK(vhdx_refused_at(whole, kItems, kMiB / 2, 4) == "vhdx.metadata.block_size");
  CHECK(vhdx_refused_at(whole, kItems, 256 * kMiB, 4) == "");
  CHECK(vhdx_refused_at(whole, kItems, 512 * kMiB, 4) == "vhdx.metadata.block_size");
  // 64 TiB themselves are opened in "vhdx: a disk of 64 TiB costs nothing".
  CHECK(vhdx_refused_at(whole, kItems + 8, (std::uint64_t{64} << 40) + 512, 8) == "vhdx.metadata.virtual_disk_size");
}

TEST_CASE("vhdx: as many entries of the tables as are allowed, and one more") {
  const ImageFiles whole = write_vhdx(sample_disk(kMiB));
  CHECK(vhdx_refused_at(whole, kMetadata + 10, 2047, 2) == "");
  CHECK(vhdx_refused_at(whole, kMetadata + 10, 2048, 2) == "vhdx.metadata.signature");
  const auto regions = [&](std::uint64_t entries) {
    return refused_at(whole, [&](Blob& b) {
      for (const std::size_t table : {kRegions1, kRegions2}) put_le(b, table + 8, entries, 4);
      repair_vhdx(b);
    });
  };
  CHECK(regions(2047) == "");
  CHECK(regions(2048) == "vhdx.region_table");
}

TEST_CASE("vhdx: an item of the metadata at its limit and past it") {
  const ImageFiles whole = write_vhdx(sample_disk(kMiB));
  const auto item = [&](std::uint64_t bytes) {
    return refused_at(whole, [&](Blob& b) {
      b.resize(b.size() + 2 * kMiB);
      for (const std::size_t table : {kRegions1, kRegions2})
        for (const std::size_t entry : {std::size_t{16}, std::size_t{48}})
          if (b[table + entry + 18] == std::byte{0x20}) put_le(b, table + entry + 24, 2 * kMiB, 4);  // the region at 2 MiB
      put_le(b, kMetadata + 32 + 20, bytes, 4);
      repair_vhdx(b);
    });
  };
  CHECK(item(kMiB) == "");
  CHECK(item(kMiB + 1) == "vhdx.metadata.item");
}

TEST_CASE("vhdx: a log at its limit and past it") {
  const Blob disk = sample_disk(kMiB);
  const auto with_log = [&](std::uint64_t bytes) {
    ImageFiles files = write_vhdx(disk, {.dirty_log = true});
    Blob& b = files.bytes();
    const std::uint64_t at = (b.size() + kMiB - 1) / kMiB * kMiB;  // an empty log behind everything
    b.resize(at + bytes);
    put_le(b, kHeader2 + 68, bytes, 4);
    put_le(b, kHeader2 + 72, at, 8);
    repair_vhdx(b);
    return files;
  };
  CHECK_FALSE(notes(with_log(16 * kMiB), "the limit is"));
  CHECK(notes(with_log(17 * kMiB), "the limit is 16777216"));
}

TEST_CASE("vmdk: sizes of grains, tables and of the disk at their limits and past them") {
  const auto field = [](const ImageFiles& files, std::size_t at, std::uint64_t value, std::size_t width) {
    return refused_at(files, [&](Blob& b) { put_le(b, at, value, width); });
  };
  const ImageFiles sparse = write_vmdk_sparse(sample_disk(200 * 1024));
  CHECK(field(sparse, 20, std::uint64_t{1} << 21, 8) == "");
  CHECK(field(sparse, 20, std::uint64_t{1} << 22, 8) == "vmdk.header.grain_size");
  CHECK(field(sparse, 44, 1U << 20, 4) == "");
  CHECK(field(sparse, 44, (1U << 20) + 1, 4) == "vmdk.header.table_entries");
  // At the limit the directory would not fit into the file, which is another error than that of the size.
  CHECK(field(sparse, 12, std::uint64_t{1} << 47, 8) == "vmdk.grain_directory");
  CHECK(field(sparse, 12, (std::uint64_t{1} << 47) + 1, 8) == "vmdk.header.capacity");
  const ImageFiles stream = write_vmdk_stream(sample_disk(200 * 1024));
  const std::size_t footer = stream.bytes().size() - 1024;
  CHECK(field(stream, footer + 20, 1U << 12, 8) == "");
  CHECK(field(stream, footer + 20, 1U << 13, 8) == "vmdk.header.grain_size");
}

TEST_CASE("vmdk: a descriptor of as many extents, sectors and bytes as are allowed, and more") {
  const auto described = [](const std::string& extents) {
    const std::string text = "# Disk DescriptorFile\nversion=1\nCID=1234abcd\nparentCID=ffffffff\ncreateType=\"custom\"\n" + extents;
    const auto b = std::as_bytes(std::span(text));
    return ImageFiles{"d.vmdk", {{"d.vmdk", Blob(b.begin(), b.end())}}};
  };
  const auto place = [&](const std::string& extents) { return refused_at(described(extents), [](Blob&) {}); };
  std::string lines;
  for (int i = 0; i < 4096; ++i) lines += "RW 1 ZERO\n";
  CHECK(place(lines) == "");
  CHECK(place(lines + "RW 1 ZERO\n") == "vmdk.descriptor");
  const std::string half = "RW " + std::to_string(std::uint64_t{1} << 46) + " ZERO\n";
  CHECK(place(half + half) == "");
  CHECK(place(half + half + "RW 1 ZERO\n") == "vmdk.descriptor.extent");
  // A longer text is read up to its limit: what lies behind is no part of it.
  const ImageFiles shortest = described("");
  std::string padding(kMiB - shortest.bytes().size() - 11, '#');
  CHECK(place(padding + "\nRW 1 ZERO\n") == "");
  CHECK(place(padding + "#########\nRW 1 ZERO\n") == "vmdk.descriptor.extent");
}

TEST_CASE("qcow2: clusters, size, table, name and extensions at their limits and past them") {
  const ImageFiles whole = write_qcow2(sample_disk(200000));
  const auto field = [&](std::size_t at, std::uint64_t value, std::size_t width) {
    return refused_at(whole, [&](Blob& b) { put_be(b, at, value, width); });
  };
  // 9 and 21 bits are read in "qcow2: clusters of all sizes, both versions, plain and packed".
  CHECK(field(20, 8, 4) == "qcow2.header.cluster_bits");
  CHECK(field(20, 22, 4) == "qcow2.header.cluster_bits");
  CHECK(field(24, std::uint64_t{1} << 56, 8) == "qcow2.header.l1_size");  // passes as a size: it is the table that is too small
  CHECK(field(24, (std::uint64_t{1} << 56) + 1, 8) == "qcow2.header.size");
  CHECK(field(36, 4U << 20, 4) == "");
  CHECK(field(36, (4U << 20) + 1, 4) == "qcow2.header.l1_size");
  const auto name = [&](std::uint64_t bytes) {
    return refused_at(whole, [&](Blob& b) {
      put_be(b, 8, 2048, 8);
      put_be(b, 16, bytes, 4);
      std::fill_n(b.begin() + 2048, bytes, std::byte{'n'});
    });
  };
  CHECK(name(1023) == "qcow2.header.backing_file");  // the name is read; nothing of that name lies beside
  CHECK(name(1024) == "qcow2.header.backing_file_size");
  const auto extensions = [&](std::size_t count) {
    return refused_at(whole, [&](Blob& b) {
      std::size_t at = 0;
      for (std::size_t i = 0; i < 4; ++i) at = at * 256 + std::to_integer<std::size_t>(b[100 + i]);  // behind the header
      for (std::size_t i = 0; i < count; ++i, at += 8) put_be(b, at, std::uint64_t{0x11223344} << 32, 8);
      put_be(b, at, 0, 8);
    });
  };
  CHECK(extensions(64) == "");
  CHECK(extensions(65) == "qcow2.header.extensions");
}

TEST_CASE("ewf: sizes of chunks and of the disk at their limits and past them") {
  const ImageFiles whole = write_ewf(sample_disk(kMiB));
  const std::string content(bytes_of(whole.bytes()).chars());
  const std::size_t volume = content.find("volume") + 76;
  const auto field = [&](std::size_t at, std::uint64_t value, std::size_t width) {
    return refused_at(whole, [&](Blob& b) { put_le(b, volume + at, value, width); });
  };
  CHECK(field(8, 32768, 4) == "");  // sectors of 512 bytes: 16 MiB
  CHECK(field(8, 32769, 4) == "ewf.volume.sectors_per_chunk");
  CHECK(field(16, std::uint64_t{1} << 51, 8) == "");
  CHECK(field(16, (std::uint64_t{1} << 51) + 1, 8) == "ewf.volume.sector_count");
}
