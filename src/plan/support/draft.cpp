#include "plan/support/draft.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::plan {
namespace {

using catalog::UpdateKind;

/// Servicing's own order: what serves before what is served. The rest goes by release.
int rank(UpdateKind k) {
  switch (k) {
    case UpdateKind::service_pack: return 0;
    case UpdateKind::servicing_stack: return 1;
    case UpdateKind::sha2: return 2;
    case UpdateKind::esu_preparation: return 3;
    default: return 4;
  }
}

/// The contract's word where it has one. A service pack is work by hand: a program of its own, with its own questions.
std::string step_kind(UpdateKind k) { return k == UpdateKind::service_pack ? "manual" : to_string(k); }

/// Stacks and preparation packages are in force at once; everything else replaces files that are in use.
bool wants_restart(UpdateKind k) { return k != UpdateKind::servicing_stack && k != UpdateKind::esu_preparation; }

}  // namespace

bool Draft::rejected(std::uint32_t kb) const {
  bool no = false;
  for (const auto& a : options_.approvals)
    if (a.kb == kb) no = a.status == "rejected";
  return options_.has_approvals && no;
}

/// One that is there, else one that is planned anyway, else the newest that nobody rejected.
std::optional<catalog::Update> Draft::choose(std::span<const le32> alternatives) const {
  std::optional<catalog::Update> best;
  int best_score = -1;
  for (const std::uint32_t kb : alternatives) {
    const auto u = catalog_.find_kb(kb);
    if (!u || !made_for(*u, state_)) continue;
    const int score = presence_.of(*u) == Tri::yes ? 3 : nodes_.contains(kb) ? 2 : rejected(kb) ? 0 : 1;
    if (score < best_score || (score == best_score && best && u->released <= best->released)) continue;
    best = u;
    best_score = score;
  }
  return best;
}

void Draft::need(const catalog::Update& update, const std::string& why) {
  if (nodes_.contains(update.kb)) return;
  const Tri there = presence_.of(update);
  if (there == Tri::yes) {
    relied_on_.insert(update.kb);
    return;
  }
  auto& node = nodes_[update.kb];
  node.update = update;
  node.need = there == Tri::no ? Need::yes : Need::if_absent;
  node.why = why;
  for (const auto& group : update.requirements) {
    const auto u = choose(group);
    if (!u) continue;  // nothing of the group exists for this machine: the catalog's rows do not ask for the impossible
    need(*u, fmt::format("{} needs it", kb_text(update.kb)));
    // `node` stays valid: a map does not move its elements.
    node.shown.push_back(u->kb);
    if (nodes_.contains(u->kb)) node.after.push_back(u->kb);
  }
}

void Draft::want(const Targets& targets) {
  // The newest stack and preparation first: of alternatives the one that is planned anyway is then taken.
  for (const auto& u : targets.groundwork)
    need(u, u.kind == UpdateKind::servicing_stack ? "the newest servicing stack known: later updates are made for it"
                                                  : "the newest licensing preparation known: it replaces the earlier ones");
  for (const auto& u : targets.line)
    need(u, line_ == Line::security_only ? "this month's fixes" : "the goal; every earlier rollup is in it");
  for (const auto kb : state_.wanted)
    if (const auto u = catalog_.find_kb(kb); u && made_for(*u, state_)) need(*u, "missing in a line of its own, which no rollup covers");
}

/// Always the first by rank, date and number of those whose requirements are already placed. Nothing that is served comes
/// before something that serves.
std::vector<std::uint32_t> Draft::order() const {
  std::vector<std::uint32_t> out;
  std::set<std::uint32_t> placed;
  const auto key = [](const Node& n) { return std::tuple(rank(n.update.kind), n.update.released, n.update.kb); };
  while (out.size() < nodes_.size()) {
    const Node* best = nullptr;
    const Node* any = nullptr;
    for (const auto& [kb, n] : nodes_) {
      if (placed.contains(kb)) continue;
      if (any == nullptr || key(n) < key(*any)) any = &n;
      const bool ready = std::all_of(n.after.begin(), n.after.end(), [&](auto k) { return placed.contains(k); });
      if (ready && (best == nullptr || key(n) < key(*best))) best = &n;
    }
    if (best == nullptr) best = any;  // a circle in somebody's own catalog: the order by rank is the best there is
    placed.insert(best->update.kb);
    out.push_back(best->update.kb);
  }
  return out;
}

