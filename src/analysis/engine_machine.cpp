// Registers, memory, and what never-written memory holds.
#include <algorithm>
#include <array>
#include <bit>

#include "analysis/engine.hpp"
#include "analysis/processor_time.hpp"

namespace tq::analysis {
namespace {

// Offsets of fields of NT 6.0 and later that hold the version; public structure layouts.
struct Field {
  std::uint32_t offset, size;
  std::uint64_t (*of)(const Rung&);
};
std::uint64_t major(const Rung& r) { return r.major; }
std::uint64_t minor(const Rung& r) { return r.minor; }
std::uint64_t build(const Rung& r) { return r.build; }
std::uint64_t service_pack(const Rung& r) { return r.service_pack << 8; }
std::uint64_t platform(const Rung&) { return 2; }
// Shared user data has held the build only since Windows 10; before, the place is reserved and zero.
std::uint64_t late_build(const Rung& r) { return r.build >= 10240 ? 0xF0000000u | r.build : 0; }
std::uint64_t free_build(const Rung& r) { return 0xF0000000u | r.build; }

constexpr Field kShared[] = {{0x260, 4, late_build}, {0x26C, 4, major}, {0x270, 4, minor}};
constexpr Field kPeb64[] = {{0x118, 4, major}, {0x11C, 4, minor}, {0x120, 2, build}, {0x122, 2, service_pack}, {0x124, 4, platform}};
constexpr Field kPeb32[] = {{0xA4, 4, major}, {0xA8, 4, minor}, {0xAC, 2, build}, {0xAE, 2, service_pack}, {0xB0, 4, platform}};
constexpr Field kBuildNumber[] = {{0, 4, free_build}};

std::uint64_t filetime(const Rung& r) {
  constexpr std::int64_t kEpochSeconds = 11644473600;
  return static_cast<std::uint64_t>(r.unix_seconds + kEpochSeconds) * 10000000u;
}
std::uint64_t filetime_high(const Rung& r) { return filetime(r) >> 32; }
constexpr Field kSharedClock[] = {{0x14, 8, filetime}, {0x1C, 4, filetime_high}};

/// The bytes [offset, offset+size) when fields cover them all.
std::optional<std::uint64_t> compose(std::span<const Field> fields, const Rung& r, std::uint64_t offset, unsigned size) {
  std::uint64_t v = 0;
  for (unsigned i = 0; i < size; ++i) {
    const auto f = std::find_if(fields.begin(), fields.end(),
                                [&](const Field& x) { return offset + i >= x.offset && offset + i < x.offset + x.size; });
    if (f == fields.end()) return std::nullopt;
    v |= (f->of(r) >> (8 * (offset + i - f->offset)) & 0xFF) << (8 * i);
  }
  return v;
}

constexpr std::size_t kMostBases = 65536;
constexpr std::uint64_t kTebName = 0x7EB, kPebName = 0x9EB;

/// Where a register of the encoding stands; operands of that kind have one (0 to 15).
std::size_t register_index(std::int8_t reg) { return static_cast<std::uint8_t>(reg) & 15U; }

}  // namespace

Engine::Engine(const Program& program, Functions& functions, Decoder& decoder, const Ladder& ladder, const Budget& budget,
               VersionNames names)
    : alu(static_cast<unsigned>(ladder.rungs.size())),
      program_(program),
      functions_(functions),
      decoder_(decoder),
      ladder_(ladder),
      budget_(budget),
      names_(names),
      uses_framework_(std::any_of(program.imports().begin(), program.imports().end(),
                                  [](const auto& slot) { return slot.second.name == "WdfVersionBind"; })),
      word_(program.is_64() ? 8 : 4),
      all_lanes_(mask_of(static_cast<unsigned>(ladder.rungs.size()))),
      start_(processor_time()) {
  alu.mask = all_lanes_;
}

Value Engine::lanes(const std::string& source, const std::function<std::uint64_t(const Rung&)>& f) {
  const LaneMask before = alu.mask;
  alu.mask = all_lanes_;
  Value v = alu.each([&](unsigned i) { return number(f(ladder_.rungs[i])); }, true);
  alu.mask = before;
  v.copy = true;
  v.origin = now_.record.origin(source);
  now_.version_seen = true;
  return v;
}

Value Engine::api_value(const std::string& name, Kind kind) {
  std::uint64_t h = 0xA91;
  for (const char c : name) h = mix(h, static_cast<unsigned char>(c));
  const std::uint64_t sym = make_sym(kind, word_ * 8, h);
  api_names_.emplace(sym, name);
  if (!api_slots_.contains(sym)) api_slots_.emplace(sym, ImportSlot{{}, name});
  return Value(Term{sym, 0});
}

Value Engine::initial(Term address, unsigned size) {
  const auto named_fields = [&](std::span<const Field> fields, std::uint64_t offset, const char* source) -> std::optional<Value> {
    if (!compose(fields, ladder_.rungs[0], offset, size)) return std::nullopt;
    return lanes(source, [&](const Rung& r) { return *compose(fields, r, offset, size); });
  };
  const auto unnamed = [&] {
    const Kind kind = kind_of(address.sym) == Kind::mixed && !address.number() ? Kind::mixed : Kind::plain;
    const std::uint64_t sym = make_sym(kind, size * 8, mix(hash_of(static_cast<std::uint64_t>(Op::load), address), size));
    loads_.try_emplace(sym, address.sym, address.off);
    return Value(Term{sym, 0});
  };
  if (address.number()) {
    if (is_shared_data(address.off)) {
      const std::uint64_t in = address.off & 0xFFF;
      const auto v = ladder_.clock ? named_fields(kSharedClock, in, "KUSER_SHARED_DATA") : named_fields(kShared, in, "KUSER_SHARED_DATA");
      return v ? *v : unnamed();
    }
    const auto rva = program_.rva_of(address.off);
    if (!rva) return unnamed();
    if (const auto it = program_.imports().find(*rva); it != program_.imports().end() && size == word_) {
      Value v = api_value(it->second.name);
      api_slots_[v.all.sym] = it->second;
      return v;
    }
    const Extent* e = program_.extent(*rva);
    const auto stored = program_.read(*rva, size);
    // Data that no instruction writes by its address is taken to keep what the file gives it; zeros may be filled in through a pointer.
    const bool fixed = stored && (!e->writable || (*stored != 0 && !functions_.stored_to(*rva, size)));
    return fixed ? constant(*stored) : unnamed();
  }
  const Value teb = fresh(Kind::object, kTebName), peb = fresh(Kind::object, kPebName);
  if (address.sym == teb.all.sym && !program_.native() && size == word_) {
    if (address.off == (word_ == 8 ? 0x30u : 0x18u)) return teb;
    if (address.off == (word_ == 8 ? 0x60u : 0x30u)) return peb;
  }
  if (!ladder_.clock && address.sym == peb.all.sym)
    if (const auto v = named_fields(word_ == 8 ? std::span<const Field>(kPeb64) : std::span<const Field>(kPeb32), address.off, "PEB"))
      return *v;
  if (kind_of(address.sym) == Kind::api && !ladder_.clock) {
    const auto name = api_names_.find(address.sym);
    if (name != api_names_.end() && name->second == "NtBuildNumber")
      if (const auto v = named_fields(kBuildNumber, address.off, "NtBuildNumber")) return *v;
  }
  // An unknown index into a table of the image: a later jump may need to know which table.
  if (program_.rva_of(address.off) && address.off > 0x10000 && kind_of(address.sym) != Kind::stack &&
      kind_of(address.sym) != Kind::object) {
    const std::uint64_t sym = make_sym(Kind::table, size * 8, mix(hash_of(static_cast<std::uint64_t>(Op::load), address), size));
    // The entry may be cut or extended before it is jumped to.
    for (const std::uint64_t name : {sym, extend_sign(Term{sym, 0}, size * 8).sym, truncate(extend_sign(Term{sym, 0}, size * 8), 32).sym})
      table_reads_.try_emplace(name, TableRead{address.off, size});
    return Value(Term{sym, 0});
  }
  return unnamed();
}

Value Engine::thread_block() const { return fresh(Kind::object, kTebName); }

Value Engine::read_one(State& s, Term address, unsigned size) {
  return s.memory.read(alu, address, size, [&](Term a, unsigned n) { return initial(a, n); });
}

Value Engine::read(State& s, const Value& address, unsigned size) {
  if (address.uniform()) return read_one(s, address.all, size);
  const LaneMask mask = alu.mask;
  std::array<Value, kMostLanes> by_lane;
  LaneMask done = 0;
  const auto first = static_cast<unsigned>(std::countr_zero(mask));
  bool copy = true;
  std::uint8_t origin = address.origin;
  for (unsigned i = 0; i < alu.count(); ++i) {
    if ((mask >> i & 1) == 0 || (done >> i & 1) != 0) continue;
    LaneMask group = 0;
    for (unsigned k = i; k < alu.count(); ++k)
      if ((mask >> k & 1) != 0 && address.lanes[k] == address.lanes[i]) group |= lane_bit(k);
    alu.mask = group;
    const Value v = read_one(s, address.lanes[i], size);
    // Which field of the version is taken is a decision, and so is which memory is looked at.
    copy = copy && v.copy && (i == first || v.lanes == by_lane[first].lanes);
    if (v.uniform() && !v.all.number() && group != mask) loads_.try_emplace(v.all.sym, address.lanes[i].sym, address.lanes[i].off);
    if (v.origin != 0) origin = v.origin;
    for (unsigned k = i; k < alu.count(); ++k)
      if ((group >> k & 1) != 0) by_lane[k] = v;
    done |= group;
  }
  alu.mask = mask;
  Value v = alu.each([&](unsigned i) { return by_lane[i].at(i); }, copy);
  v.copy = copy;
  v.origin = origin;
  return v;
}

/// Bytes behind an address that a store there may reach: not the return address of the frame it lies in.
std::uint64_t Engine::room_behind(Term address, std::uint64_t most) const {
  if (kind_of(address.sym) != Kind::stack) return most;
  for (auto f = stack_.rbegin(); f != stack_.rend(); ++f)
    if ((*f)->entry_stack.sym == address.sym && (*f)->entry_stack.off > address.off)
      return std::min(most, (*f)->entry_stack.off - address.off);
  return most;
}

void Engine::write(State& s, const Value& address, unsigned size, Value v, bool pushed) {
  v.pushed = pushed;
  store_event(s, address, size, v);
  if (v.lanes != nullptr) ++touched_;
  if (v.lanes != nullptr && !address.all.number() && varying_bases_.size() < kMostBases) varying_bases_.insert(address.all.sym);
  if (address.uniform()) {
    s.memory.write(alu, address.all, size, v);
    // A store through an unknown index may have hit any cell behind the base; cells with versions are taken to be elsewhere.
    if (const auto d = derived_.find(address.all.sym); d != derived_.end() && kind_of(d->second.sym) == Kind::stack)
      s.memory.change(d->second, room_behind(d->second, 256), [&](Term at, unsigned n, const Value& old) {
        if (alu.varies(old)) return old;
        return Value(unknown(Op::join, n * 8, hash_of(hash_of(at.off, old.all), v.at(0))));
      });
    return;
  }
  const LaneMask mask = alu.mask;
  LaneMask done = 0;
  for (unsigned i = 0; i < alu.count(); ++i) {
    if ((mask >> i & 1) == 0 || (done >> i & 1) != 0) continue;
    LaneMask group = 0;
    for (unsigned k = i; k < alu.count(); ++k)
      if ((mask >> k & 1) != 0 && address.lanes[k] == address.lanes[i]) group |= lane_bit(k);
    const Value old = read_one(s, address.lanes[i], size);
    s.memory.write(alu, address.lanes[i], size, alu.select(group, v, old));
    done |= group;
  }
}

Value Engine::read_reg(const State& s, const Operand& o) {
  const Value& whole = s.r[register_index(o.reg)];
  if (o.bytes == word_) return whole;
  auto& self = const_cast<Alu&>(alu);
  if (o.high) return self.truncate(self.binary(Op::shr, whole, constant(8), word_ * 8), 8);
  return self.truncate(whole, o.bytes * 8u);
}

void Engine::write_reg(State& s, const Operand& o, const Value& v) {
  Value& whole = s.r[register_index(o.reg)];
  if (v.lanes != nullptr) ++touched_;
  if (o.bytes == word_ || o.bytes == 4) {
    whole = v;
    return;
  }
  // The rest of the register stays: put together bit by bit, but an unknown part keeps its name for a later read of the same part.
  const unsigned bits = o.bytes * 8u, shift = o.high ? 8 : 0;
  const std::uint64_t part = mask_of(bits) << shift;
  Value merged = alu.map(whole, v, [&](Term w, Term p) {
    if (w.number() && p.number()) return number((w.off & ~part) | ((p.off << shift) & part));
    if (shift == 0 && p.sym != 0 && bits_of(p.sym) <= bits) return p;
    return unknown(Op::concat, word_ * 8, hash_of(hash_of(bits + shift, w), p));
  });
  merged.copy = v.copy;
  // An unknown high part beside a known low part: the low part is what the program will look at.
  if (shift == 0 && whole.uniform() && !whole.all.number()) {
    merged = v;
  }
  whole = merged;
}

Value Engine::address_of(State& s, const Operand& o) {
  const unsigned bits = word_ * 8;
  Value a = constant(o.value & mask_of(bits));
  if (o.base >= 0) a = alu.binary(Op::add, s.r[register_index(o.base)], a, bits);
  if (o.index >= 0) {
    Value i = s.r[register_index(o.index)];
    if (o.scale > 1) i = alu.binary(Op::mul, i, constant(o.scale), bits);
    const Value base = a;
    a = alu.binary(Op::add, a, i, bits);
    if (a.uniform() && base.uniform() && kind_of(a.all.sym) == Kind::derived && !base.all.number())
      derived_.try_emplace(a.all.sym, base.all);
  }
  if (o.segment != 0 && !o.agen) {
    const bool own = word_ == 8 ? o.segment == 2 : o.segment == 1;
    a = alu.binary(Op::add, own ? fresh(Kind::object, kTebName) : fresh(Kind::object, kTebName + 1), a, bits);
  }
  return a;
}

Value Engine::read_operand(State& s, const Operand& o) {
  switch (o.type) {
    case Operand::Type::gpr: return read_reg(s, o);
    case Operand::Type::immediate: return constant(o.value);  // sign-extended by the decoder; the user cuts it
    case Operand::Type::memory: return read(s, address_of(s, o), std::min<unsigned>(o.bytes, 8));
    default: return Value(unknown(Op::other, 64, pc_));
  }
}

void Engine::write_operand(State& s, const Operand& o, const Value& v) {
  if (o.type == Operand::Type::gpr) write_reg(s, o, v);
  if (o.type == Operand::Type::memory) write(s, address_of(s, o), std::min<unsigned>(o.bytes, 8), v);
}

void Engine::push(State& s, const Value& v, unsigned size) {
  s.r[kSp] = alu.binary(Op::sub, s.r[kSp], constant(size), word_ * 8);
  write(s, s.r[kSp], size, v, true);
}

Value Engine::pop(State& s, unsigned size) {
  const Value v = read(s, s.r[kSp], size);
  s.r[kSp] = alu.binary(Op::add, s.r[kSp], constant(size), word_ * 8);
  return v;
}

std::optional<std::string> Engine::text(State& s, const Value& address, bool wide) {
  if (!address.uniform()) return std::nullopt;
  std::string out;
  const unsigned unit = wide ? 2 : 1;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Value c = read_one(s, {address.all.sym, address.all.off + i * unit}, unit);
    if (!c.uniform() || !c.all.number()) return std::nullopt;
    if (c.all.off == 0) return out;
    out += c.all.off < 128 ? static_cast<char>(c.all.off) : '?';
  }
  return std::nullopt;
}

}  // namespace tq::analysis
