// What a machine can become: upgrades in place, clean installs, other hosts; and what it cannot, with the reason.
#include <fmt/format.h>

#include <algorithm>

#include "judge/migration/blockers.hpp"
#include "judge/migration/lists.hpp"
#include "judge/migration/routes.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::Tri;

std::string source_of(const catalog::Provenance& p) {
  return p.confidence == catalog::Confidence::unconfirmed ? "unconfirmed (no source)" : std::string(p.source);
}

/// "Windows Server 2012 Standard or Datacenter"
std::string named(const catalog::Release& r, const std::vector<std::string_view>& editions) {
  std::string out(r.name);
  for (std::size_t i = 0; i < editions.size(); ++i) out += (i == 0 ? " " : " or ") + std::string(editions[i]);
  return out;
}

class Migrator {
 public:
  Migrator(const model::Facts& facts, const Upgrades& upgrades, const Standpoint& at, const Date& today)
      : upgrades_(upgrades), at_(at), today_(today), routes_(find_routes(facts, at, upgrades)), blockers_(facts, at, upgrades) {}

  model::Migration run() {
    model::Migration m;
    m.from = named(*at_.release, edition_list());
    if (!at_.arch.empty()) m.from += fmt::format(" ({})", at_.arch);
    for (std::uint32_t i = 0; i < upgrades_.releases.size(); ++i) {
      const auto& r = upgrades_.releases[i];
      if (!r.offered || !r.ends.known() || r.ends < today_ || i == at_.index) continue;
      if (in_place(i, m)) continue;
      if (auto bar = why_not(i)) m.impossible.push_back(*std::move(bar));
    }
    clean_installs(m);
    rehosts(m);
    m.blockers = blockers_.take();
    return m;
  }

 private:
  [[nodiscard]] std::vector<std::string_view> edition_list() const {
    return at_.edition.empty() ? std::vector<std::string_view>{} : std::vector{at_.edition};
  }
  [[nodiscard]] bool same_class(const catalog::Release& r) const { return r.product_class == at_.release->product_class; }

  /// What was not read of the machine stays as a condition of its first hop.
  void add_open_questions(const Upgrades::Hop& hop, std::vector<std::string>& conditions) const {
    if (at_.edition.empty() && hop.row.from_editions != "any")
      conditions.push_back("the edition was not read: an upgrade needs " + std::string(hop.row.from_editions));
    if (at_.arch.empty()) conditions.push_back("the processor was not read: an upgrade needs " + arches_text(hop.row.arches));
    for (const auto* bar : routes_.undecided)
      if (names(bar->from, hop.row.from) || names(bar->to, hop.row.to))
        conditions.push_back(fmt::format("not read whether this holds ({}); if so it is impossible: {}", bar->row.applies, bar->row.why));
  }

  void add_needs(std::uint32_t release, std::vector<std::string>& conditions) const {
    const auto& needs = upgrades_.needs[release];
    conditions.insert(conditions.end(), needs.begin(), needs.end());
  }

  [[nodiscard]] std::vector<std::string> conditions_of(const Stop& stop, bool first, bool last) const {
    const auto& hop = *stop.hop;
    const auto& to = upgrades_.releases[hop.to];
    std::vector<std::string> out(hop.conditions.begin(), hop.conditions.end());
    if (hop.row.options == "same") {
      out.emplace_back(at_.core == Tri::yes  ? "it is and stays a Server Core installation"
                       : at_.core == Tri::no ? "it is and stays an installation with the desktop"
                                             : "the installation option (Core or desktop) stays as it is");
    } else if (hop.row.options == "desktop" && at_.core == Tri::unknown) {
      out.emplace_back("not from Server Core");
    }
    if (first) add_open_questions(hop, out);
    if (!last && to.ends.known() && to.ends < today_)
      out.push_back("only on the way: regular updates of " + std::string(to.name) + " ended on " + to.ends.text());
    if (last) add_needs(hop.to, out);
    return out;
  }

  bool in_place(std::uint32_t release, model::Migration& m) const {
    const auto way = way_to(routes_, release);
    if (way.empty()) return false;
    const auto& to = upgrades_.releases[release];
    model::MigrationPath path{std::string(to.name), kInPlace, {}, blockers_.of_path(kInPlace, &to)};
    for (std::size_t i = 0; i < way.size(); ++i) {
      const Stop& stop = *way[i];
      path.hops.push_back({named(upgrades_.releases[stop.from], routes_.stops[stop.from].editions),
                           named(upgrades_.releases[stop.hop->to], stop.editions), conditions_of(stop, i == 0, i + 1 == way.size()),
                           source_of(stop.hop->row)});
    }
    m.paths.push_back(std::move(path));
    return true;
  }

