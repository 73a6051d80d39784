// Lists in the cells of the catalog.
#pragma once

#include <string_view>
#include <vector>

namespace tq::judge {

/// The parts of "a;b;c", or of "a | b" with that separator. Empty text: no parts. The views point into `text`.
std::vector<std::string_view> split_list(std::string_view text, std::string_view separator = ";");
/// True when `list` ("a;b") names `word`, or is "any".
bool names(const std::vector<std::string_view>& list, std::string_view word);

}  // namespace tq::judge
