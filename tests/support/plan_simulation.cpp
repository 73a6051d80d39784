#include "tests/support/plan_simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::test {
namespace {

using namespace plan;

using catalog::Update;
using catalog::UpdateKind;

/// True when having `newer` is as good as having `older`.
bool replaces(const Update& newer, const Update& older) {
  if (newer.kb == older.kb) return true;
  const bool month =
      older.kind == UpdateKind::monthly_rollup || older.kind == UpdateKind::security_only || older.kind == UpdateKind::preview;
  // A preview is a monthly rollup that came early: it holds all months before it, too.
  if ((newer.kind == UpdateKind::monthly_rollup || newer.kind == UpdateKind::preview) && month) return newer.released >= older.released;
  if (newer.kind == older.kind && (newer.kind == UpdateKind::servicing_stack || newer.kind == UpdateKind::esu_preparation))
    return newer.released >= older.released;
  if (newer.kind == UpdateKind::security_only) return false;
  const auto names = [&](catalog::KbList l) { return std::find(l.begin(), l.end(), older.kb) != l.end(); };
  return names(newer.supersedes) || names(newer.supersedes_inferred);
}

class Servicing {
 public:
  Servicing(Simulated m, const catalog::Catalog& catalog) : m_(std::move(m)), catalog_(catalog) {}

  /// Finished: the files of the update, or of one that replaces it, are in use.
  [[nodiscard]] bool finished(std::uint32_t kb) const { return among(m_.in_place, kb); }
  [[nodiscard]] bool installed(std::uint32_t kb) const { return finished(kb) || among(m_.staged, kb); }

  [[nodiscard]] std::string refuses(const Update& u) const {
    if (m_.restart_pending && exclusive(u.kind)) return "a restart is pending";
    if (std::string s = foreign(u); !s.empty()) return s;
    for (const auto& group : u.requirements)
      if (std::none_of(group.begin(), group.end(), [&](std::uint32_t kb) { return ready(kb); }))
        return fmt::format("none of the updates it needs is ready ({} ...)", kb_text(group[0]));
    for (const std::uint32_t kb : u.recommends)
      if (const auto stack = catalog_.find_kb(kb); stack && stack->kind == UpdateKind::servicing_stack && !ready(kb))
        return fmt::format("the servicing stack is older than {}", kb_text(kb));
    if (u.esu_required && !m_.licensed_years.contains(static_cast<std::uint32_t>(u.esu_year)))
      return fmt::format("no licence for ESU year {}", u.esu_year);
    return {};
  }

  void install(const Update& u) {
    if (u.kind == UpdateKind::servicing_stack || u.kind == UpdateKind::esu_preparation) {
      m_.in_place.insert(u.kb);
      return;
    }
    m_.staged.insert(u.kb);
    m_.restart_pending = true;
  }

  void restart() {
    for (const auto kb : m_.staged) {
      m_.in_place.insert(kb);
      const auto u = catalog_.find_kb(kb);
      if (u && u->version && (u->kind == UpdateKind::service_pack || is_line(u->kind)))
        m_.build = std::max<std::uint32_t>(m_.build, u->version->build);
    }
    m_.staged.clear();
    m_.restart_pending = false;
  }

  void license(const std::vector<std::uint32_t>& years) { m_.licensed_years.insert(years.begin(), years.end()); }
  [[nodiscard]] const Simulated& machine() const { return m_; }

