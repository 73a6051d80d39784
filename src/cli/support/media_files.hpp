// Update files of the host, alone or in folders, each looked at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "format/update_media/update_media.hpp"
#include "plan/script.hpp"

namespace tq::cli {

struct FoundMedia {
  std::string path, name;
  format::update_media::UpdateFile file;
};

struct MediaSearch {
  std::vector<FoundMedia> files;  ///< by path
  std::vector<Error> failed;      ///< files and folders that could not be read
};

/// Files as named, and everything called .msu, .cab or .exe below folders; links are not followed.
MediaSearch find_media(const std::vector<std::string>& paths, const format::authenticode::Roots* roots);
/// The certificates of --trust-roots. nullopt in `failed` cases, after a message; an empty optional inside: none given.
std::optional<std::optional<format::authenticode::Roots>> trust_roots(const Args& args);
/// What a script needs of them: one file for each KB of this processor; later files of the same KB are left out.
std::vector<plan::MediaFile> script_media(const MediaSearch& search, const std::string& arch);

}  // namespace tq::cli
