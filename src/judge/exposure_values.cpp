// The answer of a value: the policy that wins, else the value itself, else the default of this Windows.
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "judge/exposure_parts.hpp"

namespace tq::judge {
namespace {

using catalog::Reads;
using model::ExposureState;
using model::Setting;
using model::SettingState;

const Setting* find(const Settings& settings, const std::string& id) {
  const auto it = settings.find(id);
  return it == settings.end() ? nullptr : it->second;
}

/// What stands there, as the condition sees it. Counts and "set (n characters)" are there; only numbers are numbers.
catalog::Standing standing(const Setting& s) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(s.value.data(), s.value.data() + s.value.size(), n);
  const bool number = error == std::errc{} && end == s.value.data() + s.value.size();
  return {true, number ? std::optional(n) : std::nullopt};
}

std::string name_of(const ExposureRow& r, Reads reads, bool policy) {
  const auto value = policy ? r.row.policy_value : r.row.value;
  const auto key = policy ? r.row.policy_key : r.row.key;
  const auto last = key.substr(key.rfind('\\') + 1);
  const auto name = reads == Reads::service ? fmt::format("the start of the service {}", last) : std::string(value.empty() ? last : value);
  return policy ? "the policy " + name : name;
}

const char* start_word(std::uint32_t start) {
  constexpr const char* kWords[] = {"at boot", "with the system", "automatic", "manual", "disabled"};
  return start < std::size(kWords) ? kWords[start] : "a number that means nothing";
}

std::string value_text(const Setting& s, Reads reads) {
  if (reads != Reads::service) return s.value;
  const auto n = standing(s).number;
  return n ? fmt::format("{} ({})", start_word(*n), *n) : s.value;
}

Answer said(const ExposureRow& r, const Setting& s, Reads reads, bool policy) {
  const bool open = catalog::is_open(r.when, standing(s));
  return {open ? ExposureState::open : ExposureState::closed, fmt::format("{} is {}", name_of(r, reads, policy), value_text(s, reads)),
          s.where};
}

/// The cell for this class of machine. Where the class is not known, one that all classes share.
std::optional<catalog::Standing> default_of(const catalog::ExposureSetting& r, const model::Identity& machine) {
  if (machine.nt_version.empty() && r.nt_versions != "*") return std::nullopt;
  if (machine.product_type == "server") return catalog::parse_default(r.default_server);
  if (machine.product_type == "client") return catalog::parse_default(r.default_client);
  if (machine.product_type == "domain_controller") return catalog::parse_default(r.default_domain_controller);
  const bool same = r.default_server == r.default_client && r.default_client == r.default_domain_controller;
  return same ? catalog::parse_default(r.default_server) : std::nullopt;
}

Answer absent(const ExposureRow& r, const Setting& s, Reads reads, const model::Identity& machine) {
  const auto standing = default_of(r.row, machine);
  const std::string name = name_of(r, reads, false);
  if (!standing) {
    const std::string why = machine.nt_version.empty() ? "which Windows this is was not read" : "the catalog has no default for it";
    return {ExposureState::unknown, fmt::format("{} is not set, and {}", name, why), s.where};
  }
  const bool open = catalog::is_open(r.when, *standing);
  const std::string because = reads == Reads::service ? fmt::format("there is no service {}", r.row.key.substr(r.row.key.rfind('\\') + 1))
                              : machine.nt_version.empty() ? fmt::format("{} is not set, the default of every Windows", name)
                                                           : fmt::format("{} is not set, the default of NT {}", name, machine.nt_version);
  return {open ? ExposureState::default_open : ExposureState::default_closed, because, s.where};
}

Answer own_answer(const ExposureRow& r, const Setting* s, Reads reads, const model::Identity& machine) {
  if (s == nullptr) return {ExposureState::unknown, name_of(r, reads, false) + " was not looked for", {}};
  switch (s->state) {
    case SettingState::present: return said(r, *s, reads, false);
    case SettingState::absent: return absent(r, *s, reads, machine);
    case SettingState::wrong_type:
      return {ExposureState::unknown, name_of(r, reads, false) + " is of another type than Windows reads", s->where};
    case SettingState::unreadable: return {ExposureState::unknown, name_of(r, reads, false) + " could not be read", s->where};
  }
  return {};
}

}  // namespace

Answer answer_of_values(const ExposureKind& kind, const ExposureRow& row, const Settings& settings, const model::Identity& machine) {
  Answer own = own_answer(row, find(settings, kind.id), kind.reads, machine);
  const Setting* policy = kind.policy_id.empty() ? nullptr : find(settings, kind.policy_id);
  if (policy == nullptr || policy->state == SettingState::absent) return own;
  if (policy->state == SettingState::present) return said(row, *policy, kind.reads, true);
  const std::string name = name_of(row, kind.reads, true);
  if (policy->state == SettingState::wrong_type)
    return {ExposureState::unknown, name + " is of another type than Windows reads", policy->where};
  // The policy would win. What is set to open is told all the same; that it is closed would be a guess.
  if (own.state == ExposureState::open)
    own.because += "; " + name + ", which would win, could not be read";
  else if (own.state != ExposureState::unknown)
    own = {ExposureState::unknown, fmt::format("{}, and {}, which would win, could not be read", own.because, name), policy->where};
  return own;
}

}  // namespace tq::judge
