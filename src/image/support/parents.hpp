// The parent of a differencing image: found beside the child, and known by its id, not by its name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/format.hpp"

namespace tq::image {

struct ParentQuery {
  const char* place;                    ///< for messages: "vhd.parent"
  std::vector<std::string> names;       ///< as the child gives them; of a path only the last part is used
  std::vector<std::string> wanted_ids;  ///< any of these; the first is shown
  /// The id of a file, nullopt when it is no image of this format. Must be cheap: every file beside may be asked.
  std::optional<std::string> (*id_of)(const io::ByteSource&);
};

/// The parent, ready for open(): by its name, else any file beside the child whose id matches. The File points to `child`,
/// which must live as long. Errors: not_found and corrupt (another id) name the parent and the id; corrupt for a loop;
/// limit above kMaxParents.
Result<File> find_parent(const File& child, const ParentQuery& query);

/// What follows the last slash or backslash of a path.
std::string bare_name(std::string_view path);

}  // namespace tq::image
