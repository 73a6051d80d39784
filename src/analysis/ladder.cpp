#include "analysis/ladder.hpp"

#include <algorithm>

#include "analysis/value.hpp"

namespace tq::analysis {
namespace {

struct Release {
  std::uint32_t from, major, minor, service_pack;
};
// From this build on; public version numbers of Windows. 6003 kept the "Service Pack 2" of 6002.
constexpr Release kReleases[] = {{0, 4, 0, 0},    {2195, 5, 0, 4}, {2600, 5, 1, 3}, {3790, 5, 2, 2}, {6000, 6, 0, 0}, {6001, 6, 0, 1},
                                 {6002, 6, 0, 2}, {7600, 6, 1, 0}, {7601, 6, 1, 1}, {9200, 6, 2, 0}, {9600, 6, 3, 0}, {10240, 10, 0, 0}};
constexpr std::uint32_t kUsual[] = {2600, 3790, 6000, 6001, 6002, 6003, 7600, 7601, 9200, 9600, 14393, 19045};
constexpr std::int64_t kInstants[] = {1554768000, 2147483647, 2147483648, 2208988800, 4294967296};

Rung rung(std::uint32_t build) {
  Rung r;
  r.build = build;
  for (const Release& rel : kReleases)
    if (build >= rel.from) {
      r.major = rel.major;
      r.minor = rel.minor;
      r.service_pack = rel.service_pack;
    }
  r.unix_seconds = kInstants[0];
  return r;
}

}  // namespace

unsigned Ladder::lane_of(std::uint32_t build) const {
  for (unsigned i = 0; i < rungs.size(); ++i)
    if (rungs[i].build == build) return i;
  return 0;
}

Ladder build_ladder(std::span<const std::uint32_t> wanted) {
  std::vector<std::uint32_t> builds(std::begin(kUsual), std::end(kUsual));
  for (const std::uint32_t b : wanted)
    if (builds.size() < kMostLanes && std::find(builds.begin(), builds.end(), b) == builds.end()) builds.push_back(b);
  std::sort(builds.begin(), builds.end());
  Ladder l;
  for (const std::uint32_t b : builds) l.rungs.push_back(rung(b));
  return l;
}

Ladder instant_ladder() {
  Ladder l;
  l.clock = true;
  for (const std::int64_t t : kInstants) {
    Rung r = rung(6003);
    r.unix_seconds = t;
    l.rungs.push_back(r);
  }
  return l;
}

}  // namespace tq::analysis
