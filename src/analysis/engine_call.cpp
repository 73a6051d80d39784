// Calls: into the program itself, out of it, and back into it.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "analysis/models/models.hpp"
#include "analysis/models/texts.hpp"
#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

constexpr unsigned kMostDepth = 48, kMostRecursion = 2;
constexpr std::uint64_t kWorthKeeping = 150;  // steps: shorter functions are simply followed again
constexpr std::uint64_t kPointee = 64;        // bytes behind a pointer that an unknown function may write
constexpr unsigned kGuessedArguments = 4;
constexpr std::array<int, 4> kArgumentRegisters = {kCx, kDx, 8, 9};

}  // namespace

Value Engine::argument(State& s, const CallSite& c, unsigned index) {
  const unsigned skip = c.tail ? 1 : 0;
  if (word_ == 8) {
    if (index < kArgumentRegisters.size()) return s.r[static_cast<std::size_t>(kArgumentRegisters[index])];
    return stack_argument(s, plus(s.r[kSp], std::uint64_t{8} * (index + skip)));
  }
  const auto arity = c.import != nullptr ? arity_of(c.import->name) : std::nullopt;
  if (arity && arity->register_call) {
    if (index < 2) return s.r[index == 0 ? kCx : kDx];
    index -= 2;
  }
  return read(s, plus(s.r[kSp], std::uint64_t{4} * (index + skip)), 4);
}

/// 32-bit arguments are stored as such: what lies above them is left over.
Value Engine::stack_argument(State& s, const Value& at) {
  const Value whole = read(s, at, 8);
  if (whole.uniform() && (whole.all.number() || bits_of(whole.all.sym) == 64) && kind_of(whole.all.sym) != Kind::plain) return whole;
  const Value low = read(s, at, 4);
  for (unsigned k = 0; k < alu.count(); ++k)
    if ((alu.mask >> k & 1) != 0 && (whole.at(k).number() || !low.at(k).number())) return whole;
  return low;
}

void Engine::place_arguments(State& s, const std::vector<Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (word_ == 8 && i < 4)
      s.r[static_cast<std::size_t>(kArgumentRegisters[i])] = values[i];
    else if (word_ == 4)
      s.memory.write(alu, plus(s.r[kSp], 4 * (i + 1)).all, 4, values[i]);
  }
}

std::uint64_t Engine::site_hash(const State& s, std::uint32_t rva) const {
  std::uint64_t h = mix(0x517E, rva);
  for (const LoopCount& l : s.loops)
    if (!l.open) h = mix(h, l.head, l.rounds);
  return h;
}

/// Does something that varies lie behind a pointer, or behind a pointer kept there?
bool Engine::points_to_varying(State& s, const Value& pointer, unsigned links) {
  constexpr std::uint64_t kSpan = 256;
  if (!pointer.uniform()) return true;
  const Term at = pointer.all;
  if (at.number() ? !program_.rva_of(at.off) : is_function(kind_of(at.sym))) return false;
  const bool frame = !at.number() && kind_of(at.sym) == Kind::stack;
  if (!at.number() && !frame && varying_bases_.contains(at.sym)) return true;
  bool found = false;
  s.memory.visit_near(at, frame || at.number() ? kSpan : 4 * kSpan, [&](Term, unsigned n, const Value& v) {
    found = found || v.lanes != nullptr;
    const bool linked = !found && links > 0 && n == word_ && !v.all.number() && !(v.all.sym == at.sym);
    if (linked) found = kind_of(v.all.sym) == Kind::stack ? points_to_varying(s, v, 0) : varying_bases_.contains(v.all.sym);
  });
  return found;
}

bool Engine::all_plain(State& s) {
  // Compilers pass arguments of their own functions in any register.
  for (const int r : {kAx, kCx, kDx})
    if (points_to_varying(s, s.r[static_cast<std::size_t>(r)], 1)) return false;
  for (unsigned i = 0; i < 6; ++i)
    if (points_to_varying(s, argument(s, CallSite{}, i), 1)) return false;
  return true;
}

