// Each limit of a volume that a test can reach: what lies at it is read, what lies past it is refused by name. docs/hardening.md.
#include <doctest/doctest.h>

#include <algorithm>

#include "fs/ntfs/bounds.hpp"
#include "fs/ntfs/ntfs.hpp"
#include "fs/ntfs/runlist.hpp"
#include "fs/ntfs/stream.hpp"
#include "tests/support/ntfs_builder.hpp"

using namespace tq;
using namespace tq::fs::ntfs;
using Blob = std::vector<std::byte>;

namespace {

void put(Blob& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}

struct Sizes {
  std::uint64_t sector = 512, sectors_per_cluster = 8, record = 0xF6;  ///< 0xF6: -10, records of 2^10 bytes
};

/// What is wrong with a boot sector that says so; empty when nothing is.
std::string boot(const Sizes& s) {
  Blob b(512);
  const std::string_view oem = "NTFS    ";
  for (std::size_t i = 0; i < oem.size(); ++i) b[3 + i] = static_cast<std::byte>(oem[i]);
  put(b, 11, s.sector, 2);
  put(b, 13, s.sectors_per_cluster, 1);
  put(b, 40, 1U << 20, 8);
  put(b, 48, 4, 8);
  put(b, 64, s.record, 1);
  put(b, 68, 0xF4, 1);
  const auto g = parse_boot(bytes_of(b));
  return g ? std::string() : g.error().place;
}

}  // namespace

TEST_CASE("ntfs: sizes of sectors, clusters and records at their limits and past them") {
  CHECK(boot({.sector = 256, .sectors_per_cluster = 16}).empty());
  CHECK(boot({.sector = 128, .sectors_per_cluster = 16}) == "ntfs.boot.bytes_per_sector");
  CHECK(boot({.sector = 4096}).empty());
  CHECK(boot({.sector = 8192}) == "ntfs.boot.bytes_per_sector");
  CHECK(boot({.sectors_per_cluster = 0xF4}).empty());  // -12: 2^12 sectors of 512 bytes are 2 MiB
  CHECK(boot({.sectors_per_cluster = 0xF3}) == "ntfs.boot.sectors_per_cluster");
  CHECK(boot({.record = 0xF7}).empty());  // 512 bytes
  CHECK(boot({.record = 0xF8}) == "ntfs.boot.clusters_per_record");
  CHECK(boot({.record = 0xF0}).empty());  // 65536 bytes
  CHECK(boot({.record = 0xEF}) == "ntfs.boot.clusters_per_record");
}

TEST_CASE("runlist: as many runs as are allowed") {
  Blob pairs;
  for (std::size_t i = 0; i < kMaxExtents; ++i)
    for (const unsigned x : {0x11U, 1U, 2U}) pairs.push_back(static_cast<std::byte>(x));
  pairs.push_back({});
  Runs r;
  CHECK(r.append(bytes_of(pairs), 0, 1U << 30));  // one more: "runlist: the number of runs is bounded"
}

TEST_CASE("ntfs: metadata that is read as a whole at its limit and past it") {
  Medium medium{Disk(io::from_memory(Blob(4096))), {}, {}};
  Stream s;
  s.resident = true;
  for (const std::uint64_t most : {kMaxAttributeList, kMaxMftBitmap}) {
    s.value = Blob(most);
    s.size = s.initialized = most;
    CHECK(read_whole(medium, s, most)->size() == most);
    s.size = most + 1;
    CHECK(read_whole(medium, s, most).error().code == ErrorCode::limit);
  }
}

namespace {

constexpr std::size_t kFiles = 112;

/// A volume with one folder "d" of kFiles files whose index is a root and, below it, a row of blocks.
Blob wide_folder(test::NtfsLayout& layout) {
  test::NtfsBuilder b;
  b.record_size = 16384;
  b.index_block_size = 512;
  for (std::size_t i = 0; i < kFiles; ++i) b.file("d/" + std::to_string(1000 + i), Blob(3));
  return b.build(&layout);
}

/// Blocks 0 to `levels` - 1 of the folder become nodes with nothing but a way down to the next one.
void chain(Blob& volume, const test::NtfsLayout& layout, std::size_t levels) {
  for (std::size_t i = 0; i < levels; ++i) {
    const std::size_t at = layout.index_blocks.at(i), node = at + 24, entry = at + 48;
    REQUIRE(entry + 24 < at + 510);  // behind it lies what the update sequence keeps
    put(volume, node, entry - node, 4);
    put(volume, node + 4, entry - node + 24, 4);
    put(volume, node + 12, 1, 4);
    put(volume, entry, 0, 8);
    put(volume, entry + 8, 24, 4);
    put(volume, entry + 12, 3, 4);  // the last entry, with a child
    put(volume, entry + 16, i + 1, 8);
  }
}

/// Is one of the losses a limit at that place?
bool limited(const Volume& v, std::string_view place) {
  const auto& lost = v.lost();
  return std::any_of(lost.begin(), lost.end(), [&](const Error& e) { return e.code == ErrorCode::limit && e.place == place; });
}

}  // namespace

