#include "cli/support/problems.hpp"

#include <fmt/format.h>

#include "cli/support/common.hpp"

namespace tq::cli {
namespace {

constexpr std::size_t kProblemsShown = 20;

}  // namespace

void complain_of(const std::vector<catalog::Problem>& problems) {
  for (std::size_t i = 0; i < problems.size() && i < kProblemsShown; ++i) complain(problems[i].text());
  if (problems.size() > kProblemsShown) complain(fmt::format("and {} more", problems.size() - kProblemsShown));
}

}  // namespace tq::cli
