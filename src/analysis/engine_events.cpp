// What can be seen from outside, lane by lane: calls out of the program, stores outside of frames, results.
#include <algorithm>
#include <bit>
#include <span>

#include "analysis/models/models.hpp"
#include "analysis/stepper.hpp"

namespace tq::analysis {

void Engine::record_event(const State& s, std::uint64_t hash) {
  if (s.mask != all_lanes_) now_.record.event(hash, s.mask);
}

/// A number as one lane shows it: where the lane's own build stands in it, all lanes show the same.
static std::uint64_t shown_number(std::uint64_t v, const Rung& r) {
  constexpr std::uint64_t kBuild = 0xB1D;
  const std::uint64_t low = v & 0xFFFFFFFF, high = v >> 32;
  if (high != 0) return mix(shown_number(low, r), shown_number(high, r));
  if (low == r.build || low == (0xF0000000u | r.build)) return kBuild;
  if (low >> 16 == r.build) return mix(kBuild, 1, low & 0xFFFF);
  if ((low & 0xFFFF) == r.build) return mix(kBuild, 2, low >> 16);
  return mix(3, low);
}

std::uint64_t Engine::shown_term(const Value& v, Term t, unsigned lane) {
  if (v.uniform()) return t.number() ? mix(3, t.off) : hash_of(1, t);
  if (t.number()) return shown_number(t.off, ladder_.rungs[lane]);
  const Kind k = kind_of(t.sym);
  if (k == Kind::joined || loads_.contains(t.sym)) return hash_of(1, t);
  if (k == Kind::plain || k == Kind::widened) note_unclear(v);
  return 3;
}

/// May the value be `t` in all lanes?
bool Engine::may_be_everywhere(const Value& v, Term t) const {
  for (LaneMask left = alu.mask; left != 0; left &= left - 1) {
    const auto ways = alu.alternatives(v.at(static_cast<unsigned>(std::countr_zero(left))));
    if (std::find(ways.begin(), ways.end(), t) == ways.end()) return false;
  }
  return true;
}

/// How one lane shows a value: a version itself is shown alike by all lanes, and so is what was computed from it and something
/// unknown. What was loaded from different places is different. What is one of a few numbers is shown as each of them: whether the ways
/// to them met before is no difference.
std::vector<std::uint64_t> Engine::shown(const Value& v, unsigned lane) {
  if (!v.uniform() && v.copy) return {2};
  std::vector<std::uint64_t> out;
  for (const Term t : alu.alternatives(v.at(lane))) {
    // An unknown that every lane may show is no difference, and no question.
    const bool common = !t.number() && !v.uniform() && may_be_everywhere(v, t);
    out.push_back(common ? hash_of(1, t) : shown_term(v, t, lane));
  }
  return out;
}

/// Lanes show unknowns with different names: they may or may not be equal.
void Engine::note_unclear(const Value& v) {
  const auto name = [&](unsigned k) { return Term{v.at(k).sym, 0}; };
  const Value names = alu.each([&](unsigned k) { return name(k); }, true);
  if (alu.varies(names)) note_possible(pc_, names, alu.mask);
}

void Engine::store_event(const State& s, const Value& address, unsigned size, const Value& v) {
  const bool frame = address.uniform() && kind_of(address.all.sym) == Kind::stack && !address.all.number();
  // A structure on the stack may carry it to whoever calls it.
  if (frame && v.uniform() && v.all.number() && size == word_)
    if (const auto rva = program_.rva_of(v.all.off); rva && functions_.address_taken(*rva)) now_.callbacks.insert(*rva);
  if (frame) return;
  if (v.uniform() && v.all.number() && size == word_) {
    if (const auto rva = program_.rva_of(v.all.off); rva && functions_.is_start(*rva)) {
      now_.callbacks.insert(*rva);
      const Value driver = driver_object();
      const std::uint64_t first = word_ == 8 ? 0x70 : 0x38, unload = word_ == 8 ? 0x68 : 0x34;
      if (address.uniform() && address.all.sym == driver.all.sym) {
        if (address.all.off == unload)
          now_.callback_arguments[*rva] = {driver};
        else if (address.all.off >= first && address.all.off < first + std::uint64_t{28} * word_)
          now_.callback_arguments[*rva] = {device_object()};
      }
    }
  }
  note_varying_store(address, v);
  if (ladder_.clock || (s.mask == all_lanes_ && v.uniform() && address.uniform())) return;
  for (unsigned k = 0; k < alu.count(); ++k) {
    if ((alu.mask >> k & 1) == 0) continue;
    const Term at = address.at(k);
    if (kind_of(at.sym) == Kind::stack && !at.number()) continue;
    for (const std::uint64_t h : shown(v, k)) now_.record.event(mix(hash_of(mix(0x5703, size), at), h), lane_bit(k));
  }
}

/// Functions that read what was just made to vary have to be followed from now on.
void Engine::note_varying_store(const Value& address, const Value& v) {
  constexpr std::size_t kMost = 4096;
  if (!address.uniform() || now_.varying_globals.size() > kMost || now_.object_globals.size() > kMost) return;
  const Term at = address.all;
  const auto readers = [&](std::uint64_t global) {
    if (const auto rva = program_.rva_of(global)) follow_into(functions_.readers(*rva, 8));
  };
  if (at.number()) {
    if (v.lanes != nullptr && now_.varying_globals.insert(at.off).second) readers(at.off);
    const bool object = v.uniform() && !v.all.number() && kind_of(v.all.sym) == Kind::object;
    if (object && now_.object_globals.insert(at.off).second && now_.varying_objects) readers(at.off);
  } else if (v.lanes != nullptr && !now_.varying_objects) {
    now_.varying_objects = true;
    for (const std::uint64_t g : now_.object_globals) readers(g);
  }
}

/// What lies at a pointer into the frame, and the next word: a field of the same structure when the first was set to something;
/// when the first is zero it may just as well be another variable.
void Engine::see_behind(State& s, const Value& pointer, std::vector<Value>& seen) {
  bool unset = false;
  const auto at = [&](std::uint64_t n) {
    return s.memory.read(alu, plus(pointer, n).all, 4, [&](Term t, unsigned size) { return unset = true, initial(t, size); });
  };
  const Value first = at(0);
  if (first.pushed) return;
  if (alu.varies(first)) seen.push_back(first);
  if (unset) return;
  const Value second = at(4);
  if (!alu.varies(second) || second.copy || second.pushed) return;
  if (first.is_null())
    note_possible(pc_, alu.each([&](unsigned k) { return Term{hash_of(0x5EE, second.at(k)), 0}; }), alu.mask);
  else
    seen.push_back(second);
}

/// An argument of a call as one lane shows it, alike whether other lanes came along or not. What two ways left open has a name that
/// hangs on the order in which lanes met: where it is not one of a few numbers, it is not compared.
std::vector<std::uint64_t> Engine::handed_over(const Value& v, unsigned lane) {
  if (!v.uniform()) return shown(v, lane);
  std::vector<std::uint64_t> out;
  for (const Term t : alu.alternatives(v.all)) {
    const Kind k = kind_of(t.sym);
    if (t.number())
      out.push_back(t.off >> 32 == 0 ? mix(3, t.off) : mix(mix(3, t.off & 0xFFFFFFFF), mix(3, t.off >> 32)));
    else
      out.push_back(k == Kind::joined || k == Kind::widened ? 3 : hash_of(1, t));
  }
  return out;
}

/// Every combination of what the arguments may be, as one event each; of too many, one event for all.
std::vector<std::uint64_t> Engine::combined(std::uint64_t site, const std::vector<Value>& values, unsigned lane) {
  constexpr std::size_t kMost = 64;
  std::vector<std::uint64_t> out = {site};
  for (const Value& v : values) {
    const auto ways = handed_over(v, lane);
    std::uint64_t all = 0;
    for (const std::uint64_t w : ways) all = mix(all, w);
    const bool apart = out.size() * ways.size() <= kMost;
    std::vector<std::uint64_t> next;
    for (const std::uint64_t h : out)
      for (const std::uint64_t w : apart ? std::span<const std::uint64_t>(ways) : std::span<const std::uint64_t>(&all, 1))
        next.push_back(mix(h, w));
    out = std::move(next);
  }
  return out;
}

void Engine::external_event(State& s, const CallSite& c, const std::string& name, unsigned arguments) {
  if (ladder_.clock) return formatted_clock(s, c);
  std::vector<Value> seen;
  bool varying = false;
  for (unsigned i = 0; i < arguments; ++i) {
    seen.push_back(argument(s, c, i));
    // A small structure on the stack is seen through its pointer.
    const Value p = seen.back();
    // What it only writes there is not looked at.
    if (bytes_written(name, i, word_).value_or(0) != 0) continue;
    if (p.uniform() && kind_of(p.all.sym) == Kind::stack && !p.all.number() && !is_printer(name)) see_behind(s, p, seen);
  }
  for (const Value& v : seen) varying = varying || alu.varies(v);
  const std::uint64_t site = mix(site_hash(s, c.rva), std::hash<std::string>{}(name));
  // Lanes that come here one after the other show what they hand over just as those that come together.
  if (!varying && s.mask == all_lanes_) return;
  for (unsigned k = 0; k < alu.count(); ++k) {
    if ((alu.mask >> k & 1) == 0) continue;
    for (const std::uint64_t h : combined(site, seen, k)) now_.record.event(h, lane_bit(k));
  }
}

void Engine::return_event(std::uint32_t entry, const State& exit) {
  if (ladder_.clock) return;
  const bool status = entry == functions_.entry();
  const Value v = alu.truncate(exit.r[kAx], 32);
  if (!status && !returns_value(entry, 0)) return;
  for (unsigned k = 0; k < alu.count(); ++k)
    for (const std::uint64_t h : (exit.mask >> k & 1) != 0 ? shown(v, k) : std::vector<std::uint64_t>())
      now_.record.event(mix(0x4E7, entry, h), lane_bit(k));
}

/// Walks the end of the function: a result is put into eax on purpose, or eax is left over from a comparison.
bool Engine::returns_value(std::uint32_t entry, unsigned depth) {
  constexpr unsigned kMostInsns = 3000, kMostCallees = 3;
  bool set = false;
  std::uint32_t rva = entry;
  for (unsigned n = 0; n < kMostInsns; ++n) {
    const Insn i = decoder_.decode(rva);
    if (!i.valid()) return false;
    if (i.flow == Flow::ret) return set;
    const bool to_eax = i.op[0].type == Operand::Type::gpr && i.op[0].reg == kAx && !i.op[0].high;
    const bool asks = i.mnemonic == ZYDIS_MNEMONIC_CMP || i.mnemonic == ZYDIS_MNEMONIC_TEST;
    // What a virtual function gives back is passed on when nothing else is put there.
    const bool method = i.flow == Flow::call && i.op[0].type == Operand::Type::memory && i.op[0].base >= 0;
    if (i.flow == Flow::call)
      set = method || (i.target && depth < kMostCallees && returns_value(*i.target, depth + 1));
    else if (asks)
      set = set && !to_eax;
    else if (to_eax && i.mnemonic != ZYDIS_MNEMONIC_PUSH)
      set = true;
    if (i.flow == Flow::jump && i.target && functions_.is_start(*i.target))
      return depth < kMostCallees && returns_value(*i.target, depth + 1);
    rva += i.length;
  }
  return false;
}

}  // namespace tq::analysis
