#include "analysis/follow.hpp"

#include <algorithm>

namespace tq::analysis {
namespace {

constexpr unsigned kLevels = 8;          // callers above a source that are followed with it
constexpr std::size_t kMostRoots = 600;  // in one round
constexpr unsigned kRounds = 3;

void run_all(Engine& e, const std::vector<std::uint32_t>& roots, std::set<std::uint32_t>& done) {
  std::size_t n = 0;
  for (const std::uint32_t r : roots) {
    if (!done.insert(r).second) continue;
    if (e.spent()) return;
    if (++n > kMostRoots) {
      e.record().reason("too many functions to follow");
      return;
    }
    e.run_root(r);
  }
}

/// Functions that a version left in memory may reach.
std::set<std::uint32_t> touched(Engine& e, const Program& p, const Functions& f) {
  std::set<std::uint32_t> out;
  bool elsewhere = false;
  for (const Term& at : e.varying_memory()) {
    const auto rva = at.number() ? p.rva_of(at.off) : std::nullopt;
    if (rva)
      out.merge(f.readers(*rva, 8));
    else
      elsewhere = true;
  }
  // A structure of the program's own is reached through any callback.
  if (elsewhere)
    for (const std::uint32_t c : e.take_callbacks()) out.insert(c);
  return out;
}

}  // namespace

void follow(Engine& e, const Program& program, const Functions& functions, const std::vector<SourceSite>& sites) {
  std::set<std::uint32_t> done, holders;
  for (const SourceSite& s : sites)
    if (const std::uint32_t f = functions.of(s.rva); f != 0) holders.insert(f);
  e.follow_into(holders);
  run_all(e, functions.roots(holders, kLevels), done);
  // A holder that no root reached is followed by itself.
  std::vector<std::uint32_t> missed;
  for (const std::uint32_t h : holders)
    if (!e.followed().contains(h)) missed.push_back(h);
  run_all(e, missed, done);
  for (unsigned round = 0; round < kRounds && !e.spent(); ++round) {
    const auto next = touched(e, program, functions);
    e.follow_into(next);
    auto roots = functions.roots(next, kLevels);
    const std::size_t before = done.size();
    run_all(e, roots, done);
    // A function whose address is kept somewhere is called from there, too.
    roots.clear();
    for (const std::uint32_t f : next)
      if (functions.address_taken(f) || !e.followed().contains(f)) roots.push_back(f);
    run_all(e, roots, done);
    if (done.size() == before) break;
  }
}

}  // namespace tq::analysis
