#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6012(const Context& c, std::vector<Said>& out) {
  for (const auto* e : open_of(c, {"llmnr", "autorun"})) {
    auto s = say({e}, Severity::info);
    if (!e->joined_with.empty()) {
      s.severity = any_known_exploited(c, e->joined_with) ? Severity::high : Severity::medium;
      s.detail += fmt::format("; not repaired: {}", cve_list(e->joined_with));
    }
    out.push_back(std::move(s));
  }
}

}  // namespace

extern const Rule tq6012_neighbours;
const Rule tq6012_neighbours{
    "TQ6012",
    model::Severity::info,
    "It trusts neighbours and media",
    "LLMNR asks every neighbour for a name, and any of them may answer and be sent a logon. AutoRun starts programs from media that are "
    "put "
    "in: on machines without a network it is the usual way in.",
    "EnableMulticast (absent: on) and NoDriveTypeAutoRun (absent: on for removable media and discs).",
    "Turn both off by policy. Certified or air-gapped equipment: check every medium on another machine first, lock the unused ports, and "
    "allow only listed programs to start where the vendor permits it.",
    "RFC 4795 section 5; Microsoft, Enabling and Disabling AutoRun; data/catalog/common/exposure_settings.csv",
    find_tq6012,
};

}  // namespace tq::rules
