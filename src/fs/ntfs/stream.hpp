// The content of one attribute: bytes in its record, or runs of clusters.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "fs/ntfs/medium.hpp"
#include "fs/ntfs/record.hpp"
#include "fs/ntfs/runlist.hpp"
#include "io/byte_source.hpp"

namespace tq::fs::ntfs {

/// Where the content lies, and how much of it there is.
struct Stream {
  bool resident = false;
  std::vector<std::byte> value;  ///< of a resident stream
  Runs runs;
  std::uint64_t size = 0;         ///< bytes
  std::uint64_t initialized = 0;  ///< bytes; what lies behind reads as zeros
  std::uint32_t unit = 0;         ///< clusters of a compression unit; 0: not compressed
  bool encrypted = false;
  std::optional<Error> damage;  ///< why a part of the runs is missing; reading that part gives it
  std::uint64_t offset = 0;     ///< of the attribute in the volume, for errors
};

/// Puts a stream together from its pieces, in any order. Errors: corrupt (no first piece, impossible sizes), unsupported (a
/// compression other than LZNT1). Damaged runs are in `damage`.
Result<Stream> assemble(const Medium& medium, std::vector<Piece> pieces);
/// Appends the runs of one further piece; the error goes into `damage` too.
Status append_runs(const Medium& medium, const Attribute& a, Stream& s);

/// Fills `out` from `offset`, which must lie inside of the stream; not for compressed streams.
Status read_plain(const Disk& disk, const Geometry& g, const Stream& s, std::uint64_t offset, std::span<std::byte> out);
/// The same through the cache of pages: for what the filesystem is made of.
Status read_metadata(Medium& medium, const Stream& s, std::uint64_t offset, std::span<std::byte> out);
/// Where a byte of a stream lies in the volume, for errors; 0 when that is not known.
std::uint64_t place_of(const Medium& medium, const Stream& s, std::uint64_t offset);
/// All of a small stream of metadata; limit when it is larger than `most` bytes.
Result<std::vector<std::byte>> read_whole(Medium& medium, const Stream& s, std::uint64_t most);

/// A stream as a source of its own; keeps the medium alive.
std::unique_ptr<io::ByteSource> stream_source(std::shared_ptr<const Medium> medium, Stream s);

}  // namespace tq::fs::ntfs
