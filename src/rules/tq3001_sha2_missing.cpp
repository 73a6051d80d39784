#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq3001(const Context& c, std::vector<Said>& out) {
  if (c.verdict.esu.sha2 == model::Tri::no)
    out.push_back({c.facts.sha2_values == model::Tri::yes ? "the two registry values claim it, the package is not in place"
                                                          : "the package is not in place"});
}

}  // namespace

extern const Rule tq3001_sha2_missing;
const Rule tq3001_sha2_missing{
    "TQ3001",
    model::Severity::medium,
    "Support for SHA-2 signatures is missing",
    "Updates from 2019-07 on are signed with SHA-2 only. Without this support they are refused (0x80096010 and others).",
    "The packages, read as a whole, without the final version of the SHA-2 update.",
    "Install the servicing stack of 2019-04, then the SHA-2 update, and reboot before anything else.",
    "MSRC ADV190009; Microsoft: SHA-2 code signing requirement for Windows (2019)",
    find_tq3001,
};

}  // namespace tq::rules
