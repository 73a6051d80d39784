// A command of the program: its words, its options as data, and what it does. One file each; the build collects them.
// Options are data so that help, completions and manual pages all come from one place.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

namespace tq::cli {

/// Exit statuses of the contract.
enum Exit { kNothingFound = 0, kFindings = 1, kUsage = 2, kUnreadable = 3, kIncomplete = 4, kCatalog = 5, kInternal = 6 };

struct Option {
  const char* name;   ///< "--format"
  const char* value;  ///< word for its value in the help, "" for a switch
  const char* help;
  const char* choices = "";                 ///< "text|json" when closed; empty when free
  std::string (*choices_from)() = nullptr;  ///< the same, for a list that the build makes
  bool writes = false;                      ///< its value is a file or folder that is made
};

struct Args {
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>> given;  ///< "--format" -> values; a switch has one empty value

  [[nodiscard]] bool has(const std::string& option) const { return given.contains(option); }
  /// The last value given, or `otherwise`.
  [[nodiscard]] std::string get(const std::string& option, const std::string& otherwise = {}) const;
};

struct Command {
  const char* name;
  const char* summary;
  const char* operand;  ///< "TARGET": takes one or more; empty: takes none
  std::span<const Option> options;
  int (*run)(const Args&);
  bool sandboxed = true;  ///< false: needs the network, other processes, or files of its own
};

/// Every command of this folder, by name.
std::span<const Command* const> all();

/// A command that this platform's build has not, and the libraries it would need (cmake/platform.cmake).
struct LeftOut {
  const char* name;
  const char* needs;
};
/// What this build lacks and another has.
std::span<const LeftOut> left_out();
/// The whole program: parses, dispatches, returns the exit status.
int run_main(int argc, char** argv);

}  // namespace tq::cli
