// Sockets for the dashboard: what the network sends becomes a Request, and nothing of it without a bound.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/result.hpp"
#include "fleet/serve/http.hpp"

namespace tq::fleet::serve {

struct Listen {
  std::string host = "127.0.0.1";  ///< a name or an address, IPv6 without its brackets
  std::uint16_t port = 8300;       ///< 0: any that is free
};
/// "HOST:PORT", "[::1]:PORT". Errors: usage.
Result<Listen> parse_listen(const std::string& text);

/// Of the file that serve_http() loads: what speaks HTTP stands in a file of its own, so that no other command loads a server.
inline constexpr const char* kModule = "tourniquet-serve.so";
/// A C name has no Result to return: `ended` is what serve_http() returns.
using ServeModule = void(const Listen& listen, const std::function<void(std::uint16_t port)>& ready,
                         const std::function<Response(const Request&)>& handle, Status& ended);

/// Answers until SIGINT or SIGTERM comes, then ends what is being answered and returns. `ready` is told the port that was taken; after it
/// the first request may come. `handle` is called by several threads at once. Errors: io (the address cannot be had),
/// unsupported (no such file beside the program, or no libcpp-httplib).
Status serve_http(const Listen& listen, const std::function<void(std::uint16_t port)>& ready,
                  const std::function<Response(const Request&)>& handle);

/// The name that this machine gives itself, lower case; empty: it has none.
std::string own_host_name();
/// 64 hex digits that nobody can guess. Errors: io.
Result<std::string> random_token();

}  // namespace tq::fleet::serve
