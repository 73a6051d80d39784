// Feeds as files lie about: a folder of months, a zip of definitions, lists as CSV. Recognised by content.
#pragma once

#include <string>
#include <vector>

#include "feeds/gather.hpp"

namespace tq::feeds {

/// Reads each path in order: a folder (CVRF months, packed or not, sorted by name), one month, a wesng zip or its CSV, a KEV list,
/// a table of files. The first error ends it, and nothing of the feeds may be used then.
Status load(const std::vector<std::string>& paths, Gather& gather);

}  // namespace tq::feeds