std::vector<State> Engine::inline_call(Frame& f, std::uint32_t pc, std::uint32_t next, std::uint32_t callee, State s) {
  Frame g;
  g.entry = callee;
  g.call_site = pc;
  g.caller = &f;
  g.depth = f.depth + 1;
  g.return_address = number(program_.base() + next);
  const LaneMask lanes = s.mask;
  push(s, Value(g.return_address), word_);
  g.entry_stack = s.r[kSp].at(static_cast<unsigned>(std::countr_zero(s.mask)));
  const std::uint64_t steps = steps_, touched = touched_, tag = s.tag;
  const auto loops = std::move(s.loops);
  s.loops.clear();
  s.tag = 0;
  auto exits = run(g, std::move(s));
  LaneMask out = 0;
  for (State& x : exits) {
    out |= x.mask;
    x.loops = loops;
    if (exits.size() == 1) x.tag = tag;
  }
  if (steps_ - steps > kWorthKeeping && touched_ == touched && out == lanes) neutral_.insert(callee);
  return exits;
}

void Engine::clobber(State& s, std::uint64_t h) {
  for (const int r : {1, 2, 8, 9, 10, 11})
    if (r < 8 || word_ == 8) s.r[static_cast<std::size_t>(r)] = fresh(Kind::result, mix(h, static_cast<std::uint64_t>(r)));
  s.flags.kind = Flags::Kind::result;
  s.flags.a = s.flags.b = constant(0);
  s.flags.r = s.flags.cf = s.flags.of = Value(unknown(Op::cond, 8, h));
}

void Engine::opaque_call(Frame&, std::uint32_t pc, const Insn&, State& s, Term target) {
  const std::uint64_t h = hash_of(site_hash(s, pc), target);
  CallSite c{pc, nullptr, false, nullptr};
  record_event(s, h);
  for (unsigned i = 0; i < kGuessedArguments; ++i) havoc_pointee(s, c, argument(s, c, i), i);
  const Value result = alu.each([&](unsigned k) {
    return Term{make_sym(Kind::result, word_ * 8, hash_of(hash_of(h, argument(s, c, 0).at(k)), argument(s, c, 1).at(k))), 0};
  });
  // A callee that takes its arguments off the stack says so at its return.
  if (word_ == 4 && target.number())
    if (const auto rva = program_.rva_of(target.off)) s.r[kSp] = plus(s.r[kSp], popped_by(*rva));
  clobber(s, h);
  set_result(s, result);
}

std::uint64_t Engine::popped_by(std::uint32_t callee) {
  const auto known = popped_.find(callee);
  return known != popped_.end() ? known->second : popped_[callee] = stack_given_back(callee);
}

std::uint64_t Engine::stack_given_back(std::uint32_t callee) const {
  std::uint32_t rva = callee;
  for (unsigned n = 0; n < 4000; ++n) {
    const Insn i = decoder_.decode(rva);
    if (!i.valid()) return 0;
    if (i.flow == Flow::ret) return i.operands > 0 ? i.op[0].value : 0;
    rva += i.length;
  }
  return 0;
}

void Engine::havoc_pointee(State& s, const CallSite& c, const Value& pointer, unsigned index) {
  if (!pointer.uniform() || pointer.all.number()) return;
  const Kind kind = kind_of(pointer.all.sym);
  if (kind != Kind::stack && kind != Kind::object) return;
  const std::uint64_t h = mix(site_hash(s, c.rva), index, 0xAB0C);
  const auto known = c.import != nullptr ? bytes_written(c.import->name, index, word_) : std::nullopt;
  const std::uint64_t most = known.value_or(kPointee);
  const std::uint64_t stop = kind == Kind::stack && c.frame != nullptr && c.frame->entry_stack.off > pointer.all.off
                                 ? c.frame->entry_stack.off - pointer.all.off
                                 : most;
  if (most == 0) return;
  s.memory.change(pointer.all, std::min(most, stop), [&](Term at, unsigned n, const Value& old) {
    // Behind the first word only numbers are given up: a pointer or a version there belongs to another variable.
    const bool plain = old.uniform() && old.all.number();
    if (!plain && at.off >= pointer.all.off + word_) return old;
    // What the function writes may be made from what it reads there.
    Value v = alu.map(old, [&](Term t) { return Term{make_sym(Kind::result, n * 8, hash_of(mix(h, at.off), t)), 0}; });
    v.origin = old.origin;
    return v;
  });
  const unsigned first = most < word_ ? 4 : word_;
  if (index != ~0u) s.memory.write(alu, pointer.all, first, read_or_result(s, pointer.all, first, h));
}

/// The cell at a pointer that was handed out: what is there now, or an unknown when nothing ever was.
Value Engine::read_or_result(State& s, Term at, unsigned size, std::uint64_t h) {
  bool unset = false;
  const Value v =
      s.memory.read(alu, at, size, [&](Term, unsigned n) { return unset = true, Value(Term{make_sym(Kind::result, n * 8, h), 0}); });
  return v;
}

