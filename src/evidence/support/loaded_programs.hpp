// Which files a machine runs without anybody asking: the drivers and programs that its services name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/configuration.hpp"
#include "target/source.hpp"

namespace tq::evidence {

struct LoadedProgram {
  std::string path;     ///< in the tree, as the tree spells it
  std::string service;  ///< the first service that names it
  std::string how;      ///< "boot driver", "automatic service", "driver on demand", ...
};

struct UnresolvedProgram {
  std::string text;     ///< "service: image as written: why it was not looked at"
  bool absent = false;  ///< there is no such file, so nothing is loaded; else it may lie where nobody looked
};

struct LoadedPrograms {
  std::vector<LoadedProgram> found;  ///< in the order Windows loads them: boot, system, automatic, on demand; then by service
  std::vector<UnresolvedProgram> unresolved;
};

/// Disabled services are left out: they load nothing. Paths are resolved as the service manager and the loader do.
LoadedPrograms loaded_programs(const target::Source& source, const model::Configuration& configuration);

/// Where a service's image lies in the tree, before its existence is asked: several readings of a path with spaces, the
/// first that exists counts. Empty: on another volume, or not to be known.
std::vector<std::string> image_candidates(const target::Source& source, const model::Service& service);

}  // namespace tq::evidence