Step Draft::update_step(const Node& node) const {
  const auto& u = node.update;
  Step s;
  s.kb = u.kb;
  s.kind = step_kind(u.kind);
  s.title = u.title;
  s.released = u.released;
  s.requirements = node.shown;
  s.why = node.why;
  s.need = node.need;
  if (s.need == Need::if_absent) s.condition = fmt::format("needed if {} is not installed: nothing that was read tells", kb_text(u.kb));
  s.source = u.source;
  s.confidence = to_string(u.confidence);
  return s;
}

void Draft::add(Step step) {
  step.n = static_cast<std::uint32_t>(steps_.size() + 1);
  steps_.push_back(std::move(step));
}

void Draft::restart(Need need, const std::string& why) {
  if (!steps_.empty()) steps_.back().reboot_after = true;
  Step s;
  s.kind = "reboot";
  s.title = "Restart";
  s.why = why;
  s.need = need;
  if (need == Need::if_absent) s.condition = "needed if the step before it installed something";
  add(std::move(s));
}

/// One step for all years that the updates from here on ask for.
void Draft::licence(const std::vector<std::uint32_t>& order, std::size_t from) {
  Step s;
  s.kind = "licence";
  s.title = "Licence for Extended Security Updates";
  std::set<std::uint32_t> years;
  Need need = Need::if_absent;
  for (std::size_t i = from; i < order.size(); ++i) {
    const auto& n = nodes_.at(order[i]);
    if (n.update.esu_required && n.update.esu_year > 0) years.insert(static_cast<std::uint32_t>(n.update.esu_year));
  }
  s.esu_years.assign(years.begin(), years.end());
  s.why = "without it these updates are staged and then taken back at the restart";
  for (const auto& y : catalog_.esu_years())
    if (years.contains(y.year)) s.why += fmt::format("; year {}: {}", y.year, y.who);
  if (state_.licensed == Tri::no) need = Need::yes;
  s.need = need;
  if (need == Need::if_absent) s.condition = "needed if the running machine does not say that a licence for these years is active";
  add(std::move(s));
}

/// Follows the build number along the steps. An update raises it when it is the first to carry a higher one.
void Draft::number_builds() {
  std::optional<std::uint32_t> build = state_.build;
  std::optional<BuildAfter> now;
  for (auto& s : steps_) {
    const auto u = s.kb != 0 ? catalog_.find_kb(s.kb) : std::nullopt;
    const auto version =
        u && (is_line(u->kind) || u->kind == UpdateKind::service_pack) ? (u->version ? u->version : u->fixed_build) : std::nullopt;
    if (version &&
        (!now || version->build > now->build || (version->build == now->build && version->revision >= now->revision.value_or(0)))) {
      BuildAfter b{version->build, std::nullopt, to_string(u->basis)};
      if (u->basis == catalog::VersionBasis::kernel || u->basis == catalog::VersionBasis::fixed_build) b.revision = version->revision;
      now = b;
      if (build && version->build > *build) s.raises_build_to = version->build;
      if (build) build = std::max<std::uint32_t>(*build, version->build);
    }
    if (now)
      s.build_after = now;
    else if (state_.build)
      s.build_after = BuildAfter{*state_.build, state_.revision, "now"};
  }
}

std::vector<Step> Draft::steps(const catalog::Goal&) {
  steps_.clear();
  const auto sequence = order();
  if (state_.restart_pending == Tri::yes && !sequence.empty())
    restart(Need::yes, "servicing waits for a restart: nothing else may be installed before it");
  bool licensed = state_.licensed == Tri::yes;
  Need pending = Need::if_absent;
  bool waits = false;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const auto& n = nodes_.at(sequence[i]);
    if (n.update.esu_required && !licensed) {
      licence(sequence, i);
      licensed = true;
    }
    add(update_step(n));
    if (wants_restart(n.update.kind)) {
      waits = true;
      if (n.need == Need::yes) pending = Need::yes;
    }
    // A service pack and SHA-2 support are in force only after a restart; the rest shares the last one.
    const bool now = n.update.kind == UpdateKind::service_pack || n.update.kind == UpdateKind::sha2 || i + 1 == sequence.size();
    if (!waits || !now) continue;
    restart(pending, n.update.kind == UpdateKind::sha2           ? "SHA-2 support works only after a restart"
                     : n.update.kind == UpdateKind::service_pack ? "the service pack is finished by a restart"
                                                                 : "the updates are finished by a restart");
    waits = false;
    pending = Need::if_absent;
  }
  number_builds();
  return steps_;
}

}  // namespace tq::plan
