// The log of a VHDX: writes to its tables that the file itself may not have yet.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "image/vhdx/layout.hpp"
#include "io/byte_source.hpp"

namespace tq::image::vhdx_format {

/// The file as it is after replaying the active sequence of its log, in memory; the file itself when the log is empty. A log
/// that cannot be replayed is said in `notes`, and the file is taken as it is. Errors: unsupported for another log version.
Result<std::shared_ptr<const io::ByteSource>> replay_log(std::shared_ptr<const io::ByteSource> file, const Header& header,
                                                         std::vector<std::string>& notes);

}  // namespace tq::image::vhdx_format
