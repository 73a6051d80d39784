#include "plan/state.hpp"

#include "core/text.hpp"

namespace tq::plan {
namespace {

using catalog::UpdateKind;

/// "2019-04-09T17:00:00Z" to seconds since 1970; nullopt for any other form, so that no other text gets through.
std::optional<std::uint32_t> seconds_of(const std::string& iso) {
  if (iso.size() != 20 || iso[10] != 'T' || iso[13] != ':' || iso[16] != ':' || iso[19] != 'Z') return std::nullopt;
  const auto day = Date::parse(std::string_view(iso).substr(0, 10));
  std::uint64_t h = 0, m = 0, s = 0;
  if (!day || !parse_u64(iso.substr(11, 2), h) || !parse_u64(iso.substr(14, 2), m) || !parse_u64(iso.substr(17, 2), s)) return std::nullopt;
  const auto days = days_from_civil(*day);
  if (days < 0 || days > 49000 || h > 23 || m > 59 || s > 59) return std::nullopt;
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(days) * 86400 + h * 3600 + m * 60 + s);
}

std::optional<catalog::ProductClass> class_of(const std::string& product_type) {
  if (product_type == "server" || product_type == "domain_controller") return catalog::ProductClass::server;
  if (product_type == "client") return catalog::ProductClass::client;
  return std::nullopt;
}

void updates(const model::Verdict& v, const catalog::Catalog& catalog, State& s) {
  for (const auto& u : v.installed) {
    if (u.state == "installed" || u.state == "superseded" || u.state == "listed" || u.state == "permanent") s.in_place.insert(u.kb);
    if (u.state == "pending_install" || u.state == "pending_reboot") s.waiting.insert(u.kb);
  }
  for (const auto& m : v.missing) {
    const auto u = catalog.find_kb(m.kb);
    if (u && !is_line(u->kind) && !is_groundwork(u->kind)) s.wanted.insert(m.kb);
  }
}

Tri either(Tri a, Tri b) {
  if (a == Tri::yes || b == Tri::yes) return Tri::yes;
  return a == Tri::no && b == Tri::no ? Tri::no : Tri::unknown;
}

}  // namespace

bool is_line(UpdateKind kind) {
  return kind == UpdateKind::monthly_rollup || kind == UpdateKind::security_only || kind == UpdateKind::preview;
}

bool is_groundwork(UpdateKind kind) {
  return kind == UpdateKind::servicing_stack || kind == UpdateKind::sha2 || kind == UpdateKind::esu_preparation ||
         kind == UpdateKind::service_pack;
}

bool made_for(const catalog::Update& u, const State& s) {
  if (!u.is_for(s.nt_version)) return false;
  const std::string& arch = s.arch;
  if (arch == "x86") return u.arches.x86;
  if (arch == "x64") return u.arches.x64;
  if (arch == "ia64") return u.arches.ia64;
  return arch.empty();
}

State state_of(const model::Facts& facts, const model::Verdict& verdict, const catalog::Catalog& catalog) {
  State s;
  s.name = facts.identity.name;
  s.product = facts.identity.product;
  s.nt_version = facts.identity.nt_version;
  s.arch = facts.identity.arch;
  s.product_class = class_of(facts.identity.product_type);
  s.service_pack = verdict.build.service_pack ? verdict.build.service_pack : facts.identity.service_pack;
  if (verdict.build.status != model::Standing::contradicted) {
    s.build = verdict.build.number;
    s.revision = verdict.build.revision;
  }
  updates(verdict, catalog, s);
  s.packages_complete = facts.packages_read == Tri::yes && !facts.packages.empty();
  s.stack = FileVersion::parse(verdict.esu.stack_version);
  s.sha2 = verdict.esu.sha2;
  s.no_preparation = verdict.esu.preparation == Tri::no;
  if (verdict.esu.licence == "licensed") s.licensed = Tri::yes;
  if (verdict.esu.licence == "absent") s.licensed = Tri::no;
  s.restart_pending = either(facts.servicing.reboot_pending, facts.servicing.pending_operations);
  if (!s.waiting.empty()) s.restart_pending = Tri::yes;
  // The judge holds some machines against an update of their own (a processor's or a client's last): that says nothing of the goal's.
  for (const auto& g : verdict.goals)
    if (const auto goal = catalog.find_goal(s.nt_version, g.name); goal && goal->kb == g.kb) s.reached[g.name] = g.reached;
  s.install_stamp = seconds_of(facts.identity.install_date);
  return s;
}

