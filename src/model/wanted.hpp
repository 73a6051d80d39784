// What the catalog wants looked at in a machine, as plain lists: the collectors know no catalog and the judge reads no file.
#pragma once

#include <string>
#include <vector>

namespace tq::model {

/// A value or key of a hive that the catalog asks for.
struct WantedSetting {
  /// dword: REG_DWORD. number: that, or a text that is one. secret: a text of which only the length is kept. subkeys, values: how
  /// many the key has. secret_values: their names are secrets, so only their lengths are kept.
  enum class Kind { dword, number, secret, subkeys, values, secret_values };
  std::string id;  ///< what the reading is called in Configuration::settings
  std::string hive, key, value;
  Kind kind = Kind::dword;
};

/// The whole list, for one catalog.
struct Wanted {
  /// Files whose versions decide updates: a bare name ("tcpip.sys", looked for wherever Windows puts files into use) or a
  /// path below the Windows folder ("system32/drivers/tcpip.sys"). Lower case, forward slashes.
  std::vector<std::string> files;
  /// Files and folders below the Windows folder whose mere presence says something; a name may end in "*" before its extension.
  std::vector<std::string> odd_paths;
  /// Activation ids (GUID text, lower case) to look for in the licence store.
  std::vector<std::string> licence_ids;
  /// Values that say how the machine is set up; policies that win are rows of their own.
  std::vector<WantedSetting> settings = {};
};

}  // namespace tq::model
