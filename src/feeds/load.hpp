// Feeds as files lie about: a folder of months, a zip of definitions, lists as CSV. Recognised by content.
#pragma once

#include <string>
#include <vector>

#include "feeds/gather.hpp"

namespace tq::feeds {

/// Reads each path, in an order of its own: folders of CVRF months (packed or not, sorted by name) and single months first, then wesng
/// zips or their CSV, KEV lists, tables of files. The first error ends it, and nothing of the feeds may be used then.
Status load(const std::vector<std::string>& paths, Gather& gather);

}  // namespace tq::feeds
