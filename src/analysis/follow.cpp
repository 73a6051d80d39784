// From the functions that hold a source upwards: a function is followed by itself, with arguments that nobody knows. Only when the
// version leaves it by its result or through its arguments, or when something in it was not worked out, its callers are followed
// instead, with it inside. Most of a program is never followed at all.
#include "analysis/follow.hpp"

#include <algorithm>

namespace tq::analysis {
namespace {

constexpr unsigned kLevels = 8;          // callers above a function that are followed with it
constexpr std::size_t kMostRoots = 600;  // in one round
constexpr unsigned kRounds = 4;

class Follower {
 public:
  Follower(Engine& e, const Program& p, const Functions& f) : e_(e), program_(p), functions_(f) {}

  void sources(const std::vector<SourceSite>& sites) {
    std::set<std::uint32_t> holders;
    for (const SourceSite& s : sites)
      for (const std::uint32_t f : {functions_.of(s.rva), functions_.solid(s.rva)})
        if (f != 0) holders.insert(f);
    e_.follow_into(holders);
    upwards(holders);
    for (unsigned round = 0; round < kRounds && !e_.spent(); ++round) {
      bases_.clear();
      const auto next = readers_of_memory();
      if (next.empty() && bases_.empty()) return;
      e_.follow_into(next);
      upwards(next);
      with_contexts();
    }
  }

 private:
  /// The entry point first: it sets up what the others find in memory.
  std::vector<std::uint32_t> ordered(const std::set<std::uint32_t>& functions) const {
    std::vector<std::uint32_t> out(functions.begin(), functions.end());
    std::stable_partition(out.begin(), out.end(), [&](std::uint32_t f) { return f == functions_.entry(); });
    return out;
  }

  /// The callers to follow instead of `f`; empty when `f` stands by itself.
  std::set<std::uint32_t> one(std::uint32_t f, bool top) {
    auto callers = functions_.callers(f);
    Findings before = e_.findings();
    const Outcome outcome = e_.run_root(f);
    // Handed to somebody who calls it back: whoever handed it over finds the version behind what went along.
    if (!top && callers.empty() && outcome.escaped) return functions_.takers(f);
    if (top || callers.empty() || !(outcome.escaped || outcome.open)) return {};
    // Somebody may call it from outside, too: what it showed counts.
    if (!outcome.open && functions_.address_taken(f)) return callers;
    e_.take_back(std::move(before));
    return callers;
  }

  void upwards(std::set<std::uint32_t> now) {
    std::set<std::uint32_t> done;
    std::size_t roots = 0;
    for (unsigned level = 0; !now.empty(); ++level) {
      std::set<std::uint32_t> next;
      for (const std::uint32_t f : ordered(now)) {
        if (!done.insert(f).second) continue;
        if (e_.spent()) return;
        if (++roots > kMostRoots) return e_.record().reason("too many functions to follow");
        const auto callers = one(f, level >= kLevels);
        if (callers.empty()) continue;
        // One that was followed before, when this one was passed over, shows more now.
        if (e_.follow_into({f}))
          for (const std::uint32_t c : callers) done.erase(c);
        next.insert(callers.begin(), callers.end());
      }
      now = std::move(next);
    }
  }

  /// A structure with a version in it may be what a callback is handed, though nobody was seen to hand it over: a routine and its context
  /// in one structure, an object and its methods. That is believed where a version then decides something, and else forgotten.
  void with_contexts() {
    constexpr std::size_t kMostFunctions = 64, kMostBases = 3;
    std::set<std::uint32_t> functions;
    for (const std::uint32_t f : e_.callbacks()) functions.insert(f);
    if (functions_.taken().size() <= kMostFunctions) functions.insert(functions_.taken().begin(), functions_.taken().end());
    std::size_t bases = 0;
    for (const std::uint64_t base : bases_) {
      if (++bases > kMostBases) return;
      std::size_t n = 0;
      for (const std::uint32_t f : functions) {
        if (e_.spent() || ++n > kMostFunctions) return;
        if (e_.has_arguments(f) || f == functions_.entry()) continue;
        Findings before = e_.findings();
        const std::size_t decided = e_.decisions();
        e_.run_root(f, std::vector<Value>(4, Value(Term{base, 0})));
        if (e_.decisions() == decided) e_.take_back(std::move(before));
      }
    }
  }

  /// Functions that may find a version which was left in memory since the last look.
  std::set<std::uint32_t> readers_of_memory() {
    std::set<std::uint32_t> out;
    bool elsewhere = false;
    for (const Term& at : e_.varying_memory()) {
      if (!seen_.emplace(at.sym, at.off).second) continue;
      const auto rva = at.number() ? program_.rva_of(at.off) : std::nullopt;
      if (rva)
        out.merge(functions_.readers(*rva, 8));
      else
        elsewhere = true;
      if (!at.number() && kind_of(at.sym) != Kind::stack && !is_function(kind_of(at.sym))) bases_.insert(at.sym);
    }
    // A structure of the program's own is reached through any callback, or through what Windows keeps.
    if (elsewhere) {
      for (const std::uint32_t c : e_.callbacks()) out.insert(c);
      out.insert(functions_.askers().begin(), functions_.askers().end());
    }
    return out;
  }

  Engine& e_;
  const Program& program_;
  const Functions& functions_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
  std::set<std::uint64_t> bases_;  ///< structures in which a version was found in this round
};

}  // namespace

void follow(Engine& e, const Program& program, const Functions& functions, const std::vector<SourceSite>& sites) {
  Follower(e, program, functions).sources(sites);
  // The root in which it happened may have been taken back.
  if (e.spent()) e.record().reason("the budget of steps was spent");
}

}  // namespace tq::analysis
