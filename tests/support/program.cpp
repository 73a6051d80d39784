#include "tests/support/program.hpp"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/machine_builder.hpp"

namespace tq::test {
namespace {

std::string quoted(const std::string& s) {
  std::string out = "'";
  for (const char c : s) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string content_of(const std::string& path) {
  std::ifstream f(path, std::ios::binary);
  std::stringstream s;
  s << f.rdbuf();
  return s.str();
}

}  // namespace

std::string program_path() {
  const char* from_environment = std::getenv("TQ_BINARY");
  return from_environment != nullptr ? from_environment : TQ_BINARY_DEFAULT;
}

Ran run_program(const std::vector<std::string>& args, const std::string& input) {
  static const std::string folder = temporary_folder();
  std::ofstream(folder + "/in", std::ios::binary) << input;
  std::string line = quoted(program_path());
  for (const auto& a : args) line += " " + quoted(a);
  line += " <" + quoted(folder + "/in") + " >" + quoted(folder + "/out") + " 2>" + quoted(folder + "/err");
  const int raw = std::system(line.c_str());
  return {WIFEXITED(raw) ? WEXITSTATUS(raw) : 128, content_of(folder + "/out"), content_of(folder + "/err")};
}

}  // namespace tq::test
