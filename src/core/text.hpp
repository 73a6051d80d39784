// Text in and out of targets: UTF-16, code pages, and the escaping that every report relies on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace tq {

/// UTF-16LE to UTF-8. A lone surrogate becomes U+FFFD; an odd last byte is dropped. Never fails.
std::string utf16le_to_utf8(Bytes b);
/// Bytes that are no UTF-8 become U+FFFD.
std::u16string utf8_to_utf16(std::string_view s);
/// A lone surrogate becomes U+FFFD.
std::string utf16_to_utf8(std::u16string_view s);
/// Latin-1 (the registry's "compressed" names) to UTF-8.
std::string latin1_to_utf8(Bytes b);
/// True when s is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view s);
/// Replaces each ill-formed byte by U+FFFD.
std::string to_valid_utf8(std::string_view s);

/// Makes a string from a target safe for a terminal and a log: C0/C1 controls, DEL, bidi controls and
/// ill-formed bytes become \xNN or \u{NNNN}; a backslash stays as it is unless `escape_backslash`.
std::string printable(std::string_view s, bool escape_backslash = false);

/// ASCII-only case folding: enough for the names this program looks up itself.
std::string lower_ascii(std::string_view s);
/// Without regard to the case of A to Z; other letters have to be the same.
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view s, std::string_view prefix);
/// Case-insensitive find; npos when absent.
std::size_t ifind(std::string_view haystack, std::string_view needle, std::size_t from = 0);
/// Without blanks, tabs and line ends at both ends.
std::string_view trim(std::string_view s);
/// Decimal digits only, whole string; nullopt-like: returns false on anything else or overflow.
bool parse_u64(std::string_view s, std::uint64_t& out);

}  // namespace tq
