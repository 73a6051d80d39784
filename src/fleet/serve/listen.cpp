#include "core/text.hpp"
#include "fleet/serve/httpd.hpp"

namespace tq::fleet::serve {

Result<Listen> parse_listen(const std::string& text) {
  const Error wrong{ErrorCode::usage, "--listen", "HOST:PORT, like 127.0.0.1:8300 or [::1]:8300", text};
  const std::size_t colon = text.rfind(':');
  std::uint64_t port = 0;
  if (colon == std::string::npos || !parse_u64(std::string_view(text).substr(colon + 1), port) || port > 0xFFFF) return wrong;
  std::string host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find_first_of(":[]") != std::string::npos)) return wrong;
  return Listen{std::move(host), static_cast<std::uint16_t>(port)};
}

}  // namespace tq::fleet::serve
