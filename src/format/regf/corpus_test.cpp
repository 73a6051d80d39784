// Real hives with known content. Counts: three independent parsers; after a replay: the hive as Windows itself recovered it.
#include "tests/support/corpus.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "format/regf/hive.hpp"
#include "tests/support/hive_dump.hpp"

using namespace tq::format::regf;
using Blob = std::vector<std::byte>;

namespace {

struct Sample {
  const char* path;
  std::uint64_t keys, values;
  LogState state;
  std::uint32_t entries = 0, pages = 0;
};

constexpr Sample kWhole[] = {
    {"hives/nt61_win7sp1_x86_SYSTEM.xz", 30756, 73456, LogState::none},
    {"hives/nt10_dirty_SYSTEM_B.xz", 35595, 78901, LogState::replayed, 24, 315},
    {"hives/nt61_ntuser_software_partial.xz", 6396, 19990, LogState::none},
    {"hives/bcd_efi.xz", 132, 103, LogState::none},
    {"hives/nt51_xpsp3_x86_M57-PAT_SYSTEM", 9629, 26819, LogState::none},
    {"hives/nt61_win7pro_Default_NTUSER.DAT", 885, 1305, LogState::none},  // its log lies beside it and is not needed
    {"hives/nt63_win81_Default_NTUSER.DAT", 537, 877, LogState::none},
    {"hives/yarp/NewDirtyHive1/NewDirtyHive", 5, 1, LogState::replayed, 4, 4},
    {"hives/yarp/NewDirtyHive1/RecoveredHive_Windows10", 5, 1, LogState::none},
    {"hives/yarp/OldDirtyHive/OldDirtyHive", 5003, 1, LogState::replayed, 1, 64},
    {"hives/yarp/OldDirtyHive/RecoveredHive_Windows7", 5003, 1, LogState::none},
    {"hives/yarp/BadLogHive1/BadLogHive", 5003, 0, LogState::refused},
    {"hives/yarp/BadBaseBlockHive/BadBaseBlockHive", 5003, 1, LogState::replayed, 1, 64},
    {"hives/yarp/BigDataHive", 2, 2, LogState::none},
    {"hives/yarp/CompHive", 4, 0, LogState::none},
    {"hives/yarp/ManySubkeysHive", 5003, 0, LogState::none},
    {"hives/yarp/UnicodeHive", 3, 0, LogState::none},
    {"hives/yarp/EmptyHive", 1, 0, LogState::none},
    {"hives/yarp/BogusKeyNamesHive", 3, 0, LogState::none},
    {"hives/ez/SECURITYNoRoot", 8, 2, LogState::none},
    {"hives/ez/SAM_DUPENAME", 112, 128, LogState::none},
    {"hives/ez/BCD", 66, 46, LogState::none},
    {"hives/hivex/minimal", 1, 0, LogState::none},
    {"hives/hivex/special", 4, 3, LogState::none},
    {"hives/hivex/rlenvalue_test_hive", 2, 6, LogState::none},
};

/// Damaged samples: at least what the better of hivex and libregf gets.
constexpr Sample kDamaged[] = {
    {"hives/xp_partial_corrupted_SYSTEM.xz", 1687, 5625, LogState::none},
    {"hives/yarp/TruncatedHive", 2, 0, LogState::none},
    {"hives/yarp/GarbageHive", 1, 0, LogState::missing},
    {"hives/yarp/BadListHive", 7, 0, LogState::none},
    {"hives/yarp/BadSubkeyHive", 7, 0, LogState::none},
    {"hives/ez/SAMBadHBinHeader", 1, 0, LogState::none},
};

std::optional<Blob> beside(std::string path, const std::string& ending) {
  const bool packed = path.ends_with(".xz");
  if (packed) path.resize(path.size() - 3);
  path += ending + (packed ? ".xz" : "");
  if (!std::filesystem::exists(path)) return std::nullopt;
  return tq::test::slurp(path);
}

tq::Result<Hive> open_sample(const std::string& path) {
  return Hive::open(tq::test::slurp(path), beside(path, ".LOG1"), beside(path, ".LOG2"));
}

void check_use(const Blob& bytes) {
  const auto h = Hive::open(bytes);
  if (!h) return;
  (void)tq::test::dump_lines(*h);
  (void)h->find("ControlSet001\\Services\\Tcpip\\Parameters");
  for (const Key& k : h->orphan_roots()) (void)k.child("Services");
}

}  // namespace

