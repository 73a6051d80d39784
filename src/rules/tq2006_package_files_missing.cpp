#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2006(const Context& c, std::vector<Said>& out) {
  Said s;
  for (const auto& p : c.facts.packages)
    if (p.state == model::PackageState::installed && p.files_known && !p.files_present && p.kb != 0 && !p.child)
      s.evidence.push_back(p.where);
  if (s.evidence.empty()) return;
  s.detail = fmt::format("{} packages", s.evidence.size());
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq2006_package_files_missing;
const Rule tq2006_package_files_missing{
    "TQ2006",
    model::Severity::medium,
    "Installed packages lack their manifest or catalog file",
    "Each installed package has a .mum and a .cat file in servicing\\Packages. Without them the registration is not backed by the "
    "component store.",
    "The registered state, and the folder that was read.",
    "Repair the component store; take the update as not proven until then.",
    "docs/evidence.md; LegacyUpdate (same check)",
    find_tq2006,
};

}  // namespace tq::rules
