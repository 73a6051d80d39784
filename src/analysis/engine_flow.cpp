// Warps: states at addresses. The lowest address runs first, states that meet become one, lanes that disagree part.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "analysis/processor_time.hpp"
#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint32_t kOpenRounds = 3;     // rounds of a loop whose end is not known before it is summed up
constexpr std::uint32_t kMostRounds = 1100;  // rounds of a loop whose end is known
constexpr std::uint32_t kManyVisits = 1300;  // returns to one loop head after which it is summed up whatever is known
constexpr std::uint32_t kMostVisits = 1700;  // returns to one loop head in one frame
constexpr std::uint32_t kPlainVisits = 64;   // jumps back to one place that seemed to go round nowhere
constexpr std::uint64_t kFrame = 8192;       // bytes below a return address that are looked at
constexpr std::uint64_t kClockCheck = 1024;  // steps between looks at the clock

Value joined(Alu& alu, const Value& a, LaneMask in_a, const Value& b, LaneMask in_b, std::uint64_t place) {
  return alu.join(a, in_a, b, in_b, place);
}

}  // namespace

bool Engine::out_of_budget(const Frame&) {
  if (spent_ || root_spent_) return true;
  ++steps_;
  ++root_steps_;
  if (root_steps_ > budget_.steps_per_root) root_spent_ = true;
  if (steps_ > budget_.steps || alu.bytes() > budget_.lane_bytes) spent_ = true;
  if (steps_ % kClockCheck == 0 && processor_time() - start_ > std::chrono::milliseconds(budget_.milliseconds)) spent_ = true;
  if (root_spent_ || spent_)
    now_.record.reason(
        fmt::format("the budget of steps was spent in the function at 0x{:x}", stack_.empty() ? pc_ : stack_.front()->entry));
  return spent_ || root_spent_;
}

void Engine::join(State& into, State&& s, std::uint64_t place) {
  const LaneMask a = into.mask, b = s.mask, before = alu.mask;
  for (std::size_t i = 0; i < into.r.size(); ++i) into.r[i] = joined(alu, into.r[i], a, s.r[i], b, mix(place, i));
  if (!into.xmm.same(s.xmm) && into.xmm.get() != nullptr && s.xmm.get() != nullptr) {
    auto& x = into.xmm.write().r;
    const auto& y = s.xmm.get()->r;
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t k = 0; k < 2; ++k) x[i][k] = joined(alu, x[i][k], a, y[i][k], b, mix(place, i, k));
  }
  const auto plain = [&](State& t) {
    if (t.flags.kind == Flags::Kind::result) return;
    alu.mask = t.mask;
    const Value cf = condition(t, 2), of = condition(t, 0);
    t.flags = {Flags::Kind::result, t.flags.bits, constant(0), constant(0), t.flags.r, cf, of};
  };
  if (into.flags.kind != s.flags.kind || into.flags.bits != s.flags.bits) {
    plain(into);
    plain(s);
    into.flags.bits = s.flags.bits = std::max(into.flags.bits, s.flags.bits);
  }
  for (const auto field : {&Flags::a, &Flags::b, &Flags::r, &Flags::cf, &Flags::of})
    into.flags.*field = joined(alu, into.flags.*field, a, s.flags.*field, b, mix(place, 99));
  into.memory.join(alu, a, s.memory, b, place, [&](Term t, unsigned n) { return initial(t, n); });
  for (const LoopCount& l : s.loops) {
    const auto it = std::find_if(into.loops.begin(), into.loops.end(), [&](const LoopCount& x) { return x.head == l.head; });
    if (it == into.loops.end()) {
      into.loops.push_back(l);
    } else {
      it->rounds = std::max(it->rounds, l.rounds);
      it->latch = std::max(it->latch, l.latch);
      it->open = it->open || l.open;
    }
  }
  into.mask = a | b;
  alu.mask = before;
}

