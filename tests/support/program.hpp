// Runs the program as a user does: a process with its output and exit status.
#pragma once

#include <string>
#include <vector>

namespace tq::test {

struct Ran {
  int status = -1;
  std::string out, err;
};

/// The program under test: TQ_BINARY (environment), else the one beside the tests.
std::string program_path();
/// Runs TQ_BINARY (environment, else the one beside the tests) with these arguments; `input` goes to standard input.
Ran run_program(const std::vector<std::string>& args, const std::string& input = {});

}  // namespace tq::test