Presence::Presence(const State& state, const catalog::Catalog& catalog) : state_(state), catalog_(catalog) {
  for (const auto* list : {&state.in_place, &state.waiting})
    for (const auto kb : *list) cover(kb);
  for (const auto& g : catalog.goals()) {
    const auto it = state.reached.find(std::string(g.id));
    if (g.nt_version != state.nt_version || it == state.reached.end()) continue;
    if (it->second == Tri::yes) cover(g.kb);
    if (it->second == Tri::no) denied_.insert(g.kb);
  }
  const std::set<std::uint32_t> there = covered_;
  for (const auto kb : there)
    if (const auto u = catalog.find_kb(kb)) imply(*u);
}

/// Everything that `kb` replaces is settled too, link by link. A KB is entered once, so a circle of rows ends.
void Presence::cover(std::uint32_t kb) {
  if (!covered_.insert(kb).second) return;
  const auto u = catalog_.find_kb(kb);
  if (!u) return;
  const auto newer = [&](std::optional<Date>& d) {
    if (!d || *d < u->released) d = u->released;
  };
  if (u->kind == UpdateKind::monthly_rollup || u->kind == UpdateKind::preview) newer(newest_rollup_);
  if (u->kind == UpdateKind::servicing_stack) newer(newest_stack_);
  if (u->kind == UpdateKind::esu_preparation) newer(newest_preparation_);
  // A security-only update replaces nothing, whatever a feed says of it.
  if (u->kind == UpdateKind::security_only) return;
  for (const auto older : u->supersedes) cover(older);
  for (const auto older : u->supersedes_inferred) cover(older);
}

/// What an installed update needed was there when it was installed; of alternatives only a single one is certain.
void Presence::imply(const catalog::Update& update) {
  for (const auto& group : update.requirements)
    if (group.size() == 1) implied_.insert(group[0]);
}

Tri Presence::service_pack(const catalog::Update& u) const {
  if (state_.build && u.version) return *state_.build >= u.version->build ? Tri::yes : Tri::no;
  // A service pack is no package of its own: a list of packages without it says nothing.
  if (!state_.service_pack || !u.version) return implied_.contains(u.kb) ? Tri::yes : Tri::unknown;
  for (const auto& b : catalog_.find_build(state_.nt_version, u.version->build)) {
    std::uint64_t number = 0;
    if (!istarts_with(b.service_pack, "SP") || !parse_u64(b.service_pack.substr(2, 1), number)) continue;
    return static_cast<std::uint64_t>(*state_.service_pack) >= number ? Tri::yes : Tri::no;
  }
  return Tri::unknown;
}

/// By the version of the stack that is there. Rows without a version are placed by their neighbours' dates.
Tri Presence::stack(const catalog::Update& u) const {
  if (newest_stack_ && *newest_stack_ >= u.released) return Tri::yes;
  if (!state_.stack) return otherwise();
  if (u.version) return *state_.stack >= *u.version ? Tri::yes : Tri::no;
  for (const auto& other : catalog_.updates()) {
    if (other.kind != UpdateKind::servicing_stack || !other.version) continue;
    if (other.released >= u.released && *state_.stack >= *other.version) return Tri::yes;
    // Exactly an older row's version, or below it: the stack is that row's at most.
    if (other.released <= u.released && *state_.stack <= *other.version) return Tri::no;
  }
  return otherwise();
}

Tri Presence::otherwise() const { return state_.packages_complete ? Tri::no : Tri::unknown; }

Tri Presence::of(const catalog::Update& u) const {
  if (u.kind == UpdateKind::service_pack) return service_pack(u);
  if (u.kind == UpdateKind::sha2) {
    // The KB number alone does not tell its final release, so the judge's answer decides, and what could only follow it.
    if (state_.sha2 == Tri::unknown && implied_.contains(u.kb)) return Tri::yes;
    return state_.sha2;
  }
  if (denied_.contains(u.kb)) return Tri::no;  // the judge weighed more than lists
  if (covered_.contains(u.kb)) return Tri::yes;
  if (is_line(u.kind) && newest_rollup_ && *newest_rollup_ >= u.released) return Tri::yes;
  if (u.kind == UpdateKind::esu_preparation && newest_preparation_ && *newest_preparation_ >= u.released) return Tri::yes;
  if (u.kind == UpdateKind::servicing_stack) {
    const auto by_version = stack(u);
    return by_version == Tri::unknown && implied_.contains(u.kb) ? Tri::yes : by_version;
  }
  if (implied_.contains(u.kb)) return Tri::yes;
  if (u.kind == UpdateKind::esu_preparation && state_.no_preparation) return Tri::no;
  return otherwise();
}

}  // namespace tq::plan
