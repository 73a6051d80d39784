// Who may look: only by the server's own name, only by reading, and with the token where there is one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fleet/serve/http.hpp"

namespace tq::fleet::serve {

struct Guard {
  /// Names that the Host header may hold, lower case, IPv6 in brackets. A page of somebody else's that a browser was made to connect to
  /// this address (DNS rebinding) sends its own name, and gets nothing.
  std::vector<std::string> hosts;
  /// Listening on every address: any address in digits will do, for no foreign name can stand behind one.
  bool any_address = false;
  std::uint16_t port = 0;
  std::string token;  ///< empty: none is asked for
};

/// The answer to a request that may not pass; nullopt when it may.
std::optional<Response> refuse(const Guard& guard, const Request& request);

/// What the browser keeps instead of the token: whoever reads it cannot tell the token.
std::string cookie_of(const std::string& token);
/// Takes the same time whatever the difference is.
bool same_secret(const std::string& a, const std::string& b);
/// "127.0.0.1", "[::1]", with or without the brackets: an address in digits.
bool is_address(std::string_view host);
/// An address that only this machine reaches.
bool is_loopback(std::string_view host);

}  // namespace tq::fleet::serve
