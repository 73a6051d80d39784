#include "core/result.hpp"

#include <fmt/format.h>

namespace tq {

std::string Error::text() const {
  std::string s = place.empty() ? std::string(to_string(code)) : place;
  if (offset) s += fmt::format(" at {:#x}", *offset);
  if (!wanted.empty()) s += ": wanted " + wanted;
  if (!found.empty()) s += (wanted.empty() ? ": found " : ", found ") + found;
  if (!advice.empty()) s += " (" + advice + ")";
  return s;
}

}  // namespace tq
