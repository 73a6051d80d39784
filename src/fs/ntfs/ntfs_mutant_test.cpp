// Random mutations with a fixed seed, and every field of every structure at its extremes: no crash, no hang, no flood of memory.
#include <doctest/doctest.h>

#include "fs/ntfs/ntfs.hpp"
#include "tests/support/mutants.hpp"
#include "tests/support/ntfs_builder.hpp"
#include "tests/support/ntfs_writer.hpp"

using namespace tq::fs::ntfs;
using tq::test::noise;
using tq::test::NtfsBuilder;
using tq::test::NtfsLayout;
using tq::test::prose;
using Blob = std::vector<std::byte>;

namespace {

struct Sample {
  Blob bytes;
  NtfsLayout layout;
};

const Sample& sample() {
  static const Sample s = [] {
    NtfsBuilder b;
    b.cluster_size = 1024;
    b.file("Windows/System32/a.txt", prose(3000, 1)).dos_name = "A~1.TXT";
    b.file("packed.txt", prose(60000, 2)).compressed = true;
    b.file("sparse.bin", prose(30000, 4)).sparse = true;
    tq::test::NtfsFile& listed = b.file("listed.bin", noise(60000, 4));
    listed.attribute_list = true;
    listed.pieces = 40;
    listed.streams = {{"s", prose(10, 1)}};
    b.link("j", "Windows", true);
    for (int i = 0; i < 60; ++i) b.file("many/some longer name " + std::to_string(i + 1000) + ".txt", prose(30, 1));
    Sample out;
    out.bytes = b.build(&out.layout);
    return out;
  }();
  return s;
}

/// Opens, walks and reads everything.
void use(const Blob& bytes) {
  const auto v = open_ntfs(tq::io::from_memory(bytes), "v");
  if (v) {
    std::uint64_t left = std::uint64_t{64} << 20;  // bytes read in all: a size of 2^60 is legal for a sparse file
    Blob buffer(65536);
    static_cast<void>((*v)->walk([&](const WalkEntry& e) {
      const auto s = (*v)->open_reference(e.reference);
      for (std::uint64_t at = 0; s && at < (*s)->size() && left > buffer.size(); at += buffer.size(), left -= buffer.size())
        if (!(*s)->read_at(at, buffer)) break;
      return true;
    }));
    static_cast<void>((*v)->open("windows/system32/A~1.TXT"));
    static_cast<void>((*v)->open("many/some longer name 1044.txt:x"));
    static_cast<void>((*v)->list("many"));
  }
}

std::uint32_t next(std::uint32_t& state) {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

std::size_t mutants() { return tq::test::mutant_count(60); }

/// Records and blocks end their sectors with a counter: a mutation must not be found out by it alone.
bool guarded(std::uint64_t at) { return at % 512 >= 510; }

void mutate(std::uint64_t start, std::uint64_t size, std::uint32_t seed) {
  std::uint32_t state = seed * 747796405U + 1;
  tq::test::MutantWatch watch("ntfs");
  for (std::size_t i = 0; i < mutants(); ++i) {
    Blob b = sample().bytes;
    const std::uint32_t flips = 1 + next(state) % 8;
    for (std::uint32_t k = 0; k < flips; ++k) {
      const std::uint64_t at = start + next(state) % size;
      constexpr unsigned kExtremes[] = {0, 1, 0x7F, 0x80, 0xFF};
      if (!guarded(at)) b[at] = static_cast<std::byte>(next(state) % 2 == 0 ? next(state) : kExtremes[next(state) % 5]);
    }
    watch.run(i, [&] { use(b); });
  }
}

}  // namespace

TEST_CASE("ntfs: mutants of the boot sector") { mutate(0, 80, 1); }
TEST_CASE("ntfs: mutants of the first records") { mutate(sample().layout.mft, 12288, 2); }
TEST_CASE("ntfs: mutants of every record") { mutate(sample().layout.record_offsets[24], std::uint64_t{80} * 1024, 3); }
TEST_CASE("ntfs: mutants of an attribute list and its records") {
  mutate(sample().layout.offset_of("listed.bin"), std::uint64_t{3} * 1024, 4);
}
TEST_CASE("ntfs: mutants of index blocks") { mutate(sample().layout.index_blocks.front(), sample().layout.index_blocks.size() * 4096, 5); }
TEST_CASE("ntfs: mutants of compressed and fragmented content, and of the log") {
  mutate(sample().layout.log, 8192, 6);
  mutate(sample().layout.upcase + 131072, 65536, 7);
}

TEST_CASE("ntfs: every word of a record at 0, 1 and its maximum") {
  const auto& s = sample();
  tq::test::MutantWatch watch("ntfs");
  for (const char* path : {"listed.bin", "many", "packed.txt"}) {
    const std::uint64_t at = s.layout.offset_of(path);
    const std::uint32_t step = mutants() >= 1000 ? 2 : 26;
    for (std::uint64_t field = 16; field < 500; field += step) {
      for (const std::uint64_t v : {0ULL, 1ULL, 0x7FFFULL, 0xFFFFULL}) {
        Blob b = s.bytes;
        tq::test::ntfs::put(b, at + field, v, 2);
        watch.run(field, [&] { use(b); });
      }
    }
  }
}
