// Marvin32, the checksum of HvLE log entries.
#pragma once

#include <cstdint>

#include "core/bytes.hpp"

namespace tq::format::regf {

/// The seed that Windows uses for registry logs.
inline constexpr std::uint64_t kLogSeed = 0x82EF4D887A4E55C5;

/// Low half: first state word; high half: second (as stored, little-endian, in a log entry).
std::uint64_t marvin32(Bytes data, std::uint64_t seed = kLogSeed);

}  // namespace tq::format::regf
