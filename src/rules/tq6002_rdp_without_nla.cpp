#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

void find_tq6002(const Context& c, std::vector<Said>& out) {
  const auto list = open_of(c, {"rdp_without_nla", "rdp_security_layer"});
  if (!list.empty()) out.push_back(say(list, model::Severity::medium));
}

}  // namespace

extern const Rule tq6002_rdp_without_nla;
const Rule tq6002_rdp_without_nla{
    "TQ6002",
    model::Severity::medium,
    "Remote Desktop answers before it knows who asks",
    "Without network level authentication a session, with all the code behind it, is there for anyone who connects. Names and passwords "
    "can "
    "be tried without limit, and holes of the service need no account. Without a security layer the client cannot tell which machine it "
    "talks to.",
    "UserAuthentication and SecurityLayer of RDP-Tcp, their policies, and that Remote Desktop is on.",
    "Set UserAuthentication to 1 once every client can do it (RDP 6.0 with CredSSP). Certified equipment or clients that cannot: leave the "
    "machine as it is and put a gateway in front of it that asks first; block TCP 3389 from everywhere else at the switch.",
    "[MS-RDPBCGR] 5.4; data/catalog/common/exposure_settings.csv",
    find_tq6002,
};

}  // namespace tq::rules
