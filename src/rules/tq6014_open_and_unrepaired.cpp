#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

// The others say it themselves.
const std::vector<std::string_view> kServices = {"spooler", "iis",  "smtp",       "dns_server", "dhcp_server",
                                                 "rras",    "msmq", "nfs_server", "ad_ds",      "rd_licensing"};

void find_tq6014(const Context& c, std::vector<Said>& out) {
  for (const auto* e : open_of(c, kServices)) {
    if (e->joined_with.empty()) continue;
    auto s = say({e}, any_known_exploited(c, e->joined_with) ? Severity::critical : Severity::high);
    s.detail += fmt::format("; not repaired: {}", cve_list(e->joined_with));
    out.push_back(std::move(s));
  }
}

}  // namespace

extern const Rule tq6014_open_and_unrepaired;
const Rule tq6014_open_and_unrepaired{
    "TQ6014",
    model::Severity::high,
    "A service runs whose holes are not repaired",
    "A missing update is one thing; that the very service it repairs starts with Windows and answers others is another. Those that are "
    "known "
    "to be used in attacks come first.",
    "The start of the service, joined with the CVEs that are missing (exposure_cves).",
    "Install the update, or disable the service where the machine does not need it: few servers print. Certified equipment: the vendor may "
    "need the service, so block its ports from everyone but its partners at the switch and allow only listed programs.",
    "MSRC; CISA known exploited vulnerabilities; data/catalog/common/exposure_cves.csv",
    find_tq6014,
};

}  // namespace tq::rules
