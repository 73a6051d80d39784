#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq4001(const Context& c, std::vector<Said>& out) {
  for (const auto& d : c.facts.drivers) {
    if (d.gate != "differs") continue;
    // What Windows needs to start cannot be put right from within when it refuses.
    const bool starts_windows = d.loaded_by.ends_with("boot driver") || d.loaded_by.ends_with("system driver");
    out.push_back({fmt::format("loaded by {}: {}", d.loaded_by, d.detail),
                   {d.path + " sha256 " + d.sha256},
                   starts_windows ? std::optional(model::Severity::high) : std::nullopt});
  }
}

}  // namespace

extern const Rule tq4001_driver_differs;
const Rule tq4001_driver_differs{
    "TQ4001",
    model::Severity::medium,
    "A driver or program acts differently on build 6002 and build 6003",
    "The file reads the build number and takes another way on the newer build. Whether that way works is not known; it is often a list of "
    "known builds in which the newer one is missing.",
    "The file's own code, followed for both builds: the place, the comparison and what each build does are in `drivers`.",
    "Before the number changes, ask the maker for a version that knows build 6003, and test the update on a copy of the machine. Where the "
    "machine is on 6003 already, look whether this device or program works in full.",
    "docs/formats/lanes.md",
    find_tq4001,
};

}  // namespace tq::rules
