// The brackets of a JSON text, for those who want to know how deep or how long it is before anything parses it.
#pragma once

#include <cstddef>
#include <string_view>

namespace tq {

/// Calls visit(index, bracket) for every [ { ] } outside strings, from `from` on, until it returns false. The text may be no JSON.
template <class Visit>
void each_bracket(std::string_view s, std::size_t from, Visit visit) {
  bool quoted = false;
  for (std::size_t i = from; i < s.size(); ++i) {
    if (quoted) {
      if (s[i] == '\\')
        ++i;
      else if (s[i] == '"')
        quoted = false;
    } else if (s[i] == '"') {
      quoted = true;
    } else if (s[i] == '[' || s[i] == '{' || s[i] == ']' || s[i] == '}') {
      if (!visit(i, s[i])) return;
    }
  }
}

}  // namespace tq
