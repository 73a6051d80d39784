// Rules of the Windows firewall: the machine's own, and those of group policy, which are in force beside them.
// Text of a rule: "v2.0|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|...|" ([MS-GPFAS] 2.2.2.19).
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr const char* kLocal = "CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules";
constexpr const char* kPolicy = "Policies\\Microsoft\\WindowsFirewall\\FirewallRules";
constexpr std::size_t kMostRules = 20000;

/// A name may come more than once: LPort, RA4 and Profile are lists written that way.
void add(std::string& to, std::string_view value) { to += (to.empty() ? "" : ",") + std::string(value); }

void take(model::FirewallRule& r, std::string_view name, std::string_view value) {
  if (iequals(name, "Action")) r.action = value;
  if (iequals(name, "Active")) r.active = iequals(value, "TRUE");
  if (iequals(name, "Dir")) r.direction = value;
  if (iequals(name, "Protocol")) r.protocol = value;
  if (iequals(name, "LPort") || iequals(name, "LPort2_10")) add(r.local_ports, value);
  if (iequals(name, "RA4") || iequals(name, "RA6") || iequals(name, "RA42") || iequals(name, "RA62")) add(r.remote_addresses, value);
  if (iequals(name, "Profile")) add(r.profiles, value);
  if (iequals(name, "App")) r.program = value;
  if (iequals(name, "Svc")) r.service = value;
  if (iequals(name, "Name")) r.name = value;
}

/// nullopt: not the text of a rule.
std::optional<model::FirewallRule> parse(std::string_view text) {
  if (text.size() < 2 || (text[0] != 'v' && text[0] != 'V') || text.find('|') == std::string_view::npos) return std::nullopt;
  model::FirewallRule r;
  for (std::size_t at = text.find('|') + 1; at < text.size();) {
    const auto end = std::min(text.find('|', at), text.size());
    const auto part = text.substr(at, end - at);
    const auto equals = part.find('=');
    if (equals != std::string_view::npos) take(r, part.substr(0, equals), part.substr(equals + 1));
    at = end + 1;
  }
  if (r.action.empty()) return std::nullopt;
  return r;
}

/// Returns how many values were no rules.
std::size_t read(const std::vector<target::RegistryValue>& values, bool policy, model::Configuration& c) {
  std::size_t odd = 0;
  for (const auto& v : values) {
    const auto text = v.text();
    auto rule = text ? parse(*text) : std::nullopt;
    if (!rule || c.firewall_rules.size() == kMostRules) {
      ++odd;
      continue;
    }
    rule->id = v.name;
    rule->from_policy = policy;
    rule->where = v.where;
    c.firewall_rules.push_back(*std::move(rule));
  }
  return odd;
}

void collect_firewall(const target::Source& source, model::Facts& facts) {
  const auto *system = source.registry("SYSTEM"), *software = source.registry("SOFTWARE");
  bool all_read = system != nullptr && software != nullptr;
  const auto values = [&all_read](const target::Registry* reg, const char* key) -> std::optional<std::vector<target::RegistryValue>> {
    if (reg == nullptr) return std::nullopt;
    const target::Certainty sure(*reg);
    auto found = reg->values(key);
    all_read = all_read && sure.whole(key);
    return found;
  };
  const auto local = values(system, kLocal), policy = values(software, kPolicy);
  auto& c = facts.configuration;
  std::size_t odd = 0;
  if (local) odd += read(*local, false, c);
  if (policy) odd += read(*policy, true, c);
  if (!local && !policy) return;
  c.firewall_read = local && all_read && odd == 0 ? model::Tri::yes : model::Tri::unknown;
  cover(facts, "firewall", model::CoverageStatus::read,
        std::to_string(c.firewall_rules.size()) + " rules" +
            (odd != 0 ? "; " + std::to_string(odd) + " values could not be read as rules" : ""));
}

}  // namespace

extern const Collector firewall;
const Collector firewall{"firewall", collect_firewall};

}  // namespace tq::evidence
