// What an address says of where a machine stands.
#pragma once

#include <string_view>

namespace tq::judge {

/// `shared`: between a provider and its customers (RFC 6598). `reserved`: multicast, broadcast and what nobody may use.
enum class AddressKind { not_an_address, this_machine, link_local, private_use, shared, documentation, reserved, public_use };
/// Words for people: "private (RFC 1918)".
const char* to_string(AddressKind k);

/// IPv4 in four decimal parts, or IPv6 in its usual forms with or without a scope ("fe80::1%5"). Ranges: RFC 1918, 3849, 3927,
/// 4193, 4291, 5735, 5737, 6598, 6890, 9637.
AddressKind kind_of_address(std::string_view text);

}  // namespace tq::judge
