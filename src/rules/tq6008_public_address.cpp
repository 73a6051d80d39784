#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

// What answers a stranger on the network.
const std::vector<std::string_view> kListening = {
    "rdp",  "smb1",       "telnet", "ftp",         "ftp_iis6", "snmp", "winrm_listener", "iis",          "smtp",       "dns_server",
    "rras", "nfs_server", "ad_ds",  "dhcp_server", "shares",   "msmq", "ts_gateway",     "rd_licensing", "sql_server", "remote_registry"};

Severity severity_of(const Context& c, const std::vector<const model::Exposure*>& listening) {
  Severity worst = Severity::high;
  for (const auto* e : listening)
    if (any_known_exploited(c, e->joined_with)) worst = Severity::critical;
  return worst;
}

void find_tq6008(const Context& c, std::vector<Said>& out) {
  const auto* address = exposure(c, "public_address");
  if (address == nullptr || !is_open(address->state)) return;
  auto list = open_of(c, kListening);
  const Severity severity = list.empty() ? Severity::low : severity_of(c, list);
  list.insert(list.begin(), address);
  auto s = say(list, severity);
  s.detail += no_more_updates(c);
  if (!address->joined_with.empty()) s.detail += fmt::format("; in the network stack and not repaired: {}", cve_list(address->joined_with));
  out.push_back(std::move(s));
}

}  // namespace

extern const Rule tq6008_public_address;
const Rule tq6008_public_address{
    "TQ6008",
    model::Severity::high,
    "The machine has a public address",
    "An address that the whole Internet can name is scanned within minutes. Whether anything stands before it (a firewall, a router that "
    "lets nothing in) is not on its disk. A product that is out of support and reachable like this is more than out of support.",
    "The addresses of its interfaces against the private, shared and documentation ranges; what is open beside it.",
    "Take it off the Internet: a private address behind something that is still maintained, and that forwards only what is needed. Where "
    "it "
    "must be reached, put a reverse proxy or a gateway before it. Certified equipment has no business on a public address: ask the "
    "vendor for the way it is meant to be served.",
    "RFC 1918, 3927, 5737, 6598, 6890; data/catalog/common/exposure_settings.csv",
    find_tq6008,
};

}  // namespace tq::rules