/// What the straight way from here to a return puts into the result register last; nothing when there is no such way.
const Operand* Engine::result_at(std::uint32_t pc) {
  constexpr unsigned kMost = 16;
  const auto known = results_.find(pc);
  if (known != results_.end()) return known->second.type == Operand::Type::none ? nullptr : &known->second;
  Operand found;
  for (std::uint32_t n = 0, rva = pc; n < kMost; ++n) {
    const Insn& i = decoder_.at(rva);
    if (!i.valid() || (i.flow != Flow::next && i.flow != Flow::ret)) break;
    if (i.flow == Flow::ret)
      return &(results_[pc] = found.type == Operand::Type::none ? Operand{.type = Operand::Type::gpr, .bytes = 4, .reg = kAx} : found);
    const bool result = i.mnemonic == ZYDIS_MNEMONIC_MOV && i.op[0].type == Operand::Type::gpr && i.op[0].reg == kAx && i.op[0].bytes >= 4;
    const bool first = found.type == Operand::Type::none;
    if (result && first && (i.op[1].type == Operand::Type::gpr || (i.op[1].type == Operand::Type::memory && i.op[1].index < 0)))
      found = i.op[1];
    else if (!first || result)
      if (i.op[0].type == Operand::Type::gpr && i.op[0].reg == kAx) break;
    rva += i.length;
  }
  results_[pc] = {};
  return nullptr;
}

/// Ways that carry different results, of which one may have no version to show, stay apart until a branch has looked.
std::optional<std::uint64_t> Engine::result_tag(std::uint32_t pc, State& s, State& other) {
  if (touched_ == 0 || s.tag != 0 || (s.mask & other.mask) == 0) return std::nullopt;
  const LaneMask before = alu.mask;
  const Operand* o = result_at(pc);
  const auto value = [&](State& x) {
    alu.mask = x.mask;
    return o != nullptr ? alu.truncate(read_operand(x, *o), 32) : x.r[kAx];
  };
  const Value mine = value(s), theirs = value(other);
  alu.mask = before;
  const bool apart = mine.uniform() && theirs.uniform() && mine.all.number() && theirs.all.number() && mine.all.off != theirs.all.off;
  return apart ? std::optional(mix(0x7A7, mine.all.off)) : std::nullopt;
}

void Engine::enter(Frame& f, std::uint32_t pc, State s) {
  const Frame::Place place{pc, s.tag};
  const auto it = f.pending.find(place);
  if (it == f.pending.end()) {
    f.pending.emplace(place, std::move(s));
    return;
  }
  if (const auto tag = result_tag(pc, s, it->second)) {
    s.tag = *tag;
    return enter(f, pc, std::move(s));
  }
  join(it->second, std::move(s), mix(f.entry, pc));
}

void Engine::leave_loops(State& s, std::uint32_t pc) const {
  std::erase_if(s.loops, [&](const LoopCount& l) { return pc < l.head || pc > l.latch; });
}

void Engine::widen(Frame& f, std::uint32_t head, State& s) {
  const auto it = f.heads.find({head, s.mask});
  if (it == f.heads.end()) return;
  const State& before = it->second;
  const auto summary = [&](std::uint64_t place, const Value& old, const Value& now) {
    if (alu.same(old, now, s.mask)) return now;
    return alu.each([&](unsigned k) {
      const Term x = old.at(k), y = now.at(k);
      if (x == y) return y;
      if (kind_of(x.sym) == Kind::widened && !x.number()) return x;
      return Term{make_sym(Kind::widened, 64, hash_of(hash_of(mix(place, head), x), y)), 0};
    });
  };
  alu.mask = s.mask;
  for (std::size_t i = 0; i < s.r.size(); ++i) s.r[i] = summary(i, before.r[i], s.r[i]);
  if (!s.xmm.same(before.xmm) && before.xmm.get() != nullptr)
    for (std::size_t i = 0; i < 16; ++i)
      for (std::size_t k = 0; k < 2; ++k) s.xmm.write().r[i][k] = summary(mix(i, k, 7), before.xmm.get()->r[i][k], s.xmm.get()->r[i][k]);
  for (const auto field : {&Flags::a, &Flags::b, &Flags::r, &Flags::cf, &Flags::of})
    s.flags.*field = summary(98, before.flags.*field, s.flags.*field);
  s.flags.kind = before.flags.kind;
  s.flags.bits = before.flags.bits;
  s.memory.widen(
      alu, before.memory, s.mask, [&](Term t, unsigned n) { return initial(t, n); },
      [&](Term at, const Value& old, const Value& now) { return summary(mix(at.sym, at.off), old, now); });
}

