// What a target holds, told quickly enough to pass over it when it was read before.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace tq::fleet {

/// A number over the item's place below the scan's root and its content. Files up to kWholeBytes count whole. Larger ones (disk
/// images) count by size and kSamples blocks spread over them; folders by their evidence files' names, sizes
/// and times of change. docs/fleet.md says so. Errors: io, not_found.
Result<std::int64_t> fingerprint(const std::string& path, const std::string& item);

inline constexpr std::uint64_t kWholeBytes = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kSamples = 64;

}  // namespace tq::fleet
