// A site's own table of the files that updates carry: kb,file,arch,branch,version,source (CSV with that header).
#pragma once

#include <string>
#include <vector>

#include "catalog/types.hpp"
#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "feeds/limits.hpp"

namespace tq::feeds {

struct FileRow {
  std::uint32_t kb = 0;
  std::string file;  ///< lower case, no folder
  catalog::ProductArch arch = catalog::ProductArch::any;
  catalog::FileBranch branch = catalog::FileBranch::any;
  FileVersion version;
  std::string source;
  auto operator<=>(const FileRow&) const = default;
};

/// Rows sorted, each once. Empty arch and branch mean "any". Errors: corrupt, naming line and cell; limit.
Result<std::vector<FileRow>> read_file_table(const std::string& name, Bytes text, std::uint32_t most_rows = limits::kNames);

}  // namespace tq::feeds
