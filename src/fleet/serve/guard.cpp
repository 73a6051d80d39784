#include "fleet/serve/guard.hpp"

#include <algorithm>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "fleet/serve/frame.hpp"

namespace tq::fleet::serve {
namespace {

constexpr std::string_view kCookie = "tourniquet=";

std::string_view unbracketed(std::string_view host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' ? host.substr(1, host.size() - 2) : host;
}

bool own_name(const Guard& guard, const std::string& header) {
  std::string host = lower_ascii(header);
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
  std::uint64_t port = 80;
  if (has_port && !parse_u64(std::string_view(host).substr(colon + 1), port)) return false;
  if (has_port) host.resize(colon);
  if (port != guard.port || host.empty()) return false;
  if (guard.any_address && is_address(host)) return true;
  return std::find(guard.hosts.begin(), guard.hosts.end(), host) != guard.hosts.end();
}

bool knows_token(const Guard& guard, const Request& request) {
  constexpr std::string_view kBearer = "bearer ";
  if (istarts_with(request.authorization, kBearer) && same_secret(request.authorization.substr(kBearer.size()), guard.token)) return true;
  std::string_view rest = request.cookie;
  while (!rest.empty()) {
    const std::string_view one = trim(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.size(), rest.find(';')));
    if (rest.starts_with(';')) rest.remove_prefix(1);
    if (one.starts_with(kCookie) && same_secret(std::string(one.substr(kCookie.size())), cookie_of(guard.token))) return true;
  }
  return false;
}

/// The same page without the token in its address: it would stay in the history, and in whatever is copied from there.
Response logged_in(const Guard& guard, const Request& request) {
  std::string where = "/";
  if (request.path.size() > 1 && request.path[1] != '/') {
    where.clear();
    for (const char c : request.path) where += c == '/' ? "/" : url_part(std::string_view(&c, 1));
  }
  char mark = '?';
  for (const auto& [key, value] : request.params) {
    if (key == "token") continue;
    where += std::exchange(mark, '&') + url_part(key) + "=" + url_part(value);
  }
  Response out;
  out.status = 303;
  out.headers = {{"Location", where},
                 {"Set-Cookie", std::string(kCookie) + cookie_of(guard.token) + "; Path=/; HttpOnly; SameSite=Strict"}};
  return out;
}

Response plain(int status, const char* words) {
  Response out;
  out.status = status;
  out.type = "text/plain; charset=utf-8";
  out.body = std::string(words) + "\n";
  out.close = true;
  return out;
}

}  // namespace

bool same_secret(const std::string& a, const std::string& b) {
  // Digests have the same length, so that not even that of the secret shows.
  const std::string x = sha256_hex(bytes_of(a)), y = sha256_hex(bytes_of(b));
  unsigned differ = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    differ |= static_cast<unsigned>(static_cast<unsigned char>(x[i]) ^ static_cast<unsigned char>(y[i]));
  return differ == 0;
}

std::string cookie_of(const std::string& token) { return sha256_hex(bytes_of("cookie of " + token)); }

bool is_address(std::string_view host) {
  host = unbracketed(host);
  if (host.find(':') != std::string_view::npos) return host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  return std::count(host.begin(), host.end(), '.') == 3 && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_loopback(std::string_view host) {
  host = unbracketed(host);
  return host == "::1" || iequals(host, "localhost") || (is_address(host) && host.starts_with("127."));
}

std::optional<Response> refuse(const Guard& guard, const Request& request) {
  if (!own_name(guard, request.host)) return plain(421, "This server answers only to its own name and port.");
  if (request.method != "GET" && request.method != "HEAD") {
    Response out = plain(405, "This server is read, never written: GET and HEAD.");
    out.headers = {{"Allow", "GET, HEAD"}};
    return out;
  }
  if (guard.token.empty() || knows_token(guard, request)) return std::nullopt;
  const std::string given = request.get("token");
  if (!given.empty() && same_secret(given, guard.token)) return logged_in(guard, request);
  // The style of the page that asks for the token tells nothing about the fleet.
  if (request.path == "/style.css") return std::nullopt;
  Response out = login_page(!given.empty());
  out.status = 401;
  out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"tourniquet\"");
  return out;
}

}  // namespace tq::fleet::serve
