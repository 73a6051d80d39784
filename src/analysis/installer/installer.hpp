// Gates of a Windows Installer database: conditions that read the build, and the programs embedded to run during the setup.
#pragma once

#include "analysis/gates.hpp"

namespace tq::analysis {

/// As find_gates, for a .msi. Not looked at: the files it installs, which a setup does not run to decide anything.
GateReport find_installer_gates(Bytes file, const GateOptions& options);

}  // namespace tq::analysis
