// The parts of a split raw disk: which file names follow one another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/format.hpp"

namespace tq::image::raw_parts {

/// A name of part 1 says how the next are called: ".001", ".000", ".01" count in digits, ".aa", ".aaa" in letters.
/// nullopt when `name` does not end in one of these.
bool names_first_part(std::string_view name);
/// The name that follows: "d.001" -> "d.002", "d.999" -> "d.1000", "d.az" -> "d.ba"; nullopt after the last ("d.zz").
std::optional<std::string> next_name(std::string_view name);

/// For "d.007" the name of the first part, when such a file lies beside; nullopt for a first part and for other names.
std::optional<std::string> first_of(const File& file);

struct Parts {
  std::vector<std::shared_ptr<const io::ByteSource>> sources;  ///< in order; the first is the file itself
  std::vector<std::string> names;                              ///< as many
};
inline constexpr std::size_t kMaxParts = 4096;

/// All parts from `file` on. A file that is no first part by its name, or has nothing beside it, is its only part.
/// Errors: a part between others is missing or shorter than the first (everything behind it would be shifted), too many.
Result<Parts> collect(const File& file);

}  // namespace tq::image::raw_parts