bool Engine::back_edge(Frame& f, std::uint32_t from, std::uint32_t head, State& s) {
  if (++f.visits[head] > kMostVisits) {
    // Its summary was gone through many times. Where no version is at hand nothing new can come of it.
    if (touched_ == f.touched) return false;
    now_.record.reason(fmt::format("a loop at 0x{:x} went round too often", head));
    return false;
  }
  auto it = std::find_if(s.loops.begin(), s.loops.end(), [&](const LoopCount& l) { return l.head == head; });
  if (it == s.loops.end()) it = s.loops.insert(s.loops.end(), {head, from, 0, false});
  it->latch = std::max(it->latch, from);
  ++it->rounds;
  it->open = it->open || f.visits[head] > kManyVisits;
  const auto same = [&](const State& old) {
    if (s.flags.kind != old.flags.kind) return false;
    for (std::size_t i = 0; i < s.r.size(); ++i)
      if (!alu.same(s.r[i], old.r[i], s.mask)) return false;
    return s.memory.same(alu, old.memory, s.mask);
  };
  const auto known = f.heads.find({head, s.mask});
  if (known != f.heads.end()) {
    if (same(known->second)) return false;
    if ((it->open && it->rounds > kOpenRounds) || it->rounds > kMostRounds || f.visits[head] > kManyVisits) {
      widen(f, head, s);
      if (same(known->second)) return false;
    }
    known->second = s;
    return true;
  }
  f.heads.emplace(std::pair{head, s.mask}, s);
  return true;
}

/// Does a way lead from `head` to the jump back at `from`? Compilers also jump back to code that is shared and goes round nowhere.
bool Engine::goes_round(std::uint32_t from, std::uint32_t head) {
  constexpr std::size_t kMostInsns = 4000;
  const auto known = rounds_.find({from, head});
  if (known != rounds_.end()) return known->second;
  bool& round = rounds_[{from, head}] = true;
  std::unordered_set<std::uint32_t> seen;
  std::vector<std::uint32_t> left = {head};
  while (!left.empty()) {
    const std::uint32_t rva = left.back();
    left.pop_back();
    if (!seen.insert(rva).second) continue;
    const Insn& i = decoder_.at(rva);
    const Operand& to = i.op[0];
    const bool table = i.flow == Flow::jump && !i.target && !(to.type == Operand::Type::memory && to.base < 0 && to.index < 0);
    // What is not worked out may lead anywhere; a jump through a slot of the imports leaves the function.
    if (rva == from || seen.size() > kMostInsns || table) return true;
    if (!i.valid() || i.flow == Flow::ret || i.flow == Flow::stop) continue;
    if (i.target && (i.flow == Flow::jump || i.flow == Flow::branch)) left.push_back(*i.target);
    if (i.flow != Flow::jump) left.push_back(rva + i.length);
  }
  return round = false;
}

void Engine::jump_to(Frame& f, std::uint32_t from, std::uint32_t to, State s) {
  leave_loops(s, to);
  // Exceptions may lead round where no jump does.
  const bool round = to <= from && (goes_round(from, to) || ++f.visits[to] > kPlainVisits);
  if (round && !back_edge(f, from, to, s)) return;
  enter(f, to, std::move(s));
}

void Engine::note_possible(std::uint32_t pc, const Value& condition, LaneMask lanes) {
  std::vector<std::pair<std::uint64_t, LaneMask>> groups;
  for (unsigned k = 0; k < alu.count(); ++k) {
    if ((lanes >> k & 1) == 0) continue;
    const std::uint64_t sym = condition.at(k).sym;
    const auto it = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == sym; });
    if (it == groups.end())
      groups.emplace_back(sym, lane_bit(k));
    else
      it->second |= lane_bit(k);
  }
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (std::size_t k = i + 1; k < groups.size(); ++k) now_.record.possible(groups[i].second, groups[k].second, pc);
}

