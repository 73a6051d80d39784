// Update sequence: NTFS replaces the last two bytes of each sector of a record by a counter, so that a torn write shows.
#pragma once

#include <cstdint>
#include <span>

#include "core/result.hpp"

namespace tq::fs::ntfs {

/// Checks the signature ("FILE", "INDX", "RSTR") and puts the bytes of every sector back in place. `offset`: of the block in the
/// volume, for errors. Errors: corrupt (another signature, a table outside of the block, a sector of another write).
Status apply_fixups(std::span<std::byte> block, const char (&signature)[5], std::uint64_t offset);

}  // namespace tq::fs::ntfs
