#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2004(const Context& c, std::vector<Said>& out) {
  for (const auto& p : c.facts.packages)
    if (p.state == model::PackageState::staged && !p.child && p.kb != 0) out.push_back({p.identity, {p.where}});
}

}  // namespace

extern const Rule tq2004_staged_only;
const Rule tq2004_staged_only{
    "TQ2004",
    model::Severity::low,
    "Updates are staged but not installed",
    "A staged package has been copied into the component store; none of its files is in use. Tools that count package keys take it for "
    "installed.",
    "CurrentState 64 in the registry.",
    "Install the package again, or reboot if the installation waits for that.",
    "Microsoft: CBS Servicing States Chart",
    find_tq2004,
};

}  // namespace tq::rules
