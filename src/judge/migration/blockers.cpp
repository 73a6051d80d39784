#include "judge/migration/blockers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "judge/migration/conditions.hpp"
#include "judge/migration/lists.hpp"

namespace tq::judge {
namespace {

using model::Blocker;
using model::Tri;

/// Enough to recognise what is meant; the facts and `check --format json` hold every one.
constexpr std::size_t kShown = 20;
constexpr std::uint32_t kServiceTypes = 0x30;  ///< SERVICE_WIN32_OWN_PROCESS | SERVICE_WIN32_SHARE_PROCESS of winnt.h

/// Updates and language packs register as programs too; what has a name counts.
bool is_program(const model::Program& p) { return !p.name.empty() && ifind(p.name, "(KB") == std::string::npos; }

bool third_party(const model::DriverPackage& d) { return ifind(d.provider, "Microsoft") == std::string::npos; }

/// A service whose program lies outside of Windows' own folder. Microsoft's own additions are among them: they move along as well.
bool foreign_service(const model::Service& s) {
  if (!s.type || (*s.type & kServiceTypes) == 0 || s.start == model::kStartDisabled || s.image.empty()) return false;
  for (const char* own : {"%systemroot%", "\\systemroot\\", "\\windows\\", "%windir%"})
    if (ifind(s.image, own) != std::string::npos) return false;
  return !istarts_with(s.image, "system32");
}

bool own_task(const model::ScheduledTask& t) { return !istarts_with(t.path, "\\Microsoft\\"); }

bool data_volume(const model::MountedVolume& v) { return !v.mount.empty(); }

}  // namespace

Blockers::Blockers(const model::Facts& facts, const Standpoint& at, const Upgrades& upgrades) {
  for (const auto& n : upgrades.notes)
    if (auto a = ask(n.applies, facts, at); a.holds == Tri::yes) {
      notes_.push_back(&n);
      all_.push_back({std::string(n.row.kind), std::string(n.row.what), std::move(a.evidence),
                      n.row.confidence == catalog::Confidence::unconfirmed ? "unconfirmed (no source)" : std::string(n.row.source)});
    }
  look_for_programs(facts);
  look_for_setup(facts);
  look_for_gaps(facts);
}

void Blockers::add(Rows& to, Blocker blocker) {
  to.push_back(static_cast<std::uint32_t>(all_.size()));
  all_.push_back(std::move(blocker));
}

/// One blocker for a whole list; none when nothing in it counts.
template <class List, class Counts, class Says>
void Blockers::add_list(Rows& to, const char* kind, const char* one, const char* many, const List& list, Counts counts, Says says) {
  Blocker b{kind, {}, {}, {}};
  std::size_t n = 0;
  for (const auto& x : list) {
    if (!counts(x)) continue;
    if (++n <= kShown) b.evidence.push_back(cited(says(x), x.where));
  }
  if (n == 0) return;
  if (n > kShown) b.evidence.push_back(fmt::format("and {} more", n - kShown));
  b.what = fmt::format("{} {}", n, n == 1 ? one : many);
  add(to, std::move(b));
}

void Blockers::look_for_programs(const model::Facts& facts) {
  const auto& c = facts.configuration;
  const auto named = [](const auto& x) { return x.version.empty() ? x.name : x.name + " " + x.version; };
  add_list(everywhere_, "program", "installed program: ask its maker about the new release",
           "installed programs: ask their makers about the new release", c.programs, is_program, named);
  add_list(everywhere_, "driver", "driver that did not come with Windows: the new release needs one of its own",
           "drivers that did not come with Windows: the new release needs its own", c.driver_packages, third_party,
           [&](const auto& d) { return d.provider.empty() ? named(d) : named(d) + ", " + d.provider; });
  add_list(everywhere_, "service", "service that did not come with Windows", "services that did not come with Windows", c.services,
           foreign_service, [](const auto& s) { return s.display.empty() || s.display.front() == '@' ? s.name : s.display; });
}

void Blockers::look_for_setup(const model::Facts& facts) {
  const auto& c = facts.configuration;
  add_list(
      moving_, "address", "static address: set it again, and tell whoever knows it",
      "static addresses: set them again, and tell whoever knows them", c.addresses,
      [](const auto& a) { return a.dhcp == Tri::no && !a.address.empty(); },
      [](const auto& a) { return a.gateway.empty() ? a.address : a.address + ", gateway " + a.gateway; });
  add_list(new_system_, "task", "scheduled task of its own: make it again", "scheduled tasks of its own: make them again", c.tasks,
           own_task, [](const auto& t) { return t.command.empty() ? t.path : t.path + ": " + t.command; });
  add_list(moving_, "volume", "volume beside that of Windows: what lies there must be saved or moved along",
           "volumes beside that of Windows: what lies there must be saved or moved along", c.volumes, data_volume,
           [](const auto& v) { return v.says.empty() ? v.mount : v.mount + " " + v.says; });
}

/// Silence about what nobody read would look like an all-clear.
void Blockers::look_for_gaps(const model::Facts& facts) {
  const auto& c = facts.configuration;
  const std::pair<Tri, const char*> places[] = {
      {c.roles_read, "roles and features"},  {c.programs_read, "installed programs"},
      {c.services_read, "services"},         {c.driver_packages_read, "drivers"},
      {c.network_read, "network addresses"}, {c.tasks_read, "scheduled tasks"},
      {c.volumes_read, "volumes"},           {c.settings.empty() ? Tri::unknown : Tri::yes, "settings (SMB, NTLM, TLS)"}};
  Blocker b{"not_read", "not read, so nothing is said of them: ", {}, {}};
  bool any = false;
  for (const auto& [read, what] : places) {
    if (read == Tri::yes) continue;
    b.what += (any ? ", " : "") + std::string(what);
    any = true;
  }
  if (!any) return;
  b.evidence.push_back("the target is: " + facts.kind);
  add(gaps_, std::move(b));
}

std::vector<std::uint32_t> Blockers::of_path(std::string_view kind, const catalog::Release* to) const {
  Rows out;
  out.reserve(all_.size());
  const std::string_view cls = to == nullptr ? std::string_view("any") : std::string_view(to_string(to->product_class));
  for (std::uint32_t i = 0; i < notes_.size(); ++i) {
    const auto& row = notes_[i]->row;
    if (!names(notes_[i]->paths, kind) || (row.product_class != "any" && row.product_class != cls)) continue;
    if (row.since_build != 0 && (to == nullptr || to->build < row.since_build)) continue;
    out.push_back(i);
  }
  const auto join = [&out](const Rows& more) { out.insert(out.end(), more.begin(), more.end()); };
  if (kind != kRehost) join(everywhere_);
  if (kind != kInPlace) join(moving_);
  if (kind == kCleanInstall) join(new_system_);
  join(gaps_);
  return out;
}

}  // namespace tq::judge
