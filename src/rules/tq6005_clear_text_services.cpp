#include <fmt/format.h>

#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq6005(const Context& c, std::vector<Said>& out) {
  for (const auto* e : open_of(c, {"telnet", "ftp", "ftp_iis6"})) {
    auto s = say({e}, Severity::medium);
    if (!e->joined_with.empty()) {
      s.severity = Severity::high;
      s.detail += fmt::format("; not repaired: {}", cve_list(e->joined_with));
    }
    out.push_back(std::move(s));
  }
}

}  // namespace

extern const Rule tq6005_clear_text_services;
const Rule tq6005_clear_text_services{
    "TQ6005",
    model::Severity::medium,
    "A service takes passwords in clear text",
    "Telnet and FTP send names and passwords as they are typed. Whoever sees the traffic has them, and often they open more than this "
    "service.",
    "The start of the services TlntSvr, FTPSVC and MSFTPSVC. One that starts by hand is not told: nobody may ever start it.",
    "Disable the service, or move the transfer to something encrypted. Certified equipment that exchanges data by FTP: a segment with the "
    "two partners alone, an account that may nothing else, and the port closed at its border.",
    "RFC 854; RFC 959; data/catalog/common/exposure_settings.csv",
    find_tq6005,
};

}  // namespace tq::rules
