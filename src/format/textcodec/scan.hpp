// What the inventory readers look for inside a line: versions, hotfix ids, product names, processor words.
// All of it is recognised by its form, because labels come in forty languages and versions do not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ascii.hpp"

namespace tq::format::textcodec {

inline constexpr std::string_view kSpace = " \t\r\n\v\f";

/// What may not touch a number that is a number of its own.
constexpr bool is_word(char c) { return is_alnum(c) || c == '_'; }

/// A Windows version as people and tools write it: "6.0.6003", "6.0.6003.20489".
struct VersionText {
  std::uint16_t major = 0, minor = 0;
  std::uint32_t build = 0;
  std::optional<std::uint32_t> revision;
  std::size_t begin = 0, end = 0;  ///< where it stands in the searched text
};

/// First Windows version at or after `from`: a known pair (5.0-5.2, 6.0-6.4, 10.0) and a build of 2195 to 65535,
/// not inside a longer number. That leaves out every date (years are below 2195) and every IP address.
std::optional<VersionText> find_version(std::string_view s, std::size_t from = 0);

/// First run of digits at or after `from` that is not part of a word; nullopt past 9 digits or when there is none.
struct NumberText {
  std::uint32_t value = 0;
  std::size_t begin = 0, end = 0;
};
/// The first number from `from` on, and where it stands.
std::optional<NumberText> find_number(std::string_view s, std::size_t from = 0);

/// KB number at the start of an id: the digits of "KBnnnnnnn-v2 - Update", "kbnnnnnn", bare "nnnnnn"; 0 for GUIDs, "File 1", "Q147222".
std::uint32_t kb_of_id(std::string_view id);
/// May more follow where the text ends at once behind this id? KB numbers have seven digits, or six and then begin with 8 or 9 in the time
/// of NT 6; a GUID ends with its brace; of other forms nothing is sure.
bool id_may_go_on(std::string_view id);
/// The same where the text ends in a version, "6.0.6003" or "6.0.6003.20489", or in a build. False where it ends in anything else.
bool version_may_go_on(std::string_view text);
/// True when the text has the form of a hotfix id: a KB, a GUID in braces, "File N", "Q" and 6 digits.
bool is_hotfix_id(std::string_view id);

/// "Microsoftr Windows Serverr 2008 Standard " -> "Windows Server 2008 Standard": without maker, trade mark signs (also
/// those that a code page turned into r, T, ? or a stray character) and double spaces. Starts at "Windows" when it occurs.
std::string plain_product(std::string_view name);

/// "x86", "x64", "ia64", "arm64" for "x64-based PC", "AMD64", "64-bit", "X86-based PC", "Itanium..."; empty when unknown.
std::string_view arch_of(std::string_view s);

/// The first JSON object of a text that may be cut behind it: from the first brace to the one that closes it, strings
/// heeded; empty when it does not close within the text or nests deeper than 16.
std::string_view first_json_object(std::string_view s);

/// Service pack of "Service Pack 2", "SP2", "서비스 팩 2": the first number of one digit; nullopt when there is none.
std::optional<int> service_pack_of(std::string_view s);

}  // namespace tq::format::textcodec
