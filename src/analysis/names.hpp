// Names of version functions that a program could look up at run time.
#pragma once

#include "analysis/program.hpp"

namespace tq::analysis {

/// Does a complete name of a version function (ASCII or UTF-16, ended by a NUL) stand in the image elsewhere than in its import table?
/// Names that are only put together at run time are not seen.
bool looks_up_version_names(const Program& program);

}  // namespace tq::analysis