TEST_CASE("regf: corpus hives give exactly the keys and values that they hold") {
  for (const Sample& s : kWhole) {
    const auto path = tq::test::corpus(s.path);
    if (!path) return;
    CAPTURE(s.path);
    const auto h = open_sample(*path);
    REQUIRE(h);
    const WalkStats stats = h->count();
    CHECK(stats.keys == s.keys);
    CHECK(stats.values == s.values);
    CHECK(stats.lost_total == 0);
    CHECK_MESSAGE(h->log().state == s.state, h->log().detail);
    CHECK(h->log().entries == s.entries);
    CHECK(h->log().pages == s.pages);
    CHECK(h->log().detail.empty() == (s.state == LogState::none));
  }
}

TEST_CASE("regf: damaged corpus hives give what is left, and name what is lost") {
  for (const Sample& s : kDamaged) {
    const auto path = tq::test::corpus(s.path);
    if (!path) return;
    CAPTURE(s.path);
    const auto h = open_sample(*path);
    REQUIRE(h);
    const WalkStats stats = h->count();
    CHECK(stats.keys >= s.keys);
    CHECK(stats.values >= s.values);
    CHECK(stats.lost_total > 0);
    CHECK(h->log().state == s.state);
  }
  for (const char* none : {"hives/ez/NotAHive", "hives/yarp/TruncatedHiveBin"}) {
    const auto path = tq::test::corpus(none);
    REQUIRE(path);
    CHECK_FALSE(Hive::open(tq::test::slurp(*path)));
  }
}

TEST_CASE("regf: a replayed hive is the hive that Windows recovered") {
  const char* pairs[][2] = {{"hives/yarp/NewDirtyHive1/NewDirtyHive", "hives/yarp/NewDirtyHive1/RecoveredHive_Windows10"},
                            {"hives/yarp/OldDirtyHive/OldDirtyHive", "hives/yarp/OldDirtyHive/RecoveredHive_Windows7"},
                            {"hives/yarp/BadBaseBlockHive/BadBaseBlockHive", "hives/yarp/OldDirtyHive/RecoveredHive_Windows7"}};
  for (const auto& pair : pairs) {
    const auto ours = tq::test::corpus(pair[0]), theirs = tq::test::corpus(pair[1]);
    if (!ours || !theirs) return;
    CAPTURE(pair[0]);
    CHECK(tq::test::dump_lines(*open_sample(*ours)) == tq::test::dump_lines(*open_sample(*theirs)));
  }
}

TEST_CASE("regf: corpus lookups") {
  const auto path = tq::test::corpus("hives/nt61_win7sp1_x86_SYSTEM.xz");
  if (!path) return;
  const auto h = open_sample(*path);
  REQUIRE(h);
  CHECK(h->find("Select")->value("Current")->dword() == 1u);
  CHECK(h->find("CurrentControlSet\\Control\\ComputerName\\ComputerName")->value("ComputerName")->text() == "WKS-WIN732BITA");
  CHECK(h->find("ControlSet002\\Control\\ComputerName\\ComputerName")->value("computername")->text() == "WIN-V5T3CSP8U4H");
  CHECK(h->find("ControlSet001\\Control\\Windows")->value("CSDVersion")->dword() == 256u);
  CHECK(h->find("ControlSet001\\Services")->subkeys().size() == 467);
  // Each child that the walk lists is found by its name again.
  for (const Key& k : h->find("ControlSet001\\Services")->subkeys())
    CHECK(h->find("ControlSet001\\Services")->child(k.name())->offset() == k.offset());
}

TEST_CASE("regf: mutants of every sample") {
  std::mt19937 random(20200114);
  const auto one = [&](const Sample& s, int mutants) {
    const auto path = tq::test::corpus(s.path);
    if (!path) return;
    const Blob whole = tq::test::slurp(*path);
    if (whole.size() > 600000)
      mutants /= 40;  // the walk of a large hive takes as long as hundreds of small ones
    else if (whole.size() > 300000)
      mutants /= 3;
    for (int m = 0; m < mutants; ++m) {
      Blob bytes = whole;
      const std::size_t flips = 1 + random() % 200;
      // Half of the mutants are hit where structures are dense: in the first bins.
      const std::size_t reach = m % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 16384);
      for (std::size_t i = 0; i < flips; ++i) bytes[random() % reach] = static_cast<std::byte>(random());
      if (m % 7 == 0) bytes.resize(random() % bytes.size());
      check_use(bytes);
    }
  };
  for (const Sample& s : kWhole) one(s, 200);
  for (const Sample& s : kDamaged) one(s, 200);
}
