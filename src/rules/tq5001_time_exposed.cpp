#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq5001(const Context& c, std::vector<Said>& out) {
  for (const auto& t : c.facts.time32)
    if (t.exposure == "exposed") out.push_back({t.why.empty() ? std::string() : t.why.front(), {t.path + " sha256 " + t.sha256}});
}

}  // namespace

extern const Rule tq5001_time_exposed;
const Rule tq5001_time_exposed{
    "TQ5001",
    model::Severity::low,
    "A program holds times in 32 signed bits: they end on 2038-01-19",
    "Its own code cuts a clock value to 32 bits and uses it as a signed number. From 2038-01-19 03:14:08 UTC on, and earlier where it adds "
    "to "
    "such a time (certificates, warranties, schedules), the value turns negative.",
    "The file's own code; the place is in `time32`.",
    "Ask the maker; set the clock of a copy past 2038-01-19 and try it. No update of Windows repairs a program.",
    "docs/formats/lanes.md",
    find_tq5001,
};

}  // namespace tq::rules
