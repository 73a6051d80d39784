// Reparse points: links, and files whose content is not where it seems to be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "fs/ntfs/file.hpp"

namespace tq::fs::ntfs {

/// The tag of a file; nullopt when it has none. Errors: corrupt.
Result<std::optional<std::uint32_t>> reparse_tag(Medium& medium, File& file);
/// True for a tag that stands for another name: junctions, symbolic links and what else sets the surrogate bit.
constexpr bool is_link(std::uint32_t tag) { return (tag & 0x20000000U) != 0; }
/// What keeps the content of a file with this tag elsewhere ("compressed by the Windows Overlay Filter").
std::string reparse_name(std::uint32_t tag);
/// True where the stream is the content all the same.
bool content_is_here(std::uint32_t tag);

}  // namespace tq::fs::ntfs
