#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6011(const Context& c, std::vector<Said>& out) {
  const auto old = open_of(c, {"ssl2", "ssl3", "tls12_missing"});
  if (old.empty()) return;
  // Protocols of a machine that serves nothing over TLS harm nobody.
  const bool serves = !open_of(c, {"iis", "rdp", "ad_ds", "ts_gateway", "sql_server"}).empty();
  out.push_back(say(old, serves ? Severity::low : Severity::info));
}

}  // namespace

extern const Rule tq6011_old_tls;
const Rule tq6011_old_tls{
    "TQ6011",
    model::Severity::info,
    "Servers on it speak old versions of TLS",
    "SSL 2.0 and 3.0 can be broken by whoever stands between; without TLS 1.2 today's clients do not connect at all, or only after they "
    "were "
    "weakened. NT 6.0 can speak TLS 1.2 since an update of 2017, and has it off by default.",
    "Enabled below SCHANNEL\\Protocols for servers; what an absent value does depends on the Windows.",
    "Turn SSL 2.0 and 3.0 off and TLS 1.2 on after trying it with every client. Certified equipment: leave it, and let a proxy that speaks "
    "today's TLS stand before it.",
    "Microsoft, Protocols in TLS/SSL (Schannel SSP); data/catalog/common/exposure_settings.csv",
    find_tq6011,
};

}  // namespace tq::rules