unsigned Engine::pushed_words(std::uint32_t pc, std::uint32_t next) {
  const auto known = guesses_.find(pc);
  return known != guesses_.end() ? known->second : guesses_[pc] = counted_pushes(pc, next);
}

unsigned Engine::counted_pushes(std::uint32_t pc, std::uint32_t next) const {
  const Insn after = decoder_.decode(next);
  // cdecl: the caller cleans up, so the callee pops nothing; gcc gives back at once what a stdcall callee popped.
  if (after.mnemonic == ZYDIS_MNEMONIC_ADD && after.op[0].reg == kSp && after.op[0].type == Operand::Type::gpr) return 0;
  if (after.mnemonic == ZYDIS_MNEMONIC_SUB && after.op[0].reg == kSp && after.op[0].type == Operand::Type::gpr && after.op[1].value <= 64)
    return static_cast<unsigned>(after.op[1].value / 4);
  unsigned pushes = 0;
  std::uint32_t rva = std::max(functions_.of(pc), pc > 64 ? pc - 64 : 0);
  for (; rva < pc;) {
    const Insn i = decoder_.decode(rva);
    if (!i.valid()) break;
    if (i.mnemonic == ZYDIS_MNEMONIC_PUSH)
      ++pushes;
    else if (i.flow != Flow::next)
      pushes = 0;
    rva += i.length;
  }
  return pushes;
}

void Engine::generic(State& s, const CallSite& c) {
  const unsigned arguments = c.arguments;
  const std::string name = c.import != nullptr ? c.import->name : "an unknown function";
  external_event(s, c, name, arguments);
  if (looks_behind_pointers(name) && text_lost(*this, s, c)) return;
  std::vector<Value> values;
  for (unsigned i = 0; i < arguments; ++i) values.push_back(argument(s, c, i));
  const std::uint64_t h = mix(site_hash(s, c.rva), std::hash<std::string>{}(name));
  const bool printer = is_printer(name);
  const Value result = printer ? fresh(Kind::result, h) : alu.each([&](unsigned k) {
    std::uint64_t own = h;
    for (const Value& v : values) own = hash_of(own, v.copy || kind_of(v.at(k).sym) == Kind::mixed ? number(0) : v.at(k));
    return Term{make_sym(Kind::result, word_ * 8, own), 0};
  });
  if (!printer)
    for (unsigned i = 0; i < arguments; ++i) havoc_pointee(s, c, values[i], i);
  for (unsigned i = 0; i < arguments && !ladder_.clock; ++i) {
    if (!values[i].uniform() || !values[i].all.number()) continue;
    const auto rva = program_.rva_of(values[i].all.off);
    if (rva && functions_.is_start(*rva)) callback(s, c, *rva, values, i);
  }
  set_result(s, result);
}

