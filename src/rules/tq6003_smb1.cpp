#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6003(const Context& c, std::vector<Said>& out) {
  const auto* smb1 = exposure(c, "smb1");
  if (smb1 == nullptr || !is_open(smb1->state)) return;
  // Every machine of this age has it on: alone, and as it was made, that is a fact and no failing.
  auto s = say({smb1}, is_chosen(c, *smb1) ? Severity::low : Severity::info);
  if (!smb1->joined_with.empty()) {
    s.severity = any_known_exploited(c, smb1->joined_with) ? Severity::critical : Severity::high;
    s.detail += fmt::format("; reachable through it and not repaired: {}", cve_list(smb1->joined_with));
  } else if (!smb1->joined_with_unknown.empty()) {
    s.severity = Severity::medium;
    s.detail += fmt::format("; not known whether repaired: {}", cve_list(smb1->joined_with_unknown));
  }
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq6003_smb1;
const Rule tq6003_smb1{
    "TQ6003",
    model::Severity::info,
    "The file server speaks SMB 1",
    "SMB 1 has no protection against a man in the middle, and the holes that WannaCry and NotPetya spread by (MS17-010) are in it. On NT "
    "6.0 "
    "it is on unless somebody turned it off; with the repairs in place it is a weakness, without them an open door.",
    "LanmanServer\\Parameters:SMB1 (absent: on), the service LanmanServer; joined with the CVEs that are missing.",
    "Install the repair. Then turn SMB 1 off (SMB1 = 0 and a restart) when nothing old talks to this machine: scanners, printers, Server "
    "2003, XP. Certified or air-gapped equipment: where the vendor forbids it, let only the machines that need its files reach TCP 445 and "
    "139, at the switch, and never across segments.",
    "Microsoft, How to detect, enable and disable SMBv1; MS17-010; data/catalog/common/exposure_settings.csv",
    find_tq6003,
};

}  // namespace tq::rules
