// What the catalog wants looked at in a machine, as plain lists: the collectors know no catalog and the judge reads no file.
#pragma once

#include <string>
#include <vector>

namespace tq::model {

struct Wanted {
  /// Files whose versions decide updates: a bare name ("tcpip.sys", looked for wherever Windows puts files into use) or a
  /// path below the Windows folder ("system32/drivers/tcpip.sys"). Lower case, forward slashes.
  std::vector<std::string> files;
  /// Files and folders below the Windows folder whose mere presence says something; a name may end in "*" before its extension.
  std::vector<std::string> odd_paths;
  /// Activation ids (GUID text, lower case) to look for in the licence store.
  std::vector<std::string> licence_ids;
};

}  // namespace tq::model
