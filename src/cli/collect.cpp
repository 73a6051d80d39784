// Writes the script that gathers evidence on a live machine. The script is text that an administrator can read, the same for everyone:
// nothing of a target or of a command line ever gets into it.
#include <string_view>

#include "cli/support/common.hpp"

extern "C" {
extern const char tq_collect_script_begin[];
extern const char tq_collect_script_end[];
}

namespace tq::cli {
namespace {

constexpr Option kCollectOptions[] = {kOutput};

/// Windows' command interpreter loses its place in a script whose lines end without a carriage return.
std::string with_crlf(std::string_view script) {
  std::string out;
  out.reserve(script.size() + script.size() / 32);
  for (const char c : script) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

int run_collect(const Args& args) {
  const std::string_view script(tq_collect_script_begin, static_cast<std::size_t>(tq_collect_script_end - tq_collect_script_begin));
  return deliver(args, with_crlf(script), kNothingFound);
}

}  // namespace

extern const Command collect;
const Command collect{"collect", "write the collection script for a live machine (NT 6.0 as shipped, and later)", "", kCollectOptions,
                      run_collect};

}  // namespace tq::cli
