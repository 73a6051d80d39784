#include "judge/migration/lists.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace tq::judge {

std::vector<std::string_view> split_list(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto cut = text.find(separator);
    if (const auto part = trim(text.substr(0, cut)); !part.empty()) out.push_back(part);
    if (cut == std::string_view::npos) break;
    text.remove_prefix(cut + separator.size());
  }
  return out;
}

bool names(const std::vector<std::string_view>& list, std::string_view word) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view w) { return w == word || w == "any"; });
}

}  // namespace tq::judge
