// Upper bounds for everything that untrusted bytes may ask for. A bound that is hit is an Error, not a crash.
#pragma once
#include <cstdint>

namespace tq::limits {
inline constexpr std::uint64_t kHiveBytes = std::uint64_t{2} << 30;   // the kernel's own limit for a hive is below 2 GiB
inline constexpr std::uint64_t kTextBytes = std::uint64_t{64} << 20;  // one inventory text
inline constexpr std::uint64_t kInventoryBytes = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kPeBytes = std::uint64_t{512} << 20;
inline constexpr std::uint32_t kKeyDepth = 512;  // the kernel's limit
inline constexpr std::uint32_t kHotfixes = 200000;
inline constexpr std::uint32_t kDirEntries = 2000000;
inline constexpr std::uint32_t kLossesListed = 10000;
}  // namespace tq::limits
