#include "format/regf/log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "format/regf/hive.hpp"
#include "format/regf/marvin32.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_dump.hpp"
#include "tests/support/hive_writer.hpp"

using namespace tq::format::regf;
using tq::FileTime;
using tq::test::DirtyHive;
using tq::test::HiveBuilder;
using tq::test::put32;
using Blob = std::vector<std::byte>;
using Maybe = std::optional<Blob>;

namespace {

HiveBuilder base() {
  HiveBuilder b("SOFTWARE");
  b.sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "6002").binary("Data", "blob", Blob(9000, std::byte{1}));
  return b;
}
Blob old_state() { return base().build(); }
Blob new_state() {
  HiveBuilder b = base();
  b.sz("Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "6003").binary("New", "blob", Blob(30000, std::byte{2}));
  return b.last_written(FileTime{132234336000000000 + 42}).build();
}

Hive open(const Blob& p, Maybe l1 = {}, Maybe l2 = {}, Maybe l = {}, OpenOptions o = {}) {
  auto h = Hive::open(p, std::move(l1), std::move(l2), std::move(l), o);
  REQUIRE(h);
  return std::move(h).value();
}
std::string build_number(const Hive& h) {
  return h.find("Microsoft\\Windows NT\\CurrentVersion")->value("CurrentBuildNumber")->text().value_or("?");
}
const std::vector<std::string>& want() {
  static const auto lines = tq::test::dump_lines(open(new_state()));
  return lines;
}

}  // namespace

TEST_CASE("regf: marvin32 of a known text") {
  // Vectors that circulate with the public implementations of the algorithm.
  constexpr std::uint64_t kSeed = 0x004FB61A001BDBCC;
  CHECK(marvin32(tq::Bytes{}, kSeed) == 0x30ED35C100CD3C7D);
  CHECK(marvin32(tq::bytes_of("\xAF"), kSeed) == 0x48E73FC77D75DDC1);
  CHECK(marvin32(tq::bytes_of("\xE7\x0F"), kSeed) == 0xB5F6E1FC485DBFF8);
}

TEST_CASE("regf: DIRT log makes the new state") {
  const DirtyHive d = tq::test::dirty_with_dirt_log(old_state(), new_state());
  const Hive h = open(d.primary, d.log1);
  CHECK(h.dirty());
  CHECK(h.seq1() == h.seq2() + 1);
  CHECK(h.log().state == LogState::replayed);
  CHECK(h.log().format == "DIRT");
  CHECK(h.log().entries == 1);
  CHECK(h.log().pages > 8);
  CHECK(build_number(h) == "6003");
  CHECK(tq::test::dump_lines(h) == want());
  CHECK(base_block_valid(tq::bytes_of(h.bytes())));
  CHECK_FALSE(base_block_dirty(tq::bytes_of(h.bytes())));
  CHECK(h.count().lost.empty());
}

TEST_CASE("regf: the log may lie in any of the three files") {
  const DirtyHive d = tq::test::dirty_with_dirt_log(old_state(), new_state());
  CHECK(open(d.primary, Blob{}, d.log1).log().detail.starts_with("LOG2:"));
  CHECK(open(d.primary, {}, {}, d.log1).log().detail.starts_with("LOG:"));
  const DirtyHive other = tq::test::dirty_with_dirt_log(old_state(), base().last_written(FileTime{99}).build());
  const Hive h = open(d.primary, other.log1, d.log1);
  CHECK(build_number(h) == "6003");
  CHECK(h.log().detail.find("LOG1: last-written time differs") == 0);
}

TEST_CASE("regf: HvLE logs make the new state") {
  for (const std::uint32_t entries : {1u, 2u, 5u}) {
    const DirtyHive d = tq::test::dirty_with_hvle_logs(old_state(), new_state(), entries);
    const Hive h = open(d.primary, d.log1, d.log2);
    CHECK(h.log().state == LogState::replayed);
    CHECK(h.log().format == "HvLE");
    CHECK(h.log().entries == entries + 1);
    CHECK(tq::test::dump_lines(h) == want());
    // Swapped names change nothing: the sequence numbers rule.
    CHECK(open(d.primary, d.log2, d.log1).bytes() == h.bytes());
  }
}

TEST_CASE("regf: a clean hive is never touched") {
  const DirtyHive d = tq::test::dirty_with_dirt_log(old_state(), new_state());
  const Hive h = open(old_state(), d.log1);
  CHECK(h.log().state == LogState::none);
  CHECK(h.bytes() == old_state());
}

TEST_CASE("regf: dirty without logs, and logs not asked for") {
  const DirtyHive d = tq::test::dirty_with_dirt_log(old_state(), new_state());
  CHECK(open(d.primary).log().state == LogState::missing);
  CHECK(open(d.primary, Blob{}, Blob{}).log().state == LogState::missing);
  const Hive h = open(d.primary, d.log1, {}, {}, {.use_logs = false});
  CHECK(h.log().state == LogState::missing);
  CHECK(build_number(h) == "6002");
}

