// The bytes of a feed from begin to end, in pieces: nothing is held whole. Zstandard is unpacked on the way.
#pragma once

#include <functional>
#include <string>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "io/byte_source.hpp"

namespace tq::feeds {

using ChunkSink = std::function<Status(Bytes chunk)>;

/// Errors: what the sink says; io; truncated or corrupt (Zstandard); limit (more than `limit` bytes unpacked).
Status stream(const io::ByteSource& source, const std::string& name, std::uint64_t limit, const ChunkSink& sink);

}  // namespace tq::feeds