/// A function handed to somebody else: it is called with what was handed along, once as its first and once as its second argument.
void Engine::callback(State& s, const CallSite& c, std::uint32_t target, std::span<const Value> arguments, unsigned position) {
  Value context = constant(0);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Value& v = arguments[i];
    const bool pointer = !v.uniform() || (!v.all.number() && !is_function(kind_of(v.all.sym)) && kind_of(v.all.sym) != Kind::result) ||
                         (v.all.number() && program_.rva_of(v.all.off));
    if (i != position && pointer && (i > position || context.is_null())) {
      context = v;
      if (i > position) break;
    }
  }
  now_.callbacks.insert(target);
  // These hand the routine their first argument, too: it may find its structure by where that lies.
  const bool first_too = c.import != nullptr && (c.import->name == "KeInitializeDpc" || c.import->name == "KeInitializeThreadedDpc" ||
                                                 c.import->name == "IoInitializeTimer");
  const Value first = first_too && !arguments.empty() ? arguments.front() : context;
  const bool lasting =
      first.uniform() && context.uniform() && kind_of(first.all.sym) != Kind::stack && kind_of(context.all.sym) != Kind::stack;
  if (first_too && lasting) now_.callback_arguments.try_emplace(target, std::vector<Value>{first, context});
  if (!relevant_.contains(target) && all_plain(s) && s.mask == all_lanes_) {
    const bool varying = std::any_of(arguments.begin(), arguments.end(), [](const Value& v) { return v.lanes != nullptr; });
    if (!varying && !points_to_varying(s, context, 1)) return;
  }
  if (stack_.size() > kMostDepth || std::any_of(stack_.begin(), stack_.end(), [&](const Frame* f) { return f->entry == target; })) return;
  State branch = s;
  const Value other = fresh(Kind::result, mix(site_hash(s, c.rva), target));
  if (word_ == 4) branch.r[kSp] = alu.binary(Op::sub, branch.r[kSp], constant(64), 32);
  Frame g;
  g.entry = target;
  g.call_site = c.rva;
  g.caller = c.frame;
  g.depth = c.frame != nullptr ? c.frame->depth + 1 : 1;
  g.return_address = Term{make_sym(Kind::api, word_ * 8, 0xCB), 0};

  branch.r[kSp] = alu.binary(Op::sub, branch.r[kSp], constant(word_ == 8 ? 40 : 32), word_ * 8);
  push(branch, Value(g.return_address), word_);
  g.entry_stack = branch.r[kSp].all;
  place_arguments(branch, {first, context, context, other});
  branch.loops.clear();
  branch.tag = 0;
  const std::uint64_t context_before = now_.record.context();
  now_.record.context(mix(context_before, c.rva, target));
  auto exits = run(g, std::move(branch));
  for (const State& x : exits) {
    alu.mask = x.mask;
    return_event(target, x);
  }
  now_.record.context(context_before);
  const auto exit = one_of(std::move(exits), mix(target, 0xCB));
  alu.mask = s.mask;
  if (!exit) return;
  // It may be called now, later or never; what it wrote counts.
  const auto kept = s.r;
  const auto loops = s.loops;
  if (exit->mask == s.mask)
    s.memory = exit->memory;
  else
    s.memory.join(alu, s.mask & ~exit->mask, exit->memory, exit->mask, mix(target, 0xCC),
                  [&](Term t, unsigned n) { return initial(t, n); });
  s.r = kept;
  s.loops = loops;
  alu.mask = s.mask;
}

const ImportSlot* Engine::slot_of(Term target) const {
  // The place of WdfObjectGetTypedContextWorker in the table of KMDF 1.x, which the loader fills in. Source: wdffuncenum.h.
  constexpr std::uint64_t kTypedContext = 202;
  static const ImportSlot typed_context{"wdf01000.sys", "WdfObjectGetTypedContextWorker"};
  if (target.off != 0) return nullptr;
  if (const auto slot = api_slots_.find(target.sym); slot != api_slots_.end()) return &slot->second;
  const auto load = loads_.find(target.sym);
  const bool in_table = load != loads_.end() && load->second.first != 0 && load->second.second == kTypedContext * word_;
  return in_table && uses_framework_ ? &typed_context : nullptr;
}

bool Engine::external_call(Frame& f, std::uint32_t pc, std::uint32_t next, State& s, Term target, bool tail) {
  CallSite c{pc, slot_of(target), tail, &f};
  const std::string name = c.import != nullptr ? c.import->name : "";
  if (is_noreturn(name)) {
    external_event(s, c, name, 2);
    return false;
  }
  const auto arity = arity_of(name);
  const bool unknown_form = word_ == 4 && !tail && !(c.import != nullptr && is_run_time(c.import->dll));
  unsigned words = arity ? arity->words : unknown_form ? pushed_words(pc, next) : 0;
  high_.reset();
  c.arguments = arity        ? arity->words + (arity->register_call ? 2 : 0)
                : word_ == 4 ? std::max(words, kGuessedArguments / 2)
                             : guessed_arguments(pc);
  if (const Model* m = c.import != nullptr ? model_of(name, ladder_.clock) : nullptr)
    m->apply(*this, s, c);
  else
    generic(s, c);
  clobber(s, site_hash(s, pc));
  if (high_) s.r[kDx] = *high_;
  if (word_ == 4 && words > 0) {
    const Value back = read(s, s.r[kSp], 4);
    s.r[kSp] = plus(s.r[kSp], std::uint64_t{4} * words);
    // A jump leaves the return address above its arguments.
    if (tail) write(s, s.r[kSp], 4, back);
  }
  return true;
}

/// Argument registers written shortly before a call of unknown arity.
unsigned Engine::guessed_arguments(std::uint32_t pc) {
  const auto known = guesses_.find(pc);
  if (known != guesses_.end()) return known->second;
  unsigned set = 0;
  std::uint32_t rva = std::max(functions_.of(pc), pc > 40 ? pc - 40 : 0);
  for (; rva < pc;) {
    const Insn i = decoder_.decode(rva);
    if (!i.valid()) break;
    if (i.flow != Flow::next) set = 0;
    for (unsigned k = 0; k < kArgumentRegisters.size(); ++k)
      if (i.op[0].type == Operand::Type::gpr && i.op[0].reg == kArgumentRegisters[k] && i.mnemonic != ZYDIS_MNEMONIC_CMP &&
          i.mnemonic != ZYDIS_MNEMONIC_TEST)
        set |= 1u << k;
    rva += i.length;
  }
  return guesses_[pc] = static_cast<unsigned>(std::countr_one(set));
}

