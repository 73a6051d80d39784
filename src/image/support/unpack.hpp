// The packings of blocks in images, with the output bounded by the caller.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::image {

enum class Packing { zlib, raw_deflate, zstd };

/// Of a stream that cannot be unpacked; `at` is where it begins.
inline Error stream_error(const char* place, const char* wanted, std::string found, std::uint64_t at) {
  return Error{ErrorCode::corrupt, place, wanted, std::move(found), at};
}

/// Unpacks one stream into `out`; returns the bytes written, out.size() at most. What follows the stream in `in`, and what the
/// stream would give beyond `out`, is left alone. An Error names `place` and the offset of `in`.
Result<std::size_t> unpack(Packing packing, Bytes in, std::span<std::byte> out, const char* place);

}  // namespace tq::image
