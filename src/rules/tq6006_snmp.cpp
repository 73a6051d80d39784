#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6006(const Context& c, std::vector<Said>& out) {
  if (!is_open(c, "snmp")) return;
  const auto list = open_of(c, {"snmp", "snmp_communities", "snmp_any_manager"});
  const bool answers = is_open(c, "snmp_communities");
  auto s = say(list, !answers ? Severity::info : is_open(c, "snmp_any_manager") ? Severity::medium : Severity::low);
  if (const auto* e = exposure(c, "snmp"); !e->joined_with.empty()) s.detail += fmt::format("; not repaired: {}", cve_list(e->joined_with));
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq6006_snmp;
const Rule tq6006_snmp{
    "TQ6006",
    model::Severity::low,
    "The SNMP service runs",
    "SNMP 1 and 2c send the community, which is the only password, in clear text. It tells accounts, routes, programs and, where writing "
    "is "
    "allowed, lets settings be changed. The communities themselves are never printed.",
    "The start of the service, the number and length of its communities, and whether its managers are listed.",
    "Remove the service where nothing asks it. Else list the managers, allow reading only, and choose a community nobody guesses. "
    "Certified "
    "equipment: let only the managers reach UDP 161, at the switch.",
    "RFC 1157; RFC 3410 section 8; data/catalog/common/exposure_settings.csv",
    find_tq6006,
};

}  // namespace tq::rules
