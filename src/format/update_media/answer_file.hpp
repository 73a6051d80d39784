// The two small texts inside an .msu: the answer file for the package manager, and the properties.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "format/manifest/manifest.hpp"

namespace tq::format::update_media {

struct AnswerFile {
  std::vector<manifest::AssemblyIdentity> packages;  ///< each <package action="install">'s identity
  std::vector<std::string> sources;                  ///< <source location="...">, as written
  std::vector<Error> lost;
};
/// What could not be read of it is in its losses.
AnswerFile read_answer_file(Bytes xml);

/// `name="value"` lines, UTF-8, ANSI or UTF-16.
std::vector<std::pair<std::string, std::string>> read_properties(Bytes text);

/// "amd64" -> "x64", "x86", "ia64", "arm64"; empty for any other word.
std::string arch_word(std::string_view s);

}  // namespace tq::format::update_media
