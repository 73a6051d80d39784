// Roots: functions followed from a fresh frame, what they leave behind, and whether the version left them by another way than memory
// that has a name.
#include <algorithm>

#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint64_t kStackTop = std::uint64_t{1} << 24;

}  // namespace

State Engine::fresh_state(std::uint32_t entry, const Value& stack) {
  State s;
  s.mask = alu.mask = all_lanes_;
  for (std::size_t i = 0; i < s.r.size(); ++i) s.r[i] = fresh(Kind::plain, mix(0x4E6, entry, i));
  auto& xmm = s.xmm.write().r;
  for (std::size_t i = 0; i < xmm.size(); ++i)
    for (std::size_t k = 0; k < 2; ++k) xmm[i][k] = Value(unknown(Op::other, 64, mix(entry, i, k)));
  s.flags.r = s.flags.cf = s.flags.of = Value(unknown(Op::cond, 8, entry));
  s.memory = now_.kept;
  s.r[kSp] = stack;
  return s;
}

Outcome Engine::run_root(std::uint32_t entry, const std::vector<Value>& arguments) {
  root_steps_ = 0;
  root_spent_ = false;
  now_.record.context(++roots_);
  const Value stack(Term{make_sym(Kind::stack, word_ * 8, 0x57AC), kStackTop});
  State s = fresh_state(entry, stack);
  Frame f;
  f.entry = entry;
  f.return_address = Term{make_sym(Kind::api, word_ * 8, 0x4E7), 0};
  f.entry_stack = stack.all;
  s.memory.write(alu, stack.all, word_, Value(f.return_address));
  if (const auto it = now_.callback_arguments.find(entry); it != now_.callback_arguments.end())
    place_arguments(s, it->second);
  else if (entry == functions_.entry() && program_.native())
    place_arguments(s, {driver_object()});
  if (!arguments.empty()) place_arguments(s, arguments);
  // Methods of 32-bit C++ take their object in ecx.
  if (!arguments.empty() && word_ == 4) s.r[kCx] = arguments.front();
  const std::size_t unclear = now_.record.unclear();
  auto exits = run(f, std::move(s));
  Outcome outcome;
  outcome.open = spent_ || root_spent_ || now_.record.unclear() != unclear;
  if (spent_ || root_spent_) {
    now_.record.discard();
    return outcome;
  }
  for (const State& x : exits) {
    alu.mask = x.mask;
    outcome.escaped = outcome.escaped || escapes(x);
    return_event(entry, x);
  }
  if (exits.size() > 1) outcome.escaped = outcome.escaped || results_differ(exits);
  now_.record.commit();
  if (auto exit = one_of(std::move(exits), mix(0x4EF6, entry))) keep(entry, *exit, stack.all.sym);
  alu.mask = all_lanes_;
  return outcome;
}

/// Do exits with different lanes return different things?
bool Engine::results_differ(const std::vector<State>& exits) const {
  const Value& first = exits.front().r[kAx];
  for (const State& x : exits)
    if (x.mask != all_lanes_ && !(x.r[kAx].uniform() && first.uniform() && x.r[kAx].all == first.all)) return true;
  return false;
}

/// Does a result, or memory that only the callers know, hold something that varies?
bool Engine::escapes(const State& x) {
  if (x.r[kAx].lanes != nullptr && alu.varies(x.r[kAx])) return true;
  bool out = false;
  x.memory.visit([&](Term at, unsigned, const Value& v) {
    if (out || at.number() || v.lanes == nullptr || !alu.varies(v)) return;
    const Kind kind = kind_of(at.sym);
    // Below the entry's stack pointer the frame is gone; above it lie the caller's variables.
    if (kind == Kind::stack ? at.off < kStackTop : is_function(kind)) return;
    if (at.sym == driver_object().all.sym || at.sym == device_object().all.sym) return;
    const Value before = now_.kept.read(alu, at, 1, [](Term, unsigned) { return constant(0); });
    out = before.lanes == nullptr;
  });
  return out;
}

/// Memory outside of frames stays for the roots to come. Where a version stood one may still be found: another order of the roots
/// is as good as this one.
void Engine::keep(std::uint32_t entry, State& exit, std::uint64_t stack) {
  Memory after = std::move(exit.memory);
  after.drop(stack);
  const LaneMask others = all_lanes_ & ~exit.mask;
  const auto unset = [&](Term t, unsigned n) { return initial(t, n); };
  const Memory before = now_.kept;
  if (others == 0)
    now_.kept = std::move(after);
  else
    now_.kept.join(alu, others, after, exit.mask, mix(0x4EF7, entry), unset);
  alu.mask = all_lanes_;
  before.visit([&](Term at, unsigned n, const Value& v) {
    if (v.lanes == nullptr || !alu.varies(v)) return;
    if (!alu.varies(now_.kept.read(alu, at, n, unset))) now_.kept.write(alu, at, n, v);
  });
}

std::vector<Term> Engine::varying_memory() {
  constexpr int kMostLinks = 4;
  std::vector<Term> out;
  std::set<std::uint64_t> bases;
  alu.mask = all_lanes_;
  now_.kept.visit([&](Term at, unsigned, const Value& v) {
    if (!alu.varies(v)) return;
    out.push_back(at);
    if (!at.number()) bases.insert(at.sym);
  });
  // A variable that points to such a structure leads there, perhaps through other structures.
  for (int i = 0; i < kMostLinks; ++i)
    now_.kept.visit([&](Term at, unsigned, const Value& v) {
      if (!v.uniform() || !bases.contains(v.all.sym)) return;
      if (!at.number())
        bases.insert(at.sym);
      else if (i == kMostLinks - 1)
        out.push_back(at);
    });
  return out;
}

std::vector<std::uint32_t> Engine::callbacks() const {
  std::vector<std::uint32_t> out(now_.callbacks.begin(), now_.callbacks.end());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tq::analysis
