// `catalog update`, apart from its sisters: it needs the readers of feeds, which not every build has.
#pragma once

#include "cli/command.hpp"

namespace tq::cli {

/// Makes a new catalog of feeds. Returns the exit status; what went wrong is printed.
int run_catalog_update(const Args& args);

}  // namespace tq::cli
