// String instructions: moved, filled, loaded, compared, scanned, once or as often as the count says.
#include <array>
#include <bit>

#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint64_t kMostStringRounds = 1024;

bool is_scan(ZydisMnemonic m) {
  return m == ZYDIS_MNEMONIC_SCASB || m == ZYDIS_MNEMONIC_SCASW || m == ZYDIS_MNEMONIC_SCASD || m == ZYDIS_MNEMONIC_SCASQ;
}

bool compares_memory(ZydisMnemonic m) {
  return m == ZYDIS_MNEMONIC_CMPSB || m == ZYDIS_MNEMONIC_CMPSW || m == ZYDIS_MNEMONIC_CMPSD || m == ZYDIS_MNEMONIC_CMPSQ;
}

}  // namespace

void Stepper::step_pointer(int reg, unsigned unit) {
  Value& r = s_.r[static_cast<std::size_t>(reg)];
  r = e_.alu.binary(Op::add, r, constant(unit), e_.word_ * 8);
}

void Stepper::one_string(unsigned unit) {
  Alu& alu = e_.alu;
  const Operand ax{.type = Operand::Type::gpr, .bytes = static_cast<std::uint8_t>(unit), .reg = kAx};
  const auto m = i_.mnemonic;
  const bool moves_data = m == ZYDIS_MNEMONIC_MOVSB || m == ZYDIS_MNEMONIC_MOVSW || m == ZYDIS_MNEMONIC_MOVSD || m == ZYDIS_MNEMONIC_MOVSQ;
  const bool stores = m == ZYDIS_MNEMONIC_STOSB || m == ZYDIS_MNEMONIC_STOSW || m == ZYDIS_MNEMONIC_STOSD || m == ZYDIS_MNEMONIC_STOSQ;
  const bool loads = m == ZYDIS_MNEMONIC_LODSB || m == ZYDIS_MNEMONIC_LODSW || m == ZYDIS_MNEMONIC_LODSD || m == ZYDIS_MNEMONIC_LODSQ;
  const bool scans = is_scan(m);
  if (moves_data) e_.write(s_, s_.r[kDi], unit, e_.read(s_, s_.r[kSi], unit));
  if (stores) e_.write(s_, s_.r[kDi], unit, e_.read_reg(s_, ax));
  if (loads) e_.write_reg(s_, ax, e_.read(s_, s_.r[kSi], unit));
  if (scans || compares_memory(m)) {
    const Value a = scans ? e_.read_reg(s_, ax) : e_.read(s_, s_.r[kSi], unit), b = e_.read(s_, s_.r[kDi], unit);
    flags_sub(a, b, alu.binary(Op::sub, a, b, unit * 8), unit * 8);
  }
  if (!stores && !scans) step_pointer(kSi, unit);
  if (!loads) step_pointer(kDi, unit);
}

bool Stepper::concrete_strings(unsigned unit) {
  const Value count = s_.r[kCx];
  if (!count.uniform() || !count.all.number() || count.all.off > kMostStringRounds) return false;
  if (is_scan(i_.mnemonic) || compares_memory(i_.mnemonic)) return compared_strings(unit);
  for (std::uint64_t left = count.all.off; left > 0; --left) one_string(unit);
  s_.r[kCx] = constant(0);
  return true;
}

