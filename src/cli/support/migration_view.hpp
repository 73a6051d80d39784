// A machine's migration as people read it: blockers once each, impossible releases by reason, with the days on which releases end.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "model/verdict.hpp"

namespace tq::cli {

struct MigrationView {
  /// One blocker with all the paths that it stands in.
  struct Obstacle {
    model::Blocker blocker;
    std::string where;  ///< "in place, clean install", "from Windows Server 2019 on"
  };
  struct Bar {
    std::string to;  ///< "Windows Server 2016, Windows Server 2019"
    std::string why, source;
  };
  /// Something that the machine's Windows lacks and newer ones have.
  struct Gain {
    std::string feature, first_in, source;
  };
  std::string name, from, version, target, as_of, data_as_of;
  std::string support;                             ///< the lifecycle in one line; empty: not known
  std::vector<model::MigrationPath> paths;         ///< by kind, then as judged
  std::vector<std::string> ends;                   ///< beside paths: day of the destination's last update; empty: not known
  std::vector<model::SoftwareLifecycle> software;  ///< of it what is out of support, or not known
  std::vector<Obstacle> obstacles;
  std::vector<std::string> not_read;
  std::vector<Bar> impossible;
  std::vector<Gain> gains;
};

MigrationView view_of(const model::Machine& machine, const catalog::Catalog& catalog, const std::string& as_of);
/// For a terminal: what is possible on the first screen, then the hops, the obstacles, and what is impossible, each with its source.
std::string migration_text(const MigrationView& view, bool color);
std::string migration_markdown(const MigrationView& view);
/// tourniquet.migrate/1
std::string migration_document(const model::Machine& machine, const MigrationView& view, const std::string& tool,
                               const std::string& catalog_id);
/// "in place", "clean install", "as it is, elsewhere"
const char* kind_text(const std::string& kind);

}  // namespace tq::cli