TEST_CASE("ntfs: levels, blocks and names of a folder as many as are read, and one more") {
  test::NtfsLayout layout;
  const Blob sound = wide_folder(layout);
  const auto deep = [&](std::size_t levels) {
    Blob b = sound;
    chain(b, layout, levels);
    const auto v = open_ntfs(io::from_memory(std::move(b)), "v");
    REQUIRE(v);
    CHECK((*v)->list("d")->size() == kFiles);  // the records of the files say what the index lost
    return limited(**v, "ntfs.index.depth");
  };
  CHECK_FALSE(deep(kMaxIndexDepth - 1));  // the root leads to the first, each to the next, the last is a leaf
  CHECK(deep(kMaxIndexDepth));
  const auto listed = [&](const Bounds& bounds, std::string_view place) {
    const auto v = open_ntfs(io::from_memory(sound), "v", bounds);
    REQUIRE(v);
    CHECK((*v)->list("d")->size() == kFiles);
    return limited(**v, place);
  };
  CHECK_FALSE(listed({.index_blocks = layout.index_blocks.size()}, "ntfs.index.blocks"));
  CHECK(listed({.index_blocks = layout.index_blocks.size() - 1}, "ntfs.index.blocks"));
  CHECK_FALSE(listed({.folder_names = kFiles}, "ntfs.index.entries"));
  CHECK(listed({.folder_names = kFiles - 1}, "ntfs.index.entries"));
}

TEST_CASE("ntfs: names of a walk, and names kept to put folders together, as many as are allowed, and one more") {
  test::NtfsLayout layout;
  Blob volume = wide_folder(layout);
  const auto walked = [&](std::size_t most) {
    const auto v = open_ntfs(io::from_memory(volume), "v", {.walk_names = most});
    REQUIRE(v);
    std::size_t names = 0;
    const bool whole = (*v)->walk([&](const WalkEntry&) { return ++names, true; });
    CHECK(names == std::min(most, kFiles + 1));  // the folder is a name, too
    CHECK(whole == (*v)->lost().empty());
    return whole;
  };
  CHECK(walked(kFiles + 1));
  CHECK_FALSE(walked(kFiles));
  // Which files the volume has for itself is the builder's affair: the limit at which all names fit is looked for.
  chain(volume, layout, 2);
  const auto whole = [&](std::size_t most) {
    const auto v = open_ntfs(io::from_memory(volume), "v", {.parent_links = most});
    REQUIRE(v);
    const bool all = (*v)->list("d")->size() == kFiles && !(*v)->gap("d");
    CHECK(all != limited(**v, "ntfs.mft.names"));
    return all;
  };
  std::size_t most = kFiles;
  while (most < kFiles + 64 && !whole(most)) ++most;
  CHECK(most > kFiles + 8);
  CHECK(whole(most));
  CHECK_FALSE(whole(most - 1));
}

TEST_CASE("ntfs: folders in folders as deep as is walked, and one level more") {
  const auto walked = [](std::size_t folders) {
    test::NtfsBuilder b;
    std::string path;
    for (std::size_t i = 0; i < folders; ++i) path += "d/";
    b.file(path + "f", Blob(3));
    const auto v = open_ntfs(io::from_memory(b.build()), "v");
    REQUIRE(v);
    bool found = false;
    const bool whole = (*v)->walk([&](const WalkEntry& e) { return found = found || e.path.ends_with("d/f"), true; });
    CHECK(whole == found);
    CHECK(whole == (*v)->lost().empty());
    return whole;
  };
  CHECK(walked(kMaxWalkDepth - 1));  // the root is the first level
  CHECK_FALSE(walked(kMaxWalkDepth));
}
