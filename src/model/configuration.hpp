// How a machine is set up: what it runs, offers and lets in, as its registry says. Nothing here is judged.
// Every list has a Tri beside it: yes means its place was read, so that what is not listed is not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/tri.hpp"

namespace tq::model {

/// What became of one value that the catalog wanted. `absent` is a reading: the default of that Windows then holds.
enum class SettingState { present, absent, wrong_type, unreadable };
const char* to_string(SettingState s);
bool from_string(std::string_view s, SettingState& out);

/// One value that the catalog asked for.
struct Setting {
  std::string id;  ///< the row of the catalog that asked
  SettingState state = SettingState::unreadable;
  std::string value;  ///< decimal for numbers, the text for texts; empty unless present. Secrets are only counted
  std::string where;  ///< the value, or the place where it would be
};

inline constexpr std::uint32_t kStartDisabled = 4;  ///< SERVICE_DISABLED of winnt.h

/// An entry of the services key: a service or a driver.
struct Service {
  std::string name;
  std::string display;
  std::string image;                         ///< ImagePath, or ServiceDll where there is one, as written
  std::string account;                       ///< ObjectName
  std::optional<std::uint32_t> type, start;  ///< winnt.h: SERVICE_*_DRIVER ..., SERVICE_BOOT_START ...; empty: absent or damaged
  bool delayed = false;
  std::string where;
};

/// A program as its Uninstall key names it.
struct Program {
  std::string name, version, publisher;
  std::string arch;  ///< "x86" below Wow6432Node and on 32-bit Windows, else the machine's
  std::string where;
};

/// A driver that was installed from a package of its own (oemN.inf): none that came with Windows.
struct DriverPackage {
  std::string name, provider, version, inf;
  std::string where;
};

/// A role or feature that servicing or the server manager knows of.
struct Role {
  std::string id;  ///< "ad_ds", "dns", "dhcp", "iis", "hyper_v", ...: the words of the catalog's roles
  std::string says;
  std::string where;
};

/// An IPv4 address that an interface is set to, or last got by DHCP.
struct NetworkAddress {
  std::string interface;  ///< GUID, lower case
  std::string address, mask, gateway;
  Tri dhcp = Tri::unknown;
  std::string where;
};

/// A folder or printer that is shared by name.
struct Share {
  std::string name, path;
  std::string where;
};

/// A rule of the Windows firewall, taken from its "v2.x|Action=Allow|..." text.
struct FirewallRule {
  std::string id, name;
  std::string action, direction, protocol, local_ports, remote_addresses, profiles, program, service;
  bool active = false;
  bool from_policy = false;  ///< set by group policy
  std::string where;
};

/// A task that the task scheduler starts, and the program it runs.
struct ScheduledTask {
  std::string path, command;
  std::string where;
};

/// A volume that holds something beside Windows: a drive letter or mount point of MountedDevices.
struct MountedVolume {
  std::string mount, says;
  std::string where;
};

/// How a machine is set up, as far as its hives were read.
struct Configuration {
  std::vector<Setting> settings;
  Tri services_read = Tri::unknown;
  std::vector<Service> services;
  Tri programs_read = Tri::unknown;
  std::vector<Program> programs;
  Tri driver_packages_read = Tri::unknown;
  std::vector<DriverPackage> driver_packages;
  Tri roles_read = Tri::unknown;
  std::vector<Role> roles;
  Tri network_read = Tri::unknown;
  std::vector<NetworkAddress> addresses;
  Tri shares_read = Tri::unknown;
  std::vector<Share> shares;
  Tri firewall_read = Tri::unknown;
  std::vector<FirewallRule> firewall_rules;
  Tri tasks_read = Tri::unknown;
  std::vector<ScheduledTask> tasks;
  Tri volumes_read = Tri::unknown;
  std::vector<MountedVolume> volumes;
};

}  // namespace tq::model
