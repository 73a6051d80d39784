// What a group of lanes holds at one point of a program.
#pragma once

#include <array>
#include <vector>

#include "analysis/memory.hpp"

namespace tq::analysis {

enum Reg : int { kAx, kCx, kDx, kBx, kSp, kBp, kSi, kDi };

/// The last result that set flags; conditions are worked out only when something asks.
struct Flags {
  enum class Kind : std::uint8_t {
    result,  ///< zero, sign, parity of `r`; carry and overflow are `cf` and `of`
    sub,     ///< of a - b
    add,     ///< of a + b
  };
  Kind kind = Kind::result;
  std::uint8_t bits = 64;
  Value a, b, r, cf, of;
};

/// A loop that this path is in, and how often it went round.
struct LoopCount {
  std::uint32_t head = 0, latch = 0, rounds = 0;
  bool open = false;  ///< an exit depends on something unknown
};

/// The vector registers, low and high half of each.
struct XmmFile {
  std::array<std::array<Value, 2>, 16> r;
};

/// Registers, flags and memory of a group of lanes that are at one place.
struct State {
  LaneMask mask = 0;
  std::array<Value, 16> r;
  Cow<XmmFile> xmm;
  Flags flags;
  Memory memory;
  std::vector<LoopCount> loops;
  /// Which result the last call gave, until a branch has looked at it: ways with different results do not meet before.
  std::uint64_t tag = 0;
};

}  // namespace tq::analysis
