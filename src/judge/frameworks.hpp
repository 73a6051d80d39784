// The versions of .NET Framework as Microsoft's data writes them.
#pragma once

#include <string_view>

namespace tq::judge {

/// Does an update for `framework` ("4.6.2", "4.6-4.7.2", "2.0 SP2/3.0 SP2") serve a machine that has `version` ("4.6.2")?
bool serves(std::string_view framework, std::string_view version);

}  // namespace tq::judge