/// cmps and scas with a known count: each lane stops where its own memory says so. False where a lane's memory is not known.
bool Stepper::compared_strings(unsigned unit) {
  Alu& alu = e_.alu;
  const unsigned bits = unit * 8;
  const bool scans = is_scan(i_.mnemonic);
  const Value si = s_.r[kSi], di = s_.r[kDi];
  const std::uint64_t count = s_.r[kCx].all.off;
  if (count == 0) return true;
  const Value ax = e_.read_reg(s_, {.type = Operand::Type::gpr, .bytes = static_cast<std::uint8_t>(unit), .reg = kAx});
  std::array<std::uint64_t, kMostLanes> rounds{};
  std::array<Term, kMostLanes> left{}, right{};
  LaneMask open = alu.mask;
  for (std::uint64_t i = 0; i < count && open != 0; ++i) {
    const Value a = scans ? ax : e_.read(s_, e_.plus(si, i * unit), unit), b = e_.read(s_, e_.plus(di, i * unit), unit);
    for (LaneMask m = open; m != 0; m &= m - 1) {
      const auto k = static_cast<unsigned>(std::countr_zero(m));
      rounds[k] = i + 1;
      left[k] = a.at(k);
      right[k] = b.at(k);
      const bool equal = left[k] == right[k];
      if (!equal && !(left[k].number() && right[k].number())) return false;
      if (equal == i_.repne) open &= ~lane_bit(k);
    }
  }
  const std::uint8_t origin = origin_of(ax, e_.read(s_, di, unit), e_.read(s_, si, unit));
  const auto lanes = [&](auto f) {
    Value v = alu.each(f);
    v.origin = origin;
    return v;
  };
  const Value a = lanes([&](unsigned k) { return left[k]; }), b = lanes([&](unsigned k) { return right[k]; });
  const Value done = lanes([&](unsigned k) { return number(rounds[k] * unit); });
  flags_sub(a, b, alu.binary(Op::sub, a, b, bits), bits);
  if (!scans) s_.r[kSi] = alu.binary(Op::add, si, done, e_.word_ * 8);
  s_.r[kDi] = alu.binary(Op::add, di, done, e_.word_ * 8);
  s_.r[kCx] = lanes([&](unsigned k) { return number(count - rounds[k]); });
  return true;
}

/// A count or an outcome that is not known: the memory and registers it may touch become unknown.
void Stepper::string_summary(unsigned unit) {
  Alu& alu = e_.alu;
  const unsigned bits = e_.word_ * 8;
  const Value di = s_.r[kDi], si = s_.r[kSi], cx = s_.r[kCx];
  const auto name = [&](std::uint64_t salt) {
    return alu.each(
        [&](unsigned k) { return unknown(Op::other, bits, hash_of(hash_of(hash_of(mix(rva_, salt), di.at(k)), si.at(k)), cx.at(k))); });
  };
  const Value mark = name(1);
  // What is compared or scanned is not in the name.
  const bool varies = alu.varies(e_.read(s_, di, unit)) || alu.varies(e_.read(s_, si, unit)) || alu.varies(s_.r[kAx]);
  if (varies) without_model();
  if (di.uniform())
    s_.memory.change(di.all, e_.room_behind(di.all, 4096), [&](Term at, unsigned n, const Value& old) {
      if (alu.varies(old)) return old;
      return Value(unknown(Op::other, n * 8, hash_of(at.off, mark.at(0))));
    });
  e_.store_event(s_, di, unit, mark);
  s_.r[kDi] = name(2);
  s_.r[kSi] = name(3);
  s_.r[kCx] = name(4);
  flags_of_result(name(5), name(6), constant(0), bits);
}

bool Stepper::strings() {
  unsigned unit = 0;
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_MOVSB:
    case ZYDIS_MNEMONIC_STOSB:
    case ZYDIS_MNEMONIC_LODSB:
    case ZYDIS_MNEMONIC_SCASB:
    case ZYDIS_MNEMONIC_CMPSB: unit = 1; break;
    case ZYDIS_MNEMONIC_MOVSW:
    case ZYDIS_MNEMONIC_STOSW:
    case ZYDIS_MNEMONIC_LODSW:
    case ZYDIS_MNEMONIC_SCASW:
    case ZYDIS_MNEMONIC_CMPSW: unit = 2; break;
    case ZYDIS_MNEMONIC_STOSD:
    case ZYDIS_MNEMONIC_LODSD:
    case ZYDIS_MNEMONIC_SCASD: unit = 4; break;
    case ZYDIS_MNEMONIC_MOVSD:
    case ZYDIS_MNEMONIC_CMPSD:
      // The same words name SSE instructions.
      if (i_.op[0].type == Operand::Type::xmm || i_.op[1].type == Operand::Type::xmm) return false;
      unit = 4;
      break;
    case ZYDIS_MNEMONIC_MOVSQ:
    case ZYDIS_MNEMONIC_STOSQ:
    case ZYDIS_MNEMONIC_LODSQ:
    case ZYDIS_MNEMONIC_SCASQ:
    case ZYDIS_MNEMONIC_CMPSQ: unit = 8; break;
    default: return false;
  }
  if (!i_.rep && !i_.repne)
    one_string(unit);
  else if (!concrete_strings(unit))
    string_summary(unit);
  return true;
}

}  // namespace tq::analysis
