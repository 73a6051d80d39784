#include "fleet/serve/http.hpp"

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::fleet::serve {
namespace {

Error ill_formed(const char* what) { return Error{ErrorCode::usage, "request", "a well-formed address", what}; }

/// Escapes undone. `form`: a plus is a space, as forms send it.
Result<std::string> decoded(std::string_view s, bool form) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '%') {
      out += form && s[i] == '+' ? ' ' : s[i];
      continue;
    }
    if (s.size() - i < 3 || !is_hex_digit(s[i + 1]) || !is_hex_digit(s[i + 2])) return ill_formed("an escape without two hex digits");
    out += static_cast<char>(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
    i += 2;
  }
  // The database refuses both, and no machine is called so: stored names are made well-formed (storable()).
  if (!is_utf8(out) || out.find('\0') != std::string::npos) return ill_formed("bytes that are no text");
  return out;
}

}  // namespace

std::string Request::get(std::string_view name) const {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return {};
}

Status take_target(std::string_view target, Request& out) {
  if (!target.starts_with('/')) return ill_formed("no path");
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  TQ_TRY(out.path, decoded(target.substr(0, mark), false));
  out.params.clear();
  std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    if (one.empty()) continue;
    if (out.params.size() == kMostParams) return ill_formed("too many parameters");
    const std::size_t equals = std::min(one.find('='), one.size());
    TQ_TRY(auto key, decoded(one.substr(0, equals), true));
    TQ_TRY(auto value, decoded(equals < one.size() ? one.substr(equals + 1) : std::string_view{}, true));
    out.params.emplace_back(std::move(key), std::move(value));
  }
  return ok();
}

}  // namespace tq::fleet::serve
