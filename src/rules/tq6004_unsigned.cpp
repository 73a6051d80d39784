#include <fmt/format.h>

#include <algorithm>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6004(const Context& c, std::vector<Said>& out) {
  const auto list = open_of(c, {"smb_signing", "smb_client_signing", "ldap_signing"});
  if (list.empty()) return;
  auto s = say(list, Severity::info);
  for (const auto* e : list) {
    if (e->joined_with.empty()) continue;
    s.severity = std::max(*s.severity, any_known_exploited(c, e->joined_with) ? Severity::medium : Severity::low);
    s.detail += fmt::format("; not repaired: {}", cve_list(e->joined_with));
  }
  // On a controller a relayed logon is a logon to the whole domain.
  if (c.facts.identity.product_type == "domain_controller") s.severity = std::max(*s.severity, Severity::medium);
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq6004_unsigned;
const Rule tq6004_unsigned{
    "TQ6004",
    model::Severity::info,
    "Logons can be relayed: nothing insists on signatures",
    "Somebody between two machines can pass one's logon on to the other and act in its name, as long as neither insists on signed SMB or "
    "LDAP. This is how Windows came; it matters where strangers share the network.",
    "RequireSecuritySignature of server and client, LDAPServerIntegrity on a domain controller.",
    "Ask for signatures on both sides after trying it with every device that connects. Certified equipment: old devices often cannot sign, "
    "so keep them in a segment without other logons and turn LLMNR and NetBIOS off beside them.",
    "[MS-SMB2] 3.3.1.6; [MS-ADTS] 5.1.1.1.2; data/catalog/common/exposure_settings.csv",
    find_tq6004,
};

}  // namespace tq::rules