void Engine::branch(Frame& f, std::uint32_t pc, const Insn& insn, State s) {
  Value c;
  if (insn.condition >= 0) {
    c = condition(s, static_cast<unsigned>(insn.condition));
  } else {
    // jecxz, loop: by the count register.
    const bool loops =
        insn.mnemonic != ZYDIS_MNEMONIC_JCXZ && insn.mnemonic != ZYDIS_MNEMONIC_JECXZ && insn.mnemonic != ZYDIS_MNEMONIC_JRCXZ;
    if (loops) s.r[kCx] = alu.binary(Op::sub, s.r[kCx], constant(1), word_ * 8);
    c = alu.map(s.r[kCx], [&](Term t) {
      return t.number() ? number(((t.off & mask_of(word_ * 8)) == 0) != loops ? 1 : 0) : unknown(Op::cond, 8, hash_of(loops ? 1 : 2, t));
    });
  }
  LaneMask yes = 0, no = 0, open = 0;
  for (unsigned k = 0; k < alu.count(); ++k) {
    if ((s.mask >> k & 1) == 0) continue;
    const Term t = c.at(k);
    (t.number() ? (t.off != 0 ? yes : no) : open) |= lane_bit(k);
  }
  const std::uint32_t next = pc + insn.length, to = *insn.target;
  s.tag = 0;
  if (open != 0) {
    for (LoopCount& l : s.loops) {
      const auto inside = [&](std::uint32_t at) { return at >= l.head && at <= l.latch; };
      if (inside(next) != inside(to)) l.open = true;
    }
    if (!c.uniform()) note_possible(pc, c, open);
  }
  if (ladder_.clock && (insn.condition >= 12 || insn.condition == 8 || insn.condition == 9))
    signed_compare(pc, s, static_cast<unsigned>(insn.condition));
  if (ladder_.clock && word_ == 8 && (insn.condition == 2 || insn.condition == 3 || insn.condition == 6 || insn.condition == 7))
    unsigned_compare(pc, s);
  if (yes != 0 && no != 0) note_split(f, pc, insn, s, yes, no);
  if ((no | open) != 0 && (yes | open) != 0) {
    State taken = s;
    taken.mask = yes | open;
    s.mask = no | open;
    leave_loops(s, next);
    enter(f, next, std::move(s));
    jump_to(f, pc, to, std::move(taken));
    return;
  }
  if ((yes | open) != 0) return jump_to(f, pc, to, std::move(s));
  leave_loops(s, next);
  enter(f, next, std::move(s));
}

/// How many entries a jump table has, by the comparison before the jump; very many when none is found.
std::uint64_t Engine::table_bound(std::uint32_t pc) {
  constexpr std::uint32_t kBefore = 4096;
  constexpr std::uint64_t kUnbounded = ~std::uint64_t{0}, kMost = 4096;
  std::uint64_t bound = kUnbounded, compared = kUnbounded;
  for (std::uint32_t rva = std::max(functions_.of(pc), pc > kBefore ? pc - kBefore : 0); rva < pc;) {
    const Insn& i = decoder_.at(rva);
    if (!i.valid()) return kUnbounded;
    const bool test = (i.mnemonic == ZYDIS_MNEMONIC_CMP || i.mnemonic == ZYDIS_MNEMONIC_SUB) && i.op[1].type == Operand::Type::immediate &&
                      i.op[1].value < kMost;
    if (test) compared = i.op[1].value;
    const bool above = i.condition == 6 || i.condition == 7, below = i.condition == 2 || i.condition == 3;
    if (i.flow == Flow::branch && compared != kUnbounded && (above || below)) bound = compared + (above ? 1 : 0);
    if (i.flow == Flow::jump || i.flow == Flow::ret) compared = bound = kUnbounded;
    if (i.flow == Flow::branch) compared = kUnbounded;
    rva += i.length;
  }
  return bound;
}