TEST_CASE("regf: a bad base block is taken from the log") {
  for (const bool hvle : {false, true}) {
    DirtyHive d = hvle ? tq::test::dirty_with_hvle_logs(old_state(), new_state()) : tq::test::dirty_with_dirt_log(old_state(), new_state());
    std::fill(d.primary.begin() + 24, d.primary.begin() + 300, std::byte{0xAB});
    const Hive h = open(d.primary, d.log1, d.log2);
    CHECK(h.log().state == LogState::replayed);
    CHECK(h.log().detail.find("base block was damaged") != std::string::npos);
    CHECK(h.file_name() == "SOFTWARE");
    CHECK(tq::test::dump_lines(h) == want());
  }
}

TEST_CASE("regf: a bad base block and two runs with a hole between them: only the newer log counts") {
  DirtyHive d = tq::test::dirty_with_hvle_logs(old_state(), new_state());
  std::fill(d.primary.begin() + 24, d.primary.begin() + 300, std::byte{0xAB});
  const bool log1_first = *tq::bytes_of(d.log1).try_get<std::uint32_t>(4) < *tq::bytes_of(d.log2).try_get<std::uint32_t>(4);
  Blob& older = log1_first ? d.log1 : d.log2;
  const Blob& newer = log1_first ? d.log2 : d.log1;
  const Blob whole = older;
  older.resize(512);  // its entries are gone, so the newer one alone is what can be used
  const Blob newer_alone = open(d.primary, Blob{}, newer).bytes();
  CHECK(open(d.primary, older, newer).bytes() == newer_alone);
  // The older run ends before the newer one begins.
  older = whole;
  const std::uint32_t size = *tq::bytes_of(older).try_get<std::uint32_t>(512 + 4);
  older.resize(512 + size);
  const Hive h = open(d.primary, older, newer);
  CHECK(h.log().state == LogState::replayed);
  CHECK(h.log().detail.find("the older log is not used") != std::string::npos);
  CHECK(h.bytes() == newer_alone);
}

TEST_CASE("regf: DIRT logs that must be refused leave the hive as it was") {
  struct Case {
    const char* why;
    void (*harm)(Blob&);
  };
  const Case cases[] = {
      {"no regf signature", [](Blob& l) { l[0] = {}; }},
      {"checksum wrong", [](Blob& l) { l[508] ^= std::byte{1}; }},
      {"not finished", [](Blob& l) { put32(l, 4, 77), tq::test::fix_checksum(l); }},
      {"is no log", [](Blob& l) { put32(l, 28, 0), tq::test::fix_checksum(l); }},
      {"last-written time differs", [](Blob& l) { put32(l, 12, 5), tq::test::fix_checksum(l); }},
      {"last-written time differs", [](Blob& l) { put32(l, 16, 0x7FFFFFFF), tq::test::fix_checksum(l); }},
      {"no DIRT signature", [](Blob& l) { l[512] = {}; }},
      {"names no page", [](Blob& l) { std::fill(l.begin() + 516, l.begin() + 1024, std::byte{}); }},
      {"are there", [](Blob& l) { l.erase(l.end() - 512, l.end()); }},
      {"no multiple of 4096", [](Blob& l) { put32(l, 40, 4097), tq::test::fix_checksum(l); }},
      {"dirty vector is cut off", [](Blob& l) { put32(l, 40, 0x40000000), tq::test::fix_checksum(l); }},
      {"holds no hive bin", [](Blob& l) { l[1024] = std::byte{'x'}; }},
  };
  const DirtyHive d = tq::test::dirty_with_dirt_log(old_state(), new_state());
  for (const Case& c : cases) {
    Blob log = d.log1;
    c.harm(log);
    const Hive h = open(d.primary, log);
    CHECK_MESSAGE(h.log().state == LogState::refused, c.why);
    CHECK_MESSAGE(h.log().detail.find(c.why) != std::string::npos, h.log().detail);
    CHECK(h.bytes() == d.primary);
  }
}

TEST_CASE("regf: what lies behind the pages of a DIRT log is ignored") {
  DirtyHive d = tq::test::dirty_with_dirt_log(old_state(), new_state());
  const Hive plain = open(d.primary, d.log1);
  d.log1.resize(d.log1.size() + 5000, std::byte{0xEE});
  CHECK(open(d.primary, d.log1).bytes() == plain.bytes());
}

TEST_CASE("regf: a damaged HvLE entry ends the replay there") {
  const DirtyHive d = tq::test::dirty_with_hvle_logs(old_state(), new_state(), 2);
  const auto second = [&] {
    std::uint32_t size = 0;
    std::memcpy(&size, d.log1.data() + 512 + 4, 4);
    return std::size_t{512} + size;
  }();
  for (const std::size_t at : {std::size_t{20}, std::size_t{30}, std::size_t{36}, std::size_t{100}}) {
    Blob log = d.log1;
    log[second + at] ^= std::byte{1};
    const Hive h = open(d.primary, log, d.log2);
    CHECK(h.log().state == LogState::replayed);
    CHECK(h.log().entries == 1);
    CHECK(h.log().detail.find("is not used") != std::string::npos);
  }
  Blob first_bad = d.log1;
  first_bad[512 + 100] ^= std::byte{1};
  const Hive h = open(d.primary, first_bad, d.log2);
  CHECK(h.log().state == LogState::refused);
  CHECK(h.bytes() == d.primary);
}

