#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6007(const Context& c, std::vector<Said>& out) {
  const auto list = open_of(c, {"firewall_domain", "firewall_private", "firewall_public"});
  if (list.empty()) return;
  out.push_back(say(list, is_open(c, "public_address") ? Severity::high : Severity::medium));
}

}  // namespace

extern const Rule tq6007_firewall_off;
const Rule tq6007_firewall_off{
    "TQ6007",
    model::Severity::medium,
    "The Windows firewall is off",
    "Every service that listens is then reachable by everyone on the network, whatever rules there are. Another product may filter "
    "instead: "
    "that is not read.",
    "EnableFirewall of each profile, the policy that wins over it, and the start of the service MpsSvc.",
    "Turn it on with the rules that the machine's work needs, watching what it drops first. Certified equipment: vendors often ship it "
    "off and forbid it; then filter in front of the machine - a port list at the switch, or a small firewall before it.",
    "[MS-GPFAS] 2.2.3; data/catalog/common/exposure_settings.csv",
    find_tq6007,
};

}  // namespace tq::rules
