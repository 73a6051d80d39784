// What a page needs of HTTP, as plain structs: pages are made and tested without a socket.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace tq::fleet::serve {

/// Parameters in the order they came; a name may come several times.
using Params = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string target;      ///< as it came; path and params are taken from it when it is given
  std::string path = "/";  ///< decoded, without the parameters
  Params params;
  std::string host, authorization, cookie;  ///< header fields; empty: not sent

  /// The first parameter of that name; empty when there is none.
  [[nodiscard]] std::string get(std::string_view name) const;
};

/// Takes bytes of an answer; false when nobody reads them any more.
using Sink = std::function<bool(std::string_view)>;

struct Response {
  int status = 200;
  std::string type = "text/html; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::function<void(const Sink&)> stream;  ///< instead of the body: an answer that is too long to be held
  bool close = false;                       ///< ends the connection: what follows on it cannot be trusted
};

/// Fills path and parameters from the target of a request line ("/machines?q=a%20b"). Errors: usage (no path, ill-formed escapes or
/// text, more than kMostParams parameters).
Status take_target(std::string_view target, Request& out);
inline constexpr std::size_t kMostParams = 32;

}  // namespace tq::fleet::serve