TEST_CASE("regf: HvLE logs older than the hive, and a hole between the logs") {
  const DirtyHive d = tq::test::dirty_with_hvle_logs(old_state(), new_state(), 2);
  Blob later = d.primary;
  put32(later, 4, 101);
  put32(later, 8, 100);
  tq::test::fix_checksum(later);
  const Hive h = open(later, d.log1, d.log2);
  CHECK(h.log().state == LogState::refused);
  CHECK(h.log().detail.find("older than the hive's sequence 100") != std::string::npos);
  const Blob far = tq::test::dirty_with_hvle_logs(base().sequence(50).build(), new_state(), 2).log1;
  const Hive gap = open(d.primary, d.log1, far);
  CHECK(gap.log().entries == 2);
  CHECK(gap.log().detail.find("LOG2: starts at sequence 50, 9 was expected") != std::string::npos);
}

TEST_CASE("regf: a page of a HvLE entry that reaches past the hive's end is not written") {
  const DirtyHive d = tq::test::dirty_with_hvle_logs(old_state(), new_state(), 1);
  constexpr std::size_t kEntry = 512, kBins = 16, kFirstPage = 40;
  std::uint32_t bins = 0, size = 0;
  std::memcpy(&bins, d.log1.data() + kEntry + kBins, 4);
  std::memcpy(&size, d.log1.data() + kEntry + kFirstPage + 4, 4);
  // Offsets of the page at which it ends with the hive, and 512 bytes behind it; both hashes are right.
  const auto at = [&](std::uint32_t offset) {
    Blob log = d.log1;
    put32(log, kEntry + kFirstPage, offset);
    std::uint32_t entry = 0;
    std::memcpy(&entry, log.data() + kEntry + 4, 4);
    const auto all = std::span<const std::byte>(log).subspan(kEntry, entry);
    tq::test::put64(log, kEntry + 24, marvin32(tq::Bytes(all.subspan(40))));
    tq::test::put64(log, kEntry + 32, marvin32(tq::Bytes(all.first(32))));
    return open(d.primary, log);
  };
  CHECK(at(bins - size).log().state == LogState::replayed);
  const Hive past = at(bins - size + 512);
  CHECK(past.log().state == LogState::refused);
  CHECK(past.log().detail.find("page references wrong") != std::string::npos);
  CHECK(past.bytes() == d.primary);
}

TEST_CASE("regf: a log that asks for gigabytes is refused") {
  DirtyHive d = tq::test::dirty_with_hvle_logs(old_state(), new_state(), 1);
  Blob log = d.log1;
  put32(log, 512 + 16, 0x7F000000);
  const std::uint64_t hash2 = marvin32(tq::Bytes(std::span<const std::byte>(log).subspan(512, 32)));
  tq::test::put64(log, 512 + 32, hash2);
  const Hive h = open(d.primary, log);
  CHECK(h.log().state == LogState::refused);
  CHECK(h.log().detail.find("not plausible") != std::string::npos);
}

TEST_CASE("regf: truncated and mutated logs never crash and never invent") {
  const DirtyHive dirt = tq::test::dirty_with_dirt_log(old_state(), new_state());
  const DirtyHive hvle = tq::test::dirty_with_hvle_logs(old_state(), new_state());
  for (const DirtyHive* d : {&dirt, &hvle}) {
    for (std::size_t n = 0; n < d->log1.size(); n += 97) {
      const Hive h = open(d->primary, Blob(d->log1.begin(), d->log1.begin() + static_cast<std::ptrdiff_t>(n)));
      CHECK((h.log().state != LogState::none));
      if (h.log().state != LogState::replayed) CHECK(h.bytes() == d->primary);
    }
  }
}

TEST_CASE("regf: logs with random bytes changed, checksums mended") {
  std::mt19937 random(6003);
  const DirtyHive dirt = tq::test::dirty_with_dirt_log(old_state(), new_state());
  const DirtyHive hvle = tq::test::dirty_with_hvle_logs(old_state(), new_state());
  for (const DirtyHive* d : {&dirt, &hvle}) {
    for (int m = 0; m < 400; ++m) {
      Blob log = d->log1;
      for (int i = 0; i < 4; ++i) log[random() % (m % 2 == 0 ? log.size() : 1024)] = static_cast<std::byte>(random());
      tq::test::fix_checksum(log);
      const Hive h = open(d->primary, log, d->log2);
      if (h.log().state == LogState::refused) CHECK(h.bytes() == d->primary);
      CHECK(h.count().keys >= 1);
    }
  }
}

TEST_CASE("regf: log states have their wire names") {
  CHECK(std::string(to_string(LogState::none)) == "none");
  CHECK(std::string(to_string(LogState::replayed)) == "replayed");
  CHECK(std::string(to_string(LogState::refused)) == "refused");
  CHECK(std::string(to_string(LogState::missing)) == "missing");
}
