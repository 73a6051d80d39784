#include "judge/frameworks.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/text.hpp"

namespace tq::judge {
namespace {

/// Versions compare part by part.
std::vector<std::uint64_t> numbers(std::string_view version) {
  std::vector<std::uint64_t> out;
  while (!version.empty()) {
    const auto end = std::min(version.find_first_not_of("0123456789"), version.size());
    std::uint64_t n = 0;
    if (end == 0 || !parse_u64(version.substr(0, end), n)) break;
    out.push_back(n);
    version.remove_prefix(end);
    if (version.empty() || version.front() != '.') break;
    version.remove_prefix(1);
  }
  return out;
}

bool in_range(std::string_view framework, std::string_view version) {
  const auto dash = framework.find('-');
  if (dash == std::string_view::npos) return trim(framework) == version;
  const auto v = numbers(version);
  return numbers(trim(framework.substr(0, dash))) <= v && v <= numbers(trim(framework.substr(dash + 1)));
}

}  // namespace

bool serves(std::string_view framework, std::string_view version) {
  for (std::size_t at = 0; at <= framework.size();) {
    const auto end = std::min(framework.find_first_of("/;,", at), framework.size());
    if (in_range(framework.substr(at, end - at), version)) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace tq::judge
