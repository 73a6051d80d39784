#include "fleet/postgres/address.hpp"

#include <algorithm>

namespace tq::fleet {
namespace {

/// What holds for every connection of ours, unless the address says otherwise: a server that is gone is noticed.
constexpr std::pair<const char*, const char*> kOurs[] = {{"connect_timeout", "10"},
                                                         {"keepalives_idle", "30"},
                                                         {"keepalives_interval", "10"},
                                                         {"keepalives_count", "3"},
                                                         {"fallback_application_name", "tourniquet"}};

void replace_all(std::string& s, const std::string& from, std::string_view to) {
  for (std::size_t at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size())) s.replace(at, from.size(), to);
}

}  // namespace

Result<Address> Address::parse(const LibPq& api, const std::string& uri) {
  char* why = nullptr;
  PQconninfoOption* const options = api.PQconninfoParse(uri.c_str(), &why);
  if (why != nullptr) api.PQfreemem(why);  // it quotes the address
  if (options == nullptr || uri.find('\0') != std::string::npos) {
    if (options != nullptr) api.PQconninfoFree(options);
    return Error{ErrorCode::usage,
                 "--store",
                 "postgresql://[USER@]HOST[:PORT]/DATABASE[?WORD=VALUE&...]",
                 "an address that cannot be read",
                 {},
                 "write characters other than letters and digits as %XX; keep the password in ~/.pgpass or PGPASSWORD"};
  }
  Address a;
  for (const auto* o = options; o->keyword != nullptr; ++o)
    if (o->val != nullptr) a.options_.emplace_back(o->keyword, o->val);
  api.PQconninfoFree(options);
  for (const auto& [word, value] : kOurs)
    if (a.of(word).empty()) a.options_.emplace_back(word, value);
  a.options_.emplace_back("client_encoding", "UTF8");  // the last of a word counts
  return a;
}

std::string Address::of(std::string_view word) const {
  for (const auto& [w, value] : options_)
    if (w == word) return value;
  return {};
}

std::string Address::label() const {
  const std::string port = of("port");
  return "postgresql://" + of("host") + (port.empty() ? "" : ":" + port) + "/" + of("dbname");
}

std::vector<const char*> Address::words() const {
  std::vector<const char*> out;
  for (const auto& [word, value] : options_) out.push_back(word.c_str());
  out.push_back(nullptr);
  return out;
}

std::vector<const char*> Address::values() const {
  std::vector<const char*> out;
  for (const auto& [word, value] : options_) out.push_back(value.c_str());
  out.push_back(nullptr);
  return out;
}

std::string Address::tidy(std::string message) const {
  for (const char* secret : {"password", "sslpassword"})
    if (const auto value = of(secret); !value.empty()) replace_all(message, value, "***");
  std::replace(message.begin(), message.end(), '\n', ' ');
  while (!message.empty() && message.back() == ' ') message.pop_back();
  return message;
}

}  // namespace tq::fleet
