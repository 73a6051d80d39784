// A file that was read of a target, as an evidence bundle lists it: anyone who still has the target can check it against this.
#pragma once

#include <cstdint>
#include <string>

namespace tq::model {

struct SourceFile {
  std::string where;       ///< as evidence cites it
  std::uint64_t size = 0;  ///< bytes
  std::string sha256;      ///< of the whole file, lower-case hex; empty: `problem` says why there is none
  std::string problem;
};

/// The bundle that facts were read from, for the foot of the report. What it says was checked before anything of it was used.
struct BundleNote {
  std::string path;                                               ///< as the user named it
  std::string signature;                                          ///< "none", "not_checked", "valid"
  std::string tool_version, catalog_id, data_as_of, as_of, goal;  ///< of the run that wrote it
};

}  // namespace tq::model
