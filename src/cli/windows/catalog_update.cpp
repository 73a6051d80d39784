#include "cli/support/catalog_update.hpp"

#include "cli/support/common.hpp"

namespace tq::cli {

int run_catalog_update(const Args&) {
  complain("this build cannot: catalog update (it needs expat and Zstandard). Use the Linux build for it; its catalog file works here.");
  return kUsage;
}

}  // namespace tq::cli
