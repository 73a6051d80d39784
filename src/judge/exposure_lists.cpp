// The answer of what is put together from other facts, and what a service does to an answer.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "judge/addresses.hpp"
#include "judge/exposure_parts.hpp"

namespace tq::judge {
namespace {

using catalog::Reads;
using model::ExposureState;
using model::Tri;

constexpr std::size_t kNamed = 8;  ///< how many of a list a sentence names; the facts have all

/// "a, b and 3 more".
std::string some_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kNamed ? fmt::format("{} and {} more", out, names.size() - kNamed) : out;
}

/// Open when anything is listed; closed when the list was read as a whole; else not known.
Answer of_list(const std::vector<std::string>& names, std::string where, Tri read, const char* none, const char* unread) {
  if (!names.empty()) return {ExposureState::open, some_of(names), std::move(where)};
  if (read == Tri::yes) return {ExposureState::closed, none, std::move(where)};
  return {ExposureState::unknown, unread, std::move(where)};
}

/// Lets anyone in: no remote address restricts it. A rule for one program or service still listens to everyone.
bool lets_anyone_in(const model::FirewallRule& r) {
  return r.active && iequals(r.action, "Allow") && iequals(r.direction, "In") && (r.remote_addresses.empty() || r.remote_addresses == "*");
}

Answer of_rules(const model::Configuration& c) {
  std::vector<std::string> names;
  std::string where;
  for (const auto& r : c.firewall_rules) {
    if (!lets_anyone_in(r)) continue;
    names.push_back(r.id + (r.local_ports.empty() ? "" : " (" + r.local_ports + ")"));
    if (where.empty()) where = r.where;
  }
  return of_list(names, where, c.firewall_read, "no rule does", "the rules of the firewall were not read as a whole");
}

Answer of_addresses(const model::Configuration& c) {
  std::vector<std::string> names, others;
  std::string where, first;
  for (const auto& a : c.addresses) {
    const auto kind = kind_of_address(a.address);
    const bool is_public = kind == AddressKind::public_use;
    (is_public ? names : others).push_back(is_public ? a.address : fmt::format("{} ({})", a.address, to_string(kind)));
    std::string& place = is_public ? where : first;
    if (place.empty()) place = a.where;
  }
  const std::string rest = others.empty() ? "no address is set" : some_of(others);
  return of_list(names, names.empty() ? first : where, c.network_read, rest.c_str(), "the interfaces were not read");
}

Answer of_shares(const model::Configuration& c) {
  std::vector<std::string> names;
  for (const auto& s : c.shares) names.push_back(s.path.empty() ? s.name : s.name + " (" + s.path + ")");
  return of_list(names, c.shares.empty() ? "" : c.shares.front().where, c.shares_read, "none is listed", "the shares were not read");
}

struct ServiceState {
  Tri starts = Tri::unknown;  ///< no: disabled, or not there
  std::string because, where;
};

ServiceState service_state(std::string_view name, const model::Configuration& c) {
  const auto it = std::find_if(c.services.begin(), c.services.end(), [&](const auto& s) { return iequals(s.name, name); });
  if (it == c.services.end()) {
    if (c.services_read != Tri::yes) return {Tri::unknown, fmt::format("whether the service {} starts was not read", name), {}};
    return {Tri::no, fmt::format("there is no service {}", name), {}};
  }
  if (!it->start) return {Tri::unknown, fmt::format("how the service {} starts could not be read", name), it->where};
  if (*it->start >= model::kStartDisabled) return {Tri::no, fmt::format("the service {} is disabled", name), it->where};
  return {Tri::yes, {}, it->where};
}

}  // namespace

Answer answer_of_lists(Reads reads, const model::Configuration& c) {
  if (reads == Reads::firewall_rules) return of_rules(c);
  if (reads == Reads::addresses) return of_addresses(c);
  return of_shares(c);
}

void apply_service(std::string_view service, const model::Configuration& c, Answer& answer) {
  if (service.empty()) return;
  const bool guards = service.front() == '!';
  const auto s = service_state(guards ? service.substr(1) : service, c);
  if (s.starts == Tri::yes) return;
  const auto decided = guards ? ExposureState::open : ExposureState::closed;
  const bool agrees = guards ? is_open(answer.state) : is_closed(answer.state);
  // A service that does not start decides alone. One that was not read leaves only what does not depend on it.
  if (s.starts == Tri::no) {
    answer.state = decided;
    answer.because = s.because;
    answer.out_of_reach = !guards;
    if (!s.where.empty()) answer.where = s.where;
  } else if (!agrees && answer.state != ExposureState::unknown) {
    answer = {ExposureState::unknown, fmt::format("{}, and {}", answer.because, s.because), answer.where, answer.unconfirmed};
  }
}

}  // namespace tq::judge
