// Lists of names that functions and libraries have.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace tq::analysis {

template <class List>
bool is_among(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

}  // namespace tq::analysis
