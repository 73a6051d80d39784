// The rungs that lanes stand for: builds of Windows, or instants.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tq::analysis {

/// One build of Windows, or one instant: what a lane's machine would answer.
struct Rung {
  std::uint32_t major = 6, minor = 0, build = 6003, service_pack = 2;
  std::int64_t unix_seconds = 0;
};

/// Lane i stands for rungs[i].
struct Ladder {
  bool clock = false;  ///< rungs are instants; else builds
  std::vector<Rung> rungs;
  /// Lane of a build; the ladder has it.
  [[nodiscard]] unsigned lane_of(std::uint32_t build) const;
};

/// The usual builds, the wanted ones, sorted and each once. Versions and service packs follow the build.
Ladder build_ladder(std::span<const std::uint32_t> wanted);
/// 2019, the last second of signed 32-bit time, the first after it, 2040, and the first second after unsigned 32-bit time.
Ladder instant_ladder();

}  // namespace tq::analysis
