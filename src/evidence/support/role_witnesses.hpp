// What shows that a role is there: names that Windows gives its services and server components.
#pragma once

#include <span>
#include <string_view>

namespace tq::evidence {

/// `services`: "A;B", any of them, not disabled. `components`: names below the server manager's ServerComponentCache, any installed.
struct RoleWitness {
  const char* id;
  const char* says;
  std::string_view services, components;
};

/// Witnesses that are there on every Windows (Spooler, TermService, LanmanServer) are no witnesses and not in the list.
std::span<const RoleWitness> role_witnesses();

}  // namespace tq::evidence
