// Which members of an archive will be asked for, by their place below any Windows folder.
#pragma once

#include <string_view>

namespace tq::target {

/// True for hives with their logs, programs whose version counts, and logs, manifests and lists of servicing. A hint for unpacking in
/// one pass: what it misses is unpacked when it is opened.
bool is_evidence(std::string_view path);

}  // namespace tq::target
