#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq9001(const Context& c, std::vector<Said>& out) {
  for (const auto& cov : c.facts.coverage)
    if (cov.detail.find("dirty, log missing") != std::string::npos || cov.detail.find("dirty, log refused") != std::string::npos)
      out.push_back({cov.source + ": " + cov.detail});
}

}  // namespace

extern const Rule tq9001_log_not_replayed;
const Rule tq9001_log_not_replayed{
    "TQ9001",
    model::Severity::low,
    "A hive is dirty and its log could not be replayed",
    "The hive was not written out completely when the machine was last seen; the rest lies in its transaction log. What it says may be "
    "older than the truth, and what it does not hold counts as unknown.",
    "The sequence numbers of the hive, and the state of its logs.",
    "Collect the hive together with its .LOG1 and .LOG2, or read it from the running machine with reg save.",
    "docs/formats/regf.md",
    find_tq9001,
};

}  // namespace tq::rules
