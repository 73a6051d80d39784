#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq9002(const Context& c, std::vector<Said>& out) {
  for (const auto& cov : c.facts.coverage)
    if (cov.status == model::CoverageStatus::failed) out.push_back({cov.source + ": " + cov.detail});
}

}  // namespace

extern const Rule tq9002_evidence_failed;
const Rule tq9002_evidence_failed{
    "TQ9002",
    model::Severity::low,
    "Evidence is there but could not be read",
    "A file that should carry evidence is damaged or was refused. What it would have said is unknown, not absent.",
    "The place in the file, what was expected and what was found.",
    "Copy the file again; if it is damaged on the machine, treat the machine as not proven.",
    "docs/evidence.md",
    find_tq9002,
};

}  // namespace tq::rules
