#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6001(const Context& c, std::vector<Said>& out) {
  const auto* rdp = exposure(c, "rdp");
  if (rdp == nullptr || !is_open(rdp->state)) return;
  auto s = say({rdp}, Severity::info);
  if (!rdp->joined_with.empty()) {
    s.severity = Severity::critical;
    s.detail += fmt::format("; not repaired, and usable before any logon: {}", cve_list(rdp->joined_with));
  } else if (!rdp->joined_with_unknown.empty()) {
    s.severity = Severity::medium;
    s.detail += fmt::format("; not known whether repaired: {}", cve_list(rdp->joined_with_unknown));
  }
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq6001_remote_desktop;
const Rule tq6001_remote_desktop{
    "TQ6001",
    model::Severity::info,
    "Remote Desktop accepts connections",
    "Whoever reaches the port can try to log on. While one of its wormable holes is unrepaired, no logon is needed: a program that spreads "
    "by itself takes the machine over. Either alone is ordinary; both together are not.",
    "fDenyTSConnections, the policy that wins over it, the service TermService; joined with the CVEs that are missing.",
    "Install the update that repairs it first. Until then turn Remote Desktop off, or let only the stations that need it reach TCP 3389: "
    "at "
    "the switch, or by IPsec. Certified or air-gapped equipment: the vendor may forbid a change on the machine, so do it outside - a "
    "segment "
    "of its own, the port blocked at its border, and the vendor's remote service through a gateway that asks for a second proof.",
    "MSRC on CVE-2019-0708 (2019-05-14); data/catalog/common/exposure_settings.csv, exposure_cves.csv",
    find_tq6001,
};

}  // namespace tq::rules
