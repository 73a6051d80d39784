// Behind a call: the next instruction, or the handler of an exception that the call let out.
//
// x64: the scopes of the unwind data. x86: the registration that the frame hung into the thread block, with its table of scopes
// {enclosing level, filter, handler} and the level that the code is at; a handler goes on in the frame that stands above it.
// Source: the layouts that the compilers' __except_handler3 and _except_handler4 read, as their output shows them.
#include <algorithm>

#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint64_t kScope = 12, kCookies = 16;  // bytes of an entry; of what stands before the entries of the newer form
constexpr unsigned kMostLevels = 16;
constexpr std::uint64_t kTable = 8, kLevel = 12, kBehind = 16;  // in and behind a registration

/// A cookie's offset in the frame is -2 (none) or below; an enclosing level is -1 or not negative.
bool has_cookies(std::uint64_t first) { return sign_extend(first, 32) >> 63 != 0 && (first & 0xFFFFFFFF) != 0xFFFFFFFF; }

}  // namespace

/// The handlers of the scopes that the code is in, innermost first, by the registration at `node`; each with the level that encloses it.
std::vector<std::pair<std::uint32_t, std::uint64_t>> Engine::registered_handlers(State& s, Term node) {
  const Value table = read_one(s, {node.sym, node.off + kTable}, 4), at = read_one(s, {node.sym, node.off + kLevel}, 4);
  const auto scopes = table.uniform() && table.all.number() ? program_.rva_of(table.all.off) : std::nullopt;
  const auto first = scopes ? program_.read(*scopes, 4) : std::nullopt;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
  if (!first || !at.uniform() || !at.all.number()) return out;
  const std::uint64_t entries = *scopes + (has_cookies(*first) ? kCookies : 0);
  std::uint64_t level = at.all.off;
  for (unsigned n = 0; n < kMostLevels && level < 0x1000; ++n) {
    const std::uint64_t entry = entries + level * kScope;
    const auto enclosing = program_.read(entry, 4), filter = program_.read(entry + 4, 4), handler = program_.read(entry + 8, 4);
    if (!enclosing || !filter || !handler) break;
    // Without a filter it is a block that is always run at the end, and a function of its own.
    const auto rva = *filter != 0 ? program_.rva_of(*handler) : std::nullopt;
    const Extent* e = rva ? program_.extent(*rva) : nullptr;
    if (e != nullptr && e->executable) out.emplace_back(*rva, *enclosing);
    level = *enclosing;
  }
  return out;
}

void Engine::enter_registered_handlers(Frame& f, std::uint32_t pc, State& s) {
  const Value thread = thread_block();
  if (word_ != 4 || !s.r[kSp].uniform()) return;
  const Value node = s.memory.read(alu, thread.all, 4, [](Term, unsigned) { return constant(0); });
  if (!node.uniform() || node.all.sym != f.entry_stack.sym || node.all.off >= f.entry_stack.off || node.all.off < s.r[kSp].all.off) return;
  for (const auto& [target, enclosing] : registered_handlers(s, node.all)) {
    if (target <= pc || functions_.solid(target) != functions_.solid(pc)) continue;
    State caught = s;
    caught.r[kBp] = Value(Term{node.all.sym, node.all.off + kBehind});
    // A handler runs outside of its own scope.
    caught.memory.write(alu, {node.all.sym, node.all.off + kLevel}, 4, constant(enclosing));
    leave_loops(caught, target);
    enter(f, target, std::move(caught));
  }
}

/// Goes on behind a call. A scope with a handler may also go on there.
void Engine::enter_next(Frame& f, std::uint32_t pc, std::uint32_t next, State s) {
  for (const Handler& h : functions_.handlers())
    if (pc >= h.begin && pc < h.end && h.target > pc && functions_.of(h.target) == functions_.of(pc)) enter(f, h.target, s);
  enter_registered_handlers(f, pc, s);
  if (s.mask == all_lanes_) now_.record.commit();
  leave_loops(s, next);
  enter(f, next, std::move(s));
}

}  // namespace tq::analysis
