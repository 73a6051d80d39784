// The headers of a VHDX: which of the two counts, and what it says of the log.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/vhdx/layout.hpp"
#include "io/byte_source.hpp"

namespace tq::image::vhdx_format {

/// "01020304-0506-...", upper case as Windows prints it, without braces.
std::string guid_text(const Guid& g);

/// True when the file starts with "vhdxfile", or that is damaged and a header behind it is whole.
bool has_signature(const io::ByteSource& file);

/// The header with the highest sequence number of those whose checksum is right. Notes say when the other one is damaged.
/// Errors: corrupt when neither is whole, unsupported for another version.
Result<Header> read_header(const io::ByteSource& file, std::vector<std::string>& notes);

/// By which children know their parent: the data write GUID. nullopt when the file is no VHDX.
std::optional<std::string> id_of(const io::ByteSource& file);

}  // namespace tq::image::vhdx_format