void Engine::table_jump(Frame& f, std::uint32_t pc, Term target, const State& s) {
  constexpr std::uint64_t kMostEntries = 2048;
  const auto it = table_reads_.find(target.sym);
  const std::uint32_t function = functions_.solid(pc);
  std::set<std::uint32_t> targets;
  const auto base = it != table_reads_.end() ? program_.rva_of(it->second.base) : std::nullopt;
  const std::uint64_t room = base ? (functions_.mentioned_behind(*base) - *base) / it->second.size : 0;
  const std::uint64_t entries = std::min({kMostEntries, table_bound(pc), room});
  for (std::uint64_t i = 0; i < entries; ++i) {
    const auto rva = program_.rva_of(it->second.base + i * it->second.size);
    const auto entry = rva ? program_.read(*rva, it->second.size) : std::nullopt;
    if (!entry) break;
    const std::uint64_t value = word_ == 8 && it->second.size == 4 ? sign_extend(*entry, 32) : *entry;
    const auto to = program_.rva_of((value + target.off) & mask_of(word_ * 8));
    const Extent* e = to ? program_.extent(*to) : nullptr;
    if (e == nullptr || !e->executable || functions_.solid(*to) != function) break;
    targets.insert(*to);
  }
  if (targets.empty()) now_.record.reason(fmt::format("a jump at 0x{:x} goes to an address that was not worked out", pc));
  for (const std::uint32_t to : targets) jump_to(f, pc, to, s);
}

void Engine::indirect_jump(Frame& f, std::uint32_t pc, const Insn& insn, State s) {
  const Value target = read_operand(s, insn.op[0]);
  LaneMask left = s.mask, first = 0;
  while (left != 0) {
    LaneMask group = 0;
    Term to;
    for (unsigned k = 0; k < alu.count(); ++k) {
      if ((left >> k & 1) == 0) continue;
      if (group == 0) to = target.at(k);
      if (target.at(k) == to) group |= lane_bit(k);
    }
    if (first == 0) first = group;
    left &= ~group;
    State part = s;
    part.mask = alu.mask = group;
    const auto rva = to.number() ? program_.rva_of(to.off) : std::nullopt;
    if (rva)
      jump_to(f, pc, *rva, std::move(part));
    else if (kind_of(to.sym) == Kind::table && !to.number())
      table_jump(f, pc, to, part);
    else if (!is_function(kind_of(to.sym)) && !(part.r[kSp].uniform() && part.r[kSp].all == f.entry_stack))
      now_.record.reason(fmt::format("a jump at 0x{:x} goes to an address that was not worked out", pc));
    else if (external_call(f, pc, pc, part, to, true))
      enter_return(f, pc, std::move(part));
  }
  if (first != s.mask) {
    alu.mask = s.mask;
    Split split{pc, "a jump table is entered by the version", target.origin, first, s.mask & ~first, {}, {}};
    add_path(split, f);
    now_.record.split(split);
  }
}

void Engine::finish(Frame& f, State s) {
  constexpr std::size_t kMostExits = 6;
  s.loops.clear();
  const Term result = s.r[kAx].at(static_cast<unsigned>(std::countr_zero(s.mask)));
  const std::uint64_t key = s.r[kAx].uniform() && result.number() && f.exits.size() < kMostExits ? mix(0x7A6, result.off & 0xFFFFFFFF) : 0;
  const auto it = f.exits.find(key);
  s.tag = key;
  if (it == f.exits.end())
    f.exits.emplace(key, std::move(s));
  else
    join(it->second, std::move(s), mix(f.entry, 0xE517));
}

/// All states as one.
std::optional<State> Engine::one_of(std::vector<State> states, std::uint64_t place) {
  if (states.empty()) return std::nullopt;
  State out = std::move(states.front());
  for (std::size_t i = 1; i < states.size(); ++i) join(out, std::move(states[i]), place);
  out.tag = 0;
  return out;
}

