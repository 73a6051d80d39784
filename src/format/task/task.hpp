// Definitions of scheduled tasks: the XML files of Windows\System32\Tasks (NT 6.0 and later).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::format::task {

/// A task file above this size is refused: real ones have a few KiB.
inline constexpr std::uint64_t kSizeLimit = 1u << 20;

/// What a task starts.
struct Action {
  std::string command;  ///< an Exec's command and arguments as one line, or "COM {class id}"
};

struct Task {
  std::vector<Action> actions;
  std::optional<bool> enabled;  ///< Settings/Enabled; empty: not said, which means yes
  std::optional<Error> lost;    ///< what stopped the reading, or was left out; the other actions are there
};

/// Errors: unsupported when the text is no <Task>; limit above kSizeLimit.
Result<Task> read(Bytes text);

}  // namespace tq::format::task
