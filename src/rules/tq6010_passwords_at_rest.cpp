#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6010(const Context& c, std::vector<Said>& out) {
  const auto stored = open_of(c, {"auto_logon", "auto_logon_password"});
  if (!stored.empty()) out.push_back(say(stored, is_open(c, "auto_logon_password") ? Severity::medium : Severity::low));
  // Up to NT 6.2 it does so by itself, and on 6.0 nothing can be done; where a value turned it on again, somebody wanted them.
  if (const auto* e = exposure(c, "wdigest"); e != nullptr && is_open(e->state))
    out.push_back(say({e}, is_chosen(c, *e) ? Severity::high : Severity::info));
}

}  // namespace

extern const Rule tq6010_passwords_at_rest;
const Rule tq6010_passwords_at_rest{
    "TQ6010",
    model::Severity::medium,
    "Passwords lie where they can be read",
    "A logon by itself keeps a password in the registry, where everyone who may read it remotely finds it. WDigest keeps the passwords of "
    "all who are logged on as clear text in memory; NT 6.0 never got the update that ends this. Passwords themselves are never printed.",
    "AutoAdminLogon, DefaultPassword (its length only) and UseLogonCredential.",
    "Use an account that may only run the machine's own program, and no other password like it. Never log on to such a machine as a domain "
    "administrator. Certified equipment that must log on by itself: lock the cabinet and the ports of the switch, since the account "
    "is open to whoever stands before it.",
    "Microsoft, Turn on automatic logon; Microsoft, Update to improve credentials protection and management (2014-05-13); "
    "data/catalog/common/exposure_settings.csv",
    find_tq6010,
};

}  // namespace tq::rules
