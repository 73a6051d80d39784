// A fast look at a whole file: does anything in it look like a way to learn the version, or the time?
#pragma once

#include <string>
#include <vector>

#include "core/bytes.hpp"

namespace tq::analysis {

struct Traces {
  std::vector<std::string> version;  ///< names and byte patterns met, in words, each once
  std::vector<std::string> clock;
};

/// Looks for the names of version and clock functions (ASCII and UTF-16), addresses of shared user data, and reads of the
/// process environment block. Touches every byte once; false alarms cost a full analysis, never a wrong answer.
Traces find_traces(Bytes file);

}  // namespace tq::analysis
