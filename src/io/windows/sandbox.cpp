#include "io/sandbox.hpp"

namespace tq::io {

void enter_sandbox(const std::vector<std::string>&, Walls) {}

std::string sandbox_text() { return "none"; }

}  // namespace tq::io
