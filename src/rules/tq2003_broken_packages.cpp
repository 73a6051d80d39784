#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2003(const Context& c, std::vector<Said>& out) {
  for (const auto& p : c.verdict.broken_packages) out.push_back({p});
}

}  // namespace

extern const Rule tq2003_broken_packages;
const Rule tq2003_broken_packages{
    "TQ2003",
    model::Severity::medium,
    "Packages are partially installed or broken",
    "Servicing began to install these packages and did not finish, or found them damaged. Whether their files are in place must be decided "
    "by the files.",
    "The state of the package in the registry.",
    "Repair the component store (the System Update Readiness Tool on NT 6.0), then install again.",
    "Microsoft: CBS Servicing States Chart",
    find_tq2003,
};

}  // namespace tq::rules
