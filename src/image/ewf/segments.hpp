// The sections of all segments of an EWF image: where the chunks of the disk are listed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/ewf/layout.hpp"
#include "image/format.hpp"

namespace tq::image::ewf_format {

/// A run of chunks, as one table section lists them. The entries themselves are read when they are needed.
struct Table {
  std::size_t segment = 0;
  std::uint64_t first_chunk = 0;
  std::uint32_t entries = 0;
  std::uint64_t base = 0;
  std::uint64_t offset = 0;       ///< of the first entry
  std::uint64_t copy_offset = 0;  ///< of the first entry in table2; 0: none
  std::uint64_t data_end = 0;     ///< of the last chunk of the table
};

struct Segments {
  std::vector<std::shared_ptr<const io::ByteSource>> sources;
  std::vector<std::string> names;
  std::vector<Table> tables;  ///< in order of first_chunk
  std::uint64_t chunks_listed = 0;
  std::uint64_t disk_bytes = 0;
  std::uint32_t chunk_bytes = 0, sector_bytes = 0;
  std::vector<std::string> notes;
};

bool has_signature(const io::ByteSource& file);
/// "x.E01" -> "x.E02" ... "x.E99" -> "x.EAA" ... "x.EZZ" -> "x.FAA"; nullopt after "ZZZ" and for other names.
std::optional<std::string> next_name(std::string_view name);

/// Walks the sections of `file` and of the segments beside it. A later segment that is missing or damaged is said in the
/// notes; its chunks are then not listed. Errors: usage for a file that is not the first segment, corrupt and unsupported for
/// a first segment without a usable volume section.
Result<Segments> read_segments(const File& file);

}  // namespace tq::image::ewf_format
