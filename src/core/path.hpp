// Paths of targets: '/' between components, whatever system they come from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tq {

/// The components of a path without "." and empty ones. Every tree splits with this, so that a path means the same in all of them.
std::vector<std::string> path_components(std::string_view path);
/// What stands behind the last '/'; all of it where there is none.
std::string_view last_component(std::string_view path);

}  // namespace tq