  /// The bar that speaks of this destination; else one that cut a hop on the way.
  [[nodiscard]] const Refusal* refusal_of(const catalog::Release& to) const {
    const Refusal* cut = nullptr;
    for (const auto& r : routes_.refusals) {
      const bool from_here = names(r.bar->from, at_.release->id);
      if (from_here && names(r.bar->to, to.id)) return &r;
      if (cut == nullptr && r.hop != nullptr && to.product_class == at_.release->product_class) cut = &r;
    }
    return cut;
  }

  /// nullopt for what nobody asks: a server for a workstation, when no row speaks of it.
  [[nodiscard]] std::optional<model::MigrationBar> why_not(std::uint32_t release) const {
    const auto& to = upgrades_.releases[release];
    const std::string name(to.name);
    if (const Refusal* r = refusal_of(to)) {
      std::string why = "in place: " + std::string(r->bar->row.why);
      for (std::size_t i = 0; i < r->evidence.size(); ++i) why += (i == 0 ? "; found: " : ", ") + r->evidence[i];
      return model::MigrationBar{name, why, source_of(r->bar->row)};
    }
    if (!same_class(to)) return std::nullopt;
    if (!at_.arch.empty() && !has_arch(to.arches, at_.arch))
      return model::MigrationBar{name,
                                 fmt::format("in place: {} is for {} only, this system is {}, and no upgrade changes that", to.name,
                                             arches_text(to.arches), at_.arch),
                                 source_of(to)};
    return model::MigrationBar{name, "in place: " + nothing_listed(), "data/catalog/common/upgrade_hops.csv"};
  }

  [[nodiscard]] std::string nothing_listed() const {
    const auto from_here = [&](const auto& h) { return h.from == at_.index; };
    const bool any = std::any_of(upgrades_.hops.begin(), upgrades_.hops.end(), from_here);
    if (any && !at_.edition.empty() && std::none_of(upgrades_.hops.begin(), upgrades_.hops.end(), [&](const auto& h) {
          return from_here(h) && names(h.from_editions, at_.edition);
        }))
      return fmt::format("the tables list no upgrade from the {} edition of {}", at_.edition, at_.release->name);
    return fmt::format("the tables list no chain of upgrades from {} to it", at_.release->name);
  }

  void clean_installs(model::Migration& m) const {
    for (std::uint32_t i = 0; i < upgrades_.releases.size(); ++i) {
      const auto& to = upgrades_.releases[i];
      if (!to.offered || !to.ends.known() || to.ends < today_ || !same_class(to) || i == at_.index) continue;
      std::vector<std::string> conditions;
      if (at_.arch == "ia64")
        conditions.emplace_back("on other hardware: an Itanium cannot run it");
      else if (at_.arch == "x86" && !to.arches.x86)
        conditions.emplace_back("a 64-bit processor: this Windows is a 32-bit one, and whether the processor could do more was not read");
      add_needs(i, conditions);
      conditions.emplace_back("it deletes what is there: save the data first, install the programs again");
      m.paths.push_back({std::string(to.name),
                         kCleanInstall,
                         {{std::string(at_.release->name), std::string(to.name), std::move(conditions), source_of(to)}},
                         blockers_.of_path(kCleanInstall, &to)});
    }
  }

  void rehosts(model::Migration& m) const {
    bool any = false;
    for (const auto& p : upgrades_.places) {
      if (!names(p.guests, at_.release->id) || (p.row.ends.known() && p.row.ends < today_)) continue;
      if (!at_.arch.empty() && !has_arch(p.row.arches, at_.arch)) continue;
      std::vector<std::string> conditions(p.conditions.begin(), p.conditions.end());
      if (at_.arch.empty()) conditions.push_back("the processor was not read: it must be " + arches_text(p.row.arches));
      conditions.emplace_back("it stays the same Windows: what nobody repairs today nobody repairs there");
      m.paths.push_back({std::string(p.row.to),
                         kRehost,
                         {{std::string(at_.release->name), std::string(p.row.to), std::move(conditions), source_of(p.row)}},
                         blockers_.of_path(kRehost, nullptr)});
      any = true;
    }
    if (any || upgrades_.places.empty()) return;
    m.impossible.push_back({"a supported virtual machine",
                            fmt::format("rehost: none of the lists of supported guests that were found names {}{}", at_.release->name,
                                        at_.arch.empty() ? std::string() : fmt::format(" on {}", at_.arch)),
                            source_of(upgrades_.places.front().row)});
  }

  const Upgrades& upgrades_;
  const Standpoint& at_;
  const Date today_;
  Routes routes_;
  Blockers blockers_;
};

}  // namespace

void judge_migration(const Case& c, model::Verdict& verdict) {
  if (!verdict.build.number) return;
  const auto& upgrades = c.knowledge.upgrades();
  Standpoint at = standpoint_of(c.facts, *verdict.build.number, upgrades);
  if (at.release == nullptr) return;
  at.exposure = &verdict.exposure;
  const Date today = c.options.as_of.known() ? c.options.as_of : c.knowledge.catalog().data_as_of();
  verdict.migration = Migrator(c.facts, upgrades, at, today).run();
}

}  // namespace tq::judge
