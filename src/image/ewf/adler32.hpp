// Adler-32, the checksum of everything in an EWF image.
#pragma once

#include <zlib.h>

#include "core/bytes.hpp"

namespace tq::image::ewf_format {
inline std::uint32_t adler32(Bytes b) {
  return static_cast<std::uint32_t>(::adler32_z(1, reinterpret_cast<const Bytef*>(b.data()), b.size()));
}
}  // namespace tq::image::ewf_format
