// Roles of a server: by their services, by what the server manager noted, and by a few values that only a role writes.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"
#include "evidence/support/role_witnesses.hpp"

namespace tq::evidence {
namespace {

using target::Registry;

const std::string kServices = "CurrentControlSet\\Services";
const std::string kComponents = "Microsoft\\ServerManager\\ServicingStorage\\ServerComponentCache";
constexpr std::uint32_t kDisabled = 4;   // SERVICE_DISABLED of winnt.h
constexpr std::uint32_t kInstalled = 1;  // InstallState of a server component

template <class Use>
void each_name(std::string_view list, Use use) {
  while (!list.empty()) {
    const auto cut = list.find(';');
    use(std::string(list.substr(0, cut)));
    list = cut == std::string_view::npos ? std::string_view{} : list.substr(cut + 1);
  }
}

void add(model::Facts& facts, const char* id, std::string says, std::string where) {
  auto& roles = facts.configuration.roles;
  if (std::any_of(roles.begin(), roles.end(), [&](const auto& r) { return r.id == id; })) return;  // one witness is enough
  roles.push_back({id, std::move(says), std::move(where)});
}

void by_service(const Registry& reg, model::Facts& facts) {
  for (const auto& w : role_witnesses())
    each_name(w.services, [&](const std::string& name) {
      const std::string key = kServices + "\\" + name;
      const auto start = reg.dword(key, "Start");
      if (start && *start < kDisabled) add(facts, w.id, fmt::format("{}: service {}", w.says, name), reg.cite(key, "Start"));
    });
}

void by_component(const Registry& reg, model::Facts& facts) {
  for (const auto& w : role_witnesses())
    each_name(w.components, [&](const std::string& name) {
      const std::string key = kComponents + "\\" + name;
      if (reg.dword(key, "InstallState") == kInstalled)
        add(facts, w.id, fmt::format("{}: server component {}", w.says, name), reg.cite(key, "InstallState"));
    });
}

/// Shares that Windows makes for itself say nothing of a file server.
bool own_share(const std::string& name) {
  return iequals(name, "NETLOGON") || iequals(name, "SYSVOL") || iequals(name, "print$") || name.ends_with('$');
}

void by_value(const Registry& reg, model::Facts& facts) {
  const std::string options = "CurrentControlSet\\Control\\ProductOptions";
  if (const auto type = reg.text(options, "ProductType"); type && iequals(*type, "LanmanNT"))
    add(facts, "ad_ds", "domain controller: ProductType LanmanNT", reg.cite(options, "ProductType"));
  const std::string terminal = "CurrentControlSet\\Control\\Terminal Server";
  // Two administrators may log on to any server; programs for everyone are the role's.
  if (reg.dword(terminal, "TSAppCompat") == 1U)
    add(facts, "rds", "terminal server for programs: TSAppCompat 1", reg.cite(terminal, "TSAppCompat"));
  const std::string routing = kServices + "\\RemoteAccess";
  if (const auto start = reg.dword(routing, "Start"); start && *start == 2)
    add(facts, "rras", "Routing and Remote Access: service RemoteAccess starts by itself", reg.cite(routing, "Start"));
  const std::string shares = kServices + "\\LanmanServer\\Shares";
  for (const auto& name : reg.value_names(shares).value_or(std::vector<std::string>{}))
    if (!own_share(name)) add(facts, "file", "shares of its own: " + name, reg.cite(shares, name));
}

void collect_roles(const target::Source& source, model::Facts& facts) {
  const auto* software = source.registry("SOFTWARE");
  const auto* system = source.registry("SYSTEM");
  bool components_read = false;
  if (software != nullptr) {
    const target::Certainty sure(*software);
    by_component(*software, facts);
    components_read = sure.holds();
  }
  if (system == nullptr || !system->has_key(kServices)) return;
  const target::Certainty sure(*system);
  by_service(*system, facts);
  by_value(*system, facts);
  if (components_read && sure.whole(kServices)) facts.configuration.roles_read = model::Tri::yes;
  cover(facts, "roles", model::CoverageStatus::read,
        fmt::format("{} found{}", facts.configuration.roles.size(),
                    software == nullptr ? "; without SOFTWARE only those that have a service" : ""));
}

}  // namespace

extern const Collector roles;
const Collector roles{"roles", collect_roles};

}  // namespace tq::evidence
