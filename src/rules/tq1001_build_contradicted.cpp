#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1001(const Context& c, std::vector<Said>& out) {
  const auto& b = c.verdict.build;
  if (b.status != model::Standing::contradicted) return;
  Said s{b.why};
  for (const auto& w : b.witnesses)
    if (w.build && w.decides && !w.older) s.evidence.push_back(fmt::format("{} says {}: {}", w.source, w.says, w.where));
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq1001_build_contradicted;
const Rule tq1001_build_contradicted{
    "TQ1001",
    model::Severity::high,
    "The witnesses of the build contradict each other",
    "Registry and kernel file (or component store) name different builds. Either an update was installed and the machine not booted since, "
    "or an update was removed, or one of the witnesses was edited or replaced.",
    "Two witnesses of different groups, each cited with its place.",
    "Boot the machine once if a reboot is due, and read it again. If they still differ, treat the registry value as edited and the machine "
    "as its kernel file says.",
    "docs/evidence.md; BetaWiki; Microsoft: 'Build number changing to 6003 in Windows Server 2008'",
    find_tq1001,
};

}  // namespace tq::rules
