// Byte sources made of other byte sources: a part of one, several end to end, one behind a small cache.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/byte_source.hpp"

namespace tq::io {

/// The `size` bytes of `source` from `offset` on, seen as a source of their own: a volume of a disk. What would lie past
/// the end of `source` is not there: size() is then smaller than asked for, 0 when `offset` itself is past the end.
std::unique_ptr<ByteSource> window(std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t size);

/// The sources end to end: the parts of a split image. Empty parts are allowed.
std::unique_ptr<ByteSource> join(std::vector<std::shared_ptr<const ByteSource>> parts);

/// `source` behind `pages` pages of `page_bytes` (a power of two) each: for the many small reads of allocation tables.
/// Reads of a page or more go past the cache. Safe to use from several threads. Memory: at most pages * page_bytes.
std::unique_ptr<ByteSource> cached(std::shared_ptr<const ByteSource> source, std::size_t page_bytes, std::size_t pages);

/// Exactly out.size() bytes from `offset`, or Error truncated that names `place`, the offset and what was there.
Status read_exactly(const ByteSource& source, std::uint64_t offset, std::span<std::byte> out, const char* place);

}  // namespace tq::io
