// What a volume holds when it is no NTFS.
#pragma once

#include <optional>

#include "core/result.hpp"
#include "io/byte_source.hpp"

namespace tq::fs::ntfs {

/// An error that names the filesystem or the wrapper whose signature the volume carries: unsupported, or encrypted
/// for BitLocker and LUKS. nullopt when no signature is known.
std::optional<Error> other_filesystem(const io::ByteSource& source);

}  // namespace tq::fs::ntfs
