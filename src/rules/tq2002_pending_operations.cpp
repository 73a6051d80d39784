#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2002(const Context& c, std::vector<Said>& out) {
  const auto& s = c.facts.servicing;
  if (s.pending_operations == model::Tri::yes || s.reboot_pending == model::Tri::yes)
    out.push_back({s.reboot_pending == model::Tri::yes ? "a reboot is pending" : "operations are queued", s.evidence});
}

}  // namespace

extern const Rule tq2002_pending_operations;
const Rule tq2002_pending_operations{
    "TQ2002",
    model::Severity::medium,
    "Servicing work waits for a reboot",
    "Packages are being installed or removed and the work ends only at the next boot. Until then every statement about updates is "
    "provisional.",
    "pending.xml, the component hive, the list of pending packages, or a live query.",
    "Boot the machine, then read it again.",
    "docs/evidence.md; Microsoft SDP script",
    find_tq2002,
};

}  // namespace tq::rules
