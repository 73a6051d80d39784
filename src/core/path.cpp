#include "core/path.hpp"

namespace tq {

std::vector<std::string> path_components(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const auto cut = path.find('/');
    const auto part = path.substr(0, cut);
    if (!part.empty() && part != ".") out.emplace_back(part);
    path = cut == std::string_view::npos ? std::string_view{} : path.substr(cut + 1);
  }
  return out;
}

std::string_view last_component(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace tq
