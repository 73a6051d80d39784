// The packing that not every build can undo.
#pragma once

#include "image/support/unpack.hpp"

namespace tq::image {

/// unpack() of a zstd frame. Errors besides: unsupported in a build without the library.
Result<std::size_t> unpack_zstd(Bytes in, std::span<std::byte> out, const char* place);

}  // namespace tq::image