void Engine::do_return(Frame& f, std::uint32_t pc, const Insn& insn, State s) {
  const Value target = pop(s, word_);
  if (insn.operands > 0 && insn.op[0].type == Operand::Type::immediate) s.r[kSp] = plus(s.r[kSp], insn.op[0].value);
  if (target.uniform() && target.all == f.return_address) return finish(f, std::move(s));
  if (target.uniform() && target.all.number()) {
    // Code that pushes an address and returns to it.
    const auto rva = program_.rva_of(target.all.off);
    const Extent* e = rva ? program_.extent(*rva) : nullptr;
    if (e != nullptr && e->executable) return jump_to(f, pc, *rva, std::move(s));
  }
  // A callee of unknown convention left the stack elsewhere: the caller's frame is where it was, and what a function has to give
  // back it gives back. Only a version in the lost frame would be missed.
  const std::uint64_t extra = insn.operands > 0 ? insn.op[0].value : 0;
  bool varying = false;
  s.memory.visit_near({f.entry_stack.sym, f.entry_stack.off - kFrame}, kFrame,
                      [&](Term, unsigned, const Value& v) { varying = varying || v.lanes != nullptr; });
  if (word_ == 8 && varying) now_.record.reason(fmt::format("the stack was lost before the return at 0x{:x}", pc));
  for (const int r : {+kBx, +kBp, +kSi, +kDi}) s.r[static_cast<std::size_t>(r)] = f.kept[static_cast<std::size_t>(r)];
  for (std::size_t r = 12; word_ == 8 && r < 16; ++r) s.r[r] = f.kept[r];
  s.r[kSp] = plus(Value(f.entry_stack), word_ + extra);
  finish(f, std::move(s));
}

void Engine::advance(Frame& f, std::uint32_t pc, State s) {
  for (;;) {
    if (!f.pending.empty() && f.pending.begin()->first <= Frame::Place{pc, s.tag}) return enter(f, pc, std::move(s));
    if (out_of_budget(f)) return;
    const Insn& insn = decoder_.at(pc);
    alu.mask = s.mask;
    pc_ = pc;
    if (!insn.valid()) {
      now_.record.reason(fmt::format("no code at 0x{:x}", pc));
      return;
    }
    switch (insn.flow) {
      case Flow::next: break;
      case Flow::stop: record_event(s, mix(0x570, pc)); return;
      case Flow::jump:
        if (insn.target) return jump_to(f, pc, *insn.target, std::move(s));
        return indirect_jump(f, pc, insn, std::move(s));
      case Flow::branch:
        if (insn.target) return branch(f, pc, insn, std::move(s));
        return;
      case Flow::call: return call(f, pc, insn, std::move(s));
      case Flow::ret: return do_return(f, pc, insn, std::move(s));
    }
    if (insn.mnemonic == ZYDIS_MNEMONIC_INT && insn.op[0].value == 0x29) return record_event(s, mix(0x29, pc));
    Stepper(*this, s, insn, pc).run();
    pc += insn.length;
    if (!s.loops.empty()) leave_loops(s, pc);
  }
}

std::vector<State> Engine::run(Frame& f, State s) {
  followed_.insert(f.entry);
  f.kept = s.r;
  f.touched = touched_;
  stack_.push_back(&f);
  enter(f, f.entry, std::move(s));
  while (!f.pending.empty()) {
    auto node = f.pending.extract(f.pending.begin());
    advance(f, node.key().first, std::move(node.mapped()));
    if (spent_ || root_spent_) break;
  }
  stack_.pop_back();
  std::vector<State> out;
  for (auto& [tag, state] : f.exits) {
    // Different lanes meet without loss.
    const auto apart = std::find_if(out.begin(), out.end(), [&](const State& x) { return (x.mask & state.mask) == 0; });
    if (apart == out.end()) {
      out.push_back(std::move(state));
      continue;
    }
    join(*apart, std::move(state), mix(f.entry, 0xE518));
    apart->tag = mix(apart->tag, tag);
  }
  if (out.size() == 1) out.front().tag = 0;
  return out;
}

}  // namespace tq::analysis
