#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6013(const Context& c, std::vector<Said>& out) {
  const auto clear = open_of(c, {"winrm_unencrypted", "winrm_basic"});
  if (is_open(c, "winrm_listener") && !clear.empty()) out.push_back(say(clear, Severity::medium));
  const auto ways = open_of(c, {"winrm_listener", "remote_registry", "uac_off"});
  if (!ways.empty()) out.push_back(say(ways, is_chosen(c, "uac_off") ? Severity::low : Severity::info));
}

}  // namespace

extern const Rule tq6013_remote_management;
const Rule tq6013_remote_management{
    "TQ6013",
    model::Severity::info,
    "It can be managed from afar",
    "Remote management and the remote registry do what an administrator's password allows, so a stolen one is enough. Without user account "
    "control every program of an administrator has all rights.",
    "The services WinRM and RemoteRegistry, the listeners and what they accept, EnableLUA.",
    "Stop what nobody uses. Let only the management stations reach TCP 80, 443, 5985 and 5986. Certified equipment: at the switch, as the "
    "vendor's own service may need the remote registry.",
    "[MS-WSMV]; [MS-RRP]; data/catalog/common/exposure_settings.csv",
    find_tq6013,
};

}  // namespace tq::rules