void Engine::enter_return(Frame& f, std::uint32_t pc, State s) {
  Insn plain;
  plain.mnemonic = ZYDIS_MNEMONIC_RET;
  do_return(f, pc, plain, std::move(s));
}

void Engine::call_target(Frame& f, std::uint32_t pc, const Insn& insn, State s, const Value& target) {
  const std::uint32_t next = pc + insn.length;
  const Term to = target.at(static_cast<unsigned>(std::countr_zero(s.mask)));
  alu.mask = s.mask;
  const auto rva = to.number() ? program_.rva_of(to.off) : std::nullopt;
  const Extent* e = rva ? program_.extent(*rva) : nullptr;
  if (e == nullptr || !e->executable) {
    if (to.number() || !is_function(kind_of(to.sym))) note_unresolved(pc, s);
    if (external_call(f, pc, next, s, to, false)) enter_next(f, pc, next, std::move(s));
    return;
  }
  const auto again = std::count_if(stack_.begin(), stack_.end(), [&](const Frame* x) { return x->entry == *rva; });
  const bool deep = stack_.size() >= kMostDepth || static_cast<unsigned>(again) >= kMostRecursion;
  constexpr std::uint32_t kSmall = 300;  // bytes: such helpers are cheaper to follow than to sum up
  constexpr std::size_t kHelperDepth = 4;
  constexpr std::uint64_t kHelperSteps = 50'000;
  // A jump to an import is that import.
  const Insn& head = decoder_.at(*rva);
  const bool thunk = head.flow == Flow::jump && !head.target;
  const bool aside =
      !thunk && (neutral_.contains(*rva) || (!relevant_.contains(*rva) && (functions_.size_of(*rva) > kSmall ||
                                                                           stack_.size() > kHelperDepth || root_steps_ > kHelperSteps)));
  if (deep || (aside && all_plain(s))) {
    if (deep && !all_plain(s)) now_.record.reason(fmt::format("calls nest too deep at 0x{:x}", pc));
    opaque_call(f, pc, insn, s, to);
    return enter_next(f, pc, next, std::move(s));
  }
  for (State& x : inline_call(f, pc, next, *rva, std::move(s))) enter_next(f, pc, next, std::move(x));
}

/// The version itself handed to a function that was not worked out: what it does with it is not known.
void Engine::note_unresolved(std::uint32_t pc, State& s) {
  const CallSite c{pc, nullptr, false, nullptr};
  const unsigned n = word_ == 8 ? guessed_arguments(pc) : std::min(pushed_words(pc, pc), 4u);
  for (unsigned i = 0; i < n; ++i)
    if (const Value v = argument(s, c, i); v.copy && alu.varies(v))
      now_.record.reason(fmt::format("the version is handed to a function that was not worked out at 0x{:x}", pc));
}

void Engine::call(Frame& f, std::uint32_t pc, const Insn& insn, State s) {
  const std::uint32_t next = pc + insn.length;
  if (insn.target) {
    if (*insn.target == next) {
      push(s, constant(program_.base() + next), word_);
      return enter(f, next, std::move(s));
    }
    return call_target(f, pc, insn, std::move(s), constant(program_.base() + *insn.target));
  }
  const Value target = read_operand(s, insn.op[0]);
  LaneMask left = s.mask;
  bool parted = false;
  while (left != 0) {
    const Term to = target.at(static_cast<unsigned>(std::countr_zero(left)));
    LaneMask group = 0;
    for (unsigned k = 0; k < alu.count(); ++k)
      if ((left >> k & 1) != 0 && target.at(k) == to) group |= lane_bit(k);
    left &= ~group;
    if (left == 0 && !parted) return call_target(f, pc, insn, std::move(s), target);
    if (!parted) {
      Split split{pc, "a function is chosen by the version", target.origin, group, left, {}, {}};
      add_path(split, f);
      now_.record.split(split);
    }
    parted = true;
    State part = s;
    part.mask = group;
    call_target(f, pc, insn, std::move(part), Value(to));
  }
}

}  // namespace tq::analysis
