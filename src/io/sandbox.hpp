// What this process gives up before it reads a target: whoever takes a parser over with a prepared file finds little to do.
#pragma once

#include <string>
#include <vector>

namespace tq::io {

/// The walls there are. Both stand unless a test asks for one alone, as it is on a kernel that lacks the other.
struct Walls {
  bool calls = true;  ///< seccomp: by what is called
  bool files = true;  ///< Landlock: by the place that is changed
};

/// Gives up, for good and for every thread to come: making, changing and removing files except below `folders`; changing owners,
/// rights and times of any; sockets; starting programs; looking into other processes; everything of a kernel's administration.
/// To be called before the second thread starts. What this kernel lacks is left out; sandbox_text() tells.
void enter_sandbox(const std::vector<std::string>& folders, Walls walls = {});

/// "seccomp, landlock": what is in force, for people. "none" where nothing is.
std::string sandbox_text();

}  // namespace tq::io
