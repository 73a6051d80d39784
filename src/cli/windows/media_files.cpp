#include "cli/support/media_files.hpp"

namespace tq::cli {

MediaSearch find_media(const std::vector<std::string>& paths, const format::authenticode::Roots*) {
  MediaSearch search;
  for (const auto& path : paths)
    search.failed.push_back({ErrorCode::unsupported, path, "a build that opens update files (libmspack, OpenSSL)", "the Windows build"});
  return search;
}

std::vector<plan::MediaFile> script_media(const MediaSearch&, const std::string&) { return {}; }

}  // namespace tq::cli
