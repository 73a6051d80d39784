// What a zip says of itself at its end, beside the library that reads it: a member whose entry in the directory is damaged is left out
// there without a word.
#pragma once

#include <cstdint>
#include <optional>

#include "io/byte_source.hpp"

namespace tq::fs {

/// How many members the end record of a zip counts. nullopt: no such record at the end, or more than 65,534 (a zip64 counts elsewhere).
/// Source: PKWARE APPNOTE 6.3, 4.3.16.
std::optional<std::uint64_t> zip_members(const io::ByteSource& file);

}  // namespace tq::fs
