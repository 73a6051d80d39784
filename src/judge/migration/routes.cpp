#include "judge/migration/routes.hpp"

#include <algorithm>

#include "judge/migration/lists.hpp"

namespace tq::judge {
namespace {

using model::Tri;

class Search {
 public:
  Search(const model::Facts& facts, const Standpoint& start, const Upgrades& upgrades) : upgrades_(upgrades), start_(start) {
    routes_.stops.resize(upgrades.releases.size());
    for (const auto& b : upgrades.bars) bars_.push_back(ask(b.applies, facts, start));
  }

  Routes run() {
    Stop& first = routes_.stops[start_.index];
    first.reached = true;
    first.from = start_.index;
    if (!start_.edition.empty()) first.editions = {start_.edition};
    // A level at a time, so that no longer way is ever kept; there are at most as many levels as releases.
    for (std::uint32_t level = 0; grow(level); ++level) {
    }
    name_direct_bars();
    return std::move(routes_);
  }

 private:
  bool fits(const Upgrades::Hop& h, const Stop& at) const {
    if (!start_.arch.empty() && !has_arch(h.row.arches, start_.arch)) return false;
    if (h.row.options == "desktop" && start_.core == Tri::yes) return false;
    return at.editions.empty() ||
           std::any_of(at.editions.begin(), at.editions.end(), [&](std::string_view e) { return names(h.from_editions, e); });
  }

  bool barred(const Upgrades::Hop& h) {
    for (std::size_t i = 0; i < bars_.size(); ++i) {
      const auto& b = upgrades_.bars[i];
      if (bars_[i].holds == Tri::no || !names(b.from, h.row.from) || !names(b.to, h.row.to)) continue;
      if (bars_[i].holds == Tri::yes) {
        routes_.refusals.push_back({&b, &h, bars_[i].evidence});
        return true;
      }
      if (std::find(routes_.undecided.begin(), routes_.undecided.end(), &b) == routes_.undecided.end()) routes_.undecided.push_back(&b);
    }
    return false;
  }

  /// Editions that the destination can have: a row with "any" leaves the edition as it is.
  std::vector<std::string_view> editions_behind(const Upgrades::Hop& h, const Stop& at) const {
    return names(h.to_editions, "any") && h.to_editions.front() == "any" ? at.editions : h.to_editions;
  }

  void arrive(const Upgrades::Hop& h, std::uint32_t level) {
    Stop& to = routes_.stops[h.to];
    auto editions = editions_behind(h, routes_.stops[h.from]);
    const bool newer_way = to.reached && upgrades_.releases[h.from].build > upgrades_.releases[to.from].build;
    if (!to.reached || newer_way) {
      to = {true, h.from, level + 1, &h, std::move(editions)};
    } else if (to.from == h.from) {  // another row of the same hop, for another edition
      for (const auto e : editions)
        if (!names(to.editions, e)) to.editions.push_back(e);
    }
  }

  bool grow(std::uint32_t level) {
    bool grew = false;
    for (const auto& h : upgrades_.hops) {
      const Stop& from = routes_.stops[h.from];
      const Stop& to = routes_.stops[h.to];
      if (!from.reached || from.length != level || (to.reached && to.length <= level) || !fits(h, from) || barred(h)) continue;
      arrive(h, level);
      grew = true;
    }
    return grew;
  }

  /// A bar may speak of a destination that no hop leads to: it is the reason all the same.
  void name_direct_bars() {
    for (std::size_t i = 0; i < bars_.size(); ++i)
      if (bars_[i].holds == Tri::yes && names(upgrades_.bars[i].from, start_.release->id))
        routes_.refusals.push_back({&upgrades_.bars[i], nullptr, bars_[i].evidence});
  }

  const Upgrades& upgrades_;
  const Standpoint& start_;
  std::vector<ConditionAnswer> bars_;  ///< beside Upgrades::bars
  Routes routes_;
};

}  // namespace

Routes find_routes(const model::Facts& facts, const Standpoint& start, const Upgrades& upgrades) {
  return Search(facts, start, upgrades).run();
}

std::vector<const Stop*> way_to(const Routes& routes, std::uint32_t release) {
  std::vector<const Stop*> out;
  if (!routes.stops[release].reached) return out;
  for (std::uint32_t at = release; routes.stops[at].hop != nullptr; at = routes.stops[at].from) out.push_back(&routes.stops[at]);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace tq::judge
