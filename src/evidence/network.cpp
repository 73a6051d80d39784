// Addresses that interfaces are set to, or last got by DHCP. What a live machine has at this moment is not on its disk.
#include <algorithm>
#include <array>
#include <string_view>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

using model::Tri;
using Texts = std::vector<std::string>;

enum AddressColumn : std::size_t { kDhcp, kAddress, kMask, kGateway, kDhcpAddress, kDhcpMask, kDhcpGateway };
constexpr std::array<std::string_view, 7> kAddressValues = {"EnableDHCP",    "IPAddress",      "SubnetMask",        "DefaultGateway",
                                                            "DhcpIPAddress", "DhcpSubnetMask", "DhcpDefaultGateway"};
constexpr std::size_t kMostAddresses = 4096;

Texts texts(const target::RegistryRow& row, AddressColumn c) { return row.values[c] ? row.values[c]->texts().value_or(Texts{}) : Texts{}; }

/// The entry of the same place, else the last one: gateways are fewer than addresses.
std::string at(const Texts& list, std::size_t i) { return list.empty() ? std::string{} : list[std::min(i, list.size() - 1)]; }

struct Columns {
  AddressColumn address, mask, gateway;
};

/// False: there are too many, and some are left out.
bool add(model::Facts& facts, const target::RegistryRow& row, const Columns& c, Tri by_dhcp, const std::string& where) {
  const Texts addresses = texts(row, c.address), masks = texts(row, c.mask), gateways = texts(row, c.gateway);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (addresses[i] == "0.0.0.0" || addresses[i] == "::") continue;  // how "none" is written
    if (facts.configuration.addresses.size() == kMostAddresses) return false;
    facts.configuration.addresses.push_back({lower_ascii(row.name), addresses[i], at(masks, i), at(gateways, i), by_dhcp, where});
  }
  return true;
}

/// nullopt: there is no such key. False: some addresses are left out.
std::optional<bool> interfaces(const target::Registry& reg, const std::string& key, model::Facts& facts) {
  const auto rows = reg.rows(key, kAddressValues);
  if (!rows) return std::nullopt;
  bool all = true;
  for (const auto& row : *rows) {
    const std::string path = key + "\\" + row.name;
    const auto on = row.values[kDhcp] ? row.values[kDhcp]->dword() : std::nullopt;
    const Tri by_dhcp = !on ? Tri::unknown : *on != 0 ? Tri::yes : Tri::no;
    // A static interface keeps its last lease, one with DHCP its last static address: only what is in force counts.
    if (by_dhcp != Tri::yes)
      all &= add(facts, row, {kAddress, kMask, kGateway}, by_dhcp == Tri::no ? Tri::no : Tri::unknown, reg.cite(path, "IPAddress"));
    if (by_dhcp != Tri::no) all &= add(facts, row, {kDhcpAddress, kDhcpMask, kDhcpGateway}, Tri::yes, reg.cite(path, "DhcpIPAddress"));
  }
  return all;
}

void collect_network(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  const std::string services = "CurrentControlSet\\Services\\";
  const target::Certainty sure(*reg);
  const auto four = interfaces(*reg, services + "Tcpip\\Parameters\\Interfaces", facts);
  const auto six = interfaces(*reg, services + "Tcpip6\\Parameters\\Interfaces", facts);
  if (!four && !six) return;
  const bool cut = !four.value_or(true) || !six.value_or(true);
  const bool whole =
      !cut && sure.whole(services + "Tcpip\\Parameters\\Interfaces") && sure.whole(services + "Tcpip6\\Parameters\\Interfaces");
  facts.configuration.network_read = whole ? Tri::yes : Tri::unknown;
  cover(facts, "network", model::CoverageStatus::read,
        std::to_string(facts.configuration.addresses.size()) + " addresses" + (cut ? "; the rest was not read" : ""));
}

}  // namespace

extern const Collector network;
const Collector network{"network", collect_network};

}  // namespace tq::evidence
