// LZNT1, the compression of NTFS.
#pragma once

#include <span>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::fs::ntfs {

/// Decompresses the chunks of one compression unit into `out` and fills the rest with zeros. Errors: corrupt, truncated;
/// `out` then holds the chunks before the damage. Source: [MS-XCA] 2.5.
Status lznt1(Bytes in, std::span<std::byte> out);

}  // namespace tq::fs::ntfs
