// The one place that writes: reports, never into or over a target.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tq::io {

/// Writes through a temporary file beside `path` and renames it, so that a failure leaves no half report.
/// Refused when `path` is one of `targets`, lies below one of them, or is no place for a regular file. "-" = standard output.
Status write_output(const std::string& path, std::string_view content, const std::vector<std::string>& targets);
/// The folder that `path` lies in, by its spelling alone: "." when it names none.
std::string folder_of(const std::string& path);
/// True when standard output is a terminal.
bool stdout_is_terminal();
bool stderr_is_terminal();

}  // namespace tq::io