 private:
  [[nodiscard]] bool among(const std::set<std::uint32_t>& kbs, std::uint32_t kb) const {
    if (kbs.contains(kb)) return true;
    const auto wanted = catalog_.find_kb(kb);
    if (!wanted) return false;
    if (wanted->kind == UpdateKind::service_pack && wanted->version) return m_.build >= wanted->version->build;
    return std::any_of(kbs.begin(), kbs.end(), [&](std::uint32_t other) {
      const auto u = catalog_.find_kb(other);
      return u && replaces(*u, *wanted);
    });
  }
  /// A requirement counts when it works: a service pack and SHA-2 support do so only after a restart.
  [[nodiscard]] bool ready(std::uint32_t kb) const { return finished(kb); }
  /// What changes the servicing itself is not installed over unfinished work.
  static bool exclusive(UpdateKind k) {
    return k == UpdateKind::servicing_stack || k == UpdateKind::esu_preparation || k == UpdateKind::service_pack || k == UpdateKind::sha2;
  }
  [[nodiscard]] std::string foreign(const Update& u) const {
    const auto& a = u.arches;
    const bool fits = m_.arch == "x86" ? a.x86 : m_.arch == "x64" ? a.x64 : m_.arch == "ia64" ? a.ia64 : false;
    if (!fits) return "made for another processor";
    if (!u.is_for(m_.nt_version)) return "made for another Windows";
    return {};
  }

  Simulated m_;
  const catalog::Catalog& catalog_;
};

/// Whether a person would leave the step out. A restart is left out when none is pending, a licence when there is one.
bool left_out(const Step& s, const Servicing& servicing) {
  if (s.need == Need::yes) return false;
  if (s.kb != 0) return servicing.installed(s.kb);
  if (s.kind == "reboot") return !servicing.machine().restart_pending;
  if (s.kind != "licence") return false;
  const auto& years = servicing.machine().licensed_years;
  return std::all_of(s.esu_years.begin(), s.esu_years.end(), [&](auto y) { return years.contains(y); });
}

}  // namespace

SimulationResult simulate(Simulated machine, const std::vector<Step>& steps, const catalog::Catalog& catalog) {
  Servicing servicing(std::move(machine), catalog);
  SimulationResult r;
  const auto refuse = [&](const Step& s, std::string why) {
    r.refused = true;
    r.at_step = s.n;
    r.why = std::move(why);
  };
  for (const auto& s : steps) {
    if (r.refused) break;
    if (left_out(s, servicing)) continue;
    if (s.kind == "reboot") {
      servicing.restart();
      ++r.restarts;
    } else if (s.kind == "licence") {
      servicing.license(s.esu_years);
    } else if (const auto u = catalog.find_kb(s.kb); !u) {
      refuse(s, "no such update");
    } else if (std::string why = servicing.refuses(*u); !why.empty()) {
      refuse(s, std::move(why));
    } else {
      servicing.install(*u);
      ++r.installed;
    }
  }
  r.machine = servicing.machine();
  return r;
}

bool simulated_goal(const Simulated& machine, const catalog::Catalog& catalog, const std::string& goal, Line line, bool had_goal) {
  const Servicing servicing(machine, catalog);
  const auto g = catalog.find_goal(machine.nt_version, goal);
  const auto last = g ? catalog.find_kb(g->kb) : std::nullopt;
  if (!last || machine.restart_pending || !machine.staged.empty()) return false;
  if (line == Line::rollup && !servicing.finished(last->kb)) return false;
  std::optional<Update> stack, preparation;
  for (const auto& u : catalog.updates()) {
    const auto& a = u.arches;
    const bool fits = u.is_for(machine.nt_version) && (machine.arch == "x86" ? a.x86 : machine.arch == "x64" ? a.x64 : a.ia64);
    if (!fits) continue;
    if (line == Line::security_only && u.kind == UpdateKind::security_only && u.released <= g->date && !servicing.finished(u.kb))
      return false;
    if (u.confidence > catalog::Confidence::medium) continue;
    if (u.kind == UpdateKind::servicing_stack && (last->esu_required || (u.released <= g->date && u.esu_year == 0))) stack = u;
    if (u.kind == UpdateKind::esu_preparation && last->esu_required) preparation = u;
  }
  if (had_goal) return true;
  return (!stack || servicing.finished(stack->kb)) && (!preparation || servicing.finished(preparation->kb));
}

}  // namespace tq::test
