// The plan as a script for the machine itself: NT 6.0 as shipped, cmd.exe, nothing brought along but the media.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "plan/plan.hpp"
#include "plan/render.hpp"

namespace tq::plan {

/// A file of the media that a step installs. Only names of [A-Za-z0-9._-] get into a script.
struct MediaFile {
  std::uint32_t kb = 0;
  std::string name;
  std::uint64_t size = 0;
  std::string sha256, sha1;  ///< lower-case hex
};

/// True for a name that may stand in a script: letters, digits, '.', '_' and '-', not beginning with '-' or '.'.
bool safe_name(const std::string& name);

/// CRLF, ASCII. Without media the script looks for the files by KB and processor and cannot check digests; it says so.
/// Errors: usage, when there is nothing to do, no way, or the machine is not known well enough to recognise it again;
/// not_found, when media were given and a step has no file among them; unsupported for a file name that is not safe.
Result<std::string> to_script(const Plan& plan, const Origin& origin, const catalog::Catalog& catalog, const std::vector<MediaFile>* media);

}  // namespace tq::plan
