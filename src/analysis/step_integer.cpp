// Integer instructions: moves, arithmetic, shifts, bits.
#include <algorithm>

#include "analysis/stepper.hpp"

namespace tq::analysis {

void Stepper::flags_of_result(const Value& r, const Value& cf, const Value& of, unsigned bits) {
  Flags& f = s_.flags;
  f.kind = Flags::Kind::result;
  f.bits = static_cast<std::uint8_t>(bits);
  f.a = f.b = constant(0);
  f.r = r;
  f.cf = cf;
  f.of = of;
}

void Stepper::flags_sub(const Value& a, const Value& b, const Value& r, unsigned bits) {
  s_.flags = {Flags::Kind::sub, static_cast<std::uint8_t>(bits), a, b, r, constant(0), constant(0)};
  if (!a.uniform() || !b.uniform()) e_.collect_critical(s_, a, b);
}

bool Stepper::moves() {
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVNTI:
    case ZYDIS_MNEMONIC_MOVBE:
      if (i_.op[0].type == Operand::Type::other || i_.op[1].type == Operand::Type::other || i_.mnemonic == ZYDIS_MNEMONIC_MOVBE)
        return false;
      out(in(1));
      return true;
    case ZYDIS_MNEMONIC_MOVZX: out(e_.read_operand(s_, i_.op[1])); return true;
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD: {
      const unsigned from = i_.op[1].bytes * 8u;
      const Value v = e_.read_operand(s_, i_.op[1]);
      signed_use(v, from, "sign-extended");
      out(e_.alu.truncate(e_.alu.extend_sign(v, from), width()));
      return true;
    }
    case ZYDIS_MNEMONIC_LEA: out(e_.recognised_time(e_.alu.truncate(e_.address_of(s_, i_.op[1]), width()), width())); return true;
    default: return false;
  }
}

bool Stepper::arithmetic() {
  Alu& alu = e_.alu;
  const unsigned w = width();
  const auto same_register = [&] {
    return i_.op[0].type == Operand::Type::gpr && i_.op[1].type == Operand::Type::gpr && i_.op[0].reg == i_.op[1].reg &&
           i_.op[0].high == i_.op[1].high;
  };
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_ADD: {
      const Value a = in(0), b = in(1), r = e_.recognised_time(alu.binary(Op::add, a, b, w), w);
      if (a.uniform() && b.uniform() && kind_of(r.all.sym) == Kind::derived)
        e_.derived_.try_emplace(r.all.sym, kind_of(a.all.sym) == Kind::stack ? a.all : b.all);
      out(r);
      s_.flags = {Flags::Kind::add, static_cast<std::uint8_t>(w), a, b, r, constant(0), constant(0)};
      return true;
    }
    case ZYDIS_MNEMONIC_SUB: {
      const Value a = in(0), b = in(1), r = same_register() ? constant(0) : e_.recognised_time(alu.binary(Op::sub, a, b, w), w);
      out(r);
      flags_sub(a, b, r, w);
      return true;
    }
    case ZYDIS_MNEMONIC_CMP: {
      const Value a = in(0), b = in(1);
      flags_sub(a, b, alu.binary(Op::sub, a, b, w), w);
      return true;
    }
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC: {
      const Value carry = flag(2), a = in(0);
      const bool up = i_.mnemonic == ZYDIS_MNEMONIC_INC;
      const Value r = alu.binary(up ? Op::add : Op::sub, a, constant(1), w);
      const std::uint64_t edge = up ? mask_of(w) >> 1 : std::uint64_t{1} << (w - 1);
      const Value of =
          alu.map(a, [&](Term t) { return t.number() ? number(t.off == edge ? 1 : 0) : unknown(Op::cond, 8, hash_of(edge, t)); });
      out(r);
      flags_of_result(r, carry, of, w);
      if (!a.uniform()) e_.collect_critical(s_, r, constant(0));
      return true;
    }
    case ZYDIS_MNEMONIC_NEG: {
      const Value a = in(0), r = alu.binary(Op::sub, constant(0), a, w);
      out(r);
      s_.flags = {Flags::Kind::sub, static_cast<std::uint8_t>(w), constant(0), a, r, constant(0), constant(0)};
      return true;
    }
    case ZYDIS_MNEMONIC_NOT: out(alu.unary(Op::not_, in(0), w)); return true;
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR: {
      const Op op = i_.mnemonic == ZYDIS_MNEMONIC_AND ? Op::and_ : i_.mnemonic == ZYDIS_MNEMONIC_OR ? Op::or_ : Op::xor_;
      const Value r = op == Op::xor_ && same_register() ? constant(0) : alu.binary(op, in(0), in(1), w);
      if (op == Op::xor_) e_.collect_critical(s_, in(0), in(1));
      out(r);
      flags_logic(r);
      return true;
    }
    case ZYDIS_MNEMONIC_TEST: {
      const Value r = alu.binary(Op::and_, in(0), in(1), w);
      flags_logic(r);
      if (!r.uniform()) e_.collect_critical(s_, r, constant(0));
      return true;
    }
    default: return false;
  }
}

bool Stepper::arithmetic_with_carry() {
  if (i_.mnemonic != ZYDIS_MNEMONIC_ADC && i_.mnemonic != ZYDIS_MNEMONIC_SBB) return false;
  Alu& alu = e_.alu;
  const unsigned w = width();
  const bool add = i_.mnemonic == ZYDIS_MNEMONIC_ADC;
  const Value carry = flag(2), a = in(0), b = in(1);
  const bool same = i_.op[0].type == Operand::Type::gpr && i_.op[1].type == Operand::Type::gpr && i_.op[0].reg == i_.op[1].reg;
  const Op op = add ? Op::add : Op::sub;
  // sbb r,r is -carry whatever r holds.
  const Value first = same && !add ? constant(0) : alu.binary(op, a, b, w);
  const Value r = e_.recognised_high(alu.binary(op, first, carry, w), a, b, add);
  const auto limb = [&](Term x, Term y, Term c, bool overflow) {
    if (!x.number() || !y.number() || !c.number())
      return unknown(Op::cond, 8, hash_of(hash_of(hash_of(overflow ? 0xADC0 : 0xADC1, x), y), c));
    const std::uint64_t m = mask_of(w), p = x.off & m, q = y.off & m, v = (add ? p + q + c.off : p - q - c.off) & m;
    if (overflow) return number((add ? (p ^ v) & (q ^ v) : (p ^ q) & (p ^ v)) >> (w - 1) & 1);
    const bool out_carry = add ? (c.off != 0 ? v <= p : v < p) : (c.off != 0 ? p <= q : p < q);
    return number(out_carry ? 1 : 0);
  };
  const auto flag_value = [&](bool overflow) {
    if (same && !add && !overflow) return carry;
    if (same && !add) return constant(0);
    Value v = alu.each([&](unsigned k) { return limb(a.at(k), b.at(k), carry.at(k), overflow); });
    v.origin = origin_of(a, b, carry);
    return v;
  };
  const Value cf = flag_value(false), of = flag_value(true);
  out(r);
  flags_of_result(r, cf, of, w);
  return true;
}

bool Stepper::multiply_divide() {
  Alu& alu = e_.alu;
  const unsigned w = width();
  const auto m = i_.mnemonic;
  const bool wide = (m == ZYDIS_MNEMONIC_IMUL && i_.operands == 1) || m == ZYDIS_MNEMONIC_MUL;
  if (m == ZYDIS_MNEMONIC_IMUL && !wide) {
    const Value a = in(i_.operands == 3 ? 1 : 0), b = in(i_.operands == 3 ? 2 : 1), r = alu.binary(Op::mul, a, b, w);
    out(r);
    flags_of_result(r, unknown_flag(1), unknown_flag(2), w);
    return true;
  }
  const bool divide = m == ZYDIS_MNEMONIC_DIV || m == ZYDIS_MNEMONIC_IDIV;
  if ((!wide && !divide) || w == 8) return false;
  const bool is_signed = m == ZYDIS_MNEMONIC_IMUL || m == ZYDIS_MNEMONIC_IDIV;
  const Operand ax{.type = Operand::Type::gpr, .bytes = i_.op[0].bytes, .reg = kAx},
      dx{.type = Operand::Type::gpr, .bytes = i_.op[0].bytes, .reg = kDx};
  const Value a = e_.read_reg(s_, ax), b = in(0), high = e_.read_reg(s_, dx);
  if (wide) {
    if (is_signed) signed_use(a, w, "multiplied as a signed number");
    if (is_signed) signed_use(b, w, "multiplied as a signed number");
    e_.write_reg(s_, ax, alu.binary(Op::mul, a, b, w));
    const Value top = alu.binary(is_signed ? Op::smulh : Op::umulh, a, b, w);
    e_.write_reg(s_, dx, top);
    const Value carry = is_signed
                            ? unknown_flag(3)
                            : alu.map(top, [](Term t) { return t.number() ? number(t.off != 0 ? 1 : 0) : unknown(Op::cond, 8, t.sym); });
    flags_of_result(unknown_flag(4), carry, carry, w);
    return true;
  }
  if (is_signed) signed_use(a, w, "divided as a signed number");
  const auto one = [&](unsigned k, bool quotient) {
    const Term lo = a.at(k), hi = high.at(k), d = b.at(k);
    if (!lo.number() || !hi.number() || !d.number() || d.off == 0)
      return unknown(Op::udiv, w, hash_of(hash_of(hash_of(quotient ? 1 : 2, lo), hi), d));
    const bool plain = is_signed ? hi.off == (sign_extend(lo.off, w) >> 63 != 0 ? mask_of(w) : 0) : hi.off == 0;
    if (plain) return binary(is_signed ? (quotient ? Op::sdiv : Op::srem) : quotient ? Op::udiv : Op::urem, lo, d, w);
    if (is_signed || w == 64 || hi.off >= d.off) return unknown(Op::udiv, w, hash_of(hash_of(hash_of(quotient ? 3 : 4, lo), hi), d));
    const std::uint64_t n = hi.off << w | lo.off;
    return number((quotient ? n / d.off : n % d.off) & mask_of(w));
  };
  Value q = alu.each([&](unsigned k) { return one(k, true); }), r = alu.each([&](unsigned k) { return one(k, false); });
  q.origin = r.origin = origin_of(a, high);
  e_.write_reg(s_, ax, q);
  e_.write_reg(s_, dx, r);
  flags_of_result(unknown_flag(5), unknown_flag(6), unknown_flag(7), w);
  return true;
}

bool Stepper::shifts() {
  Op op{};
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_SHL: op = Op::shl; break;
    case ZYDIS_MNEMONIC_SHR: op = Op::shr; break;
    case ZYDIS_MNEMONIC_SAR: op = Op::sar; break;
    case ZYDIS_MNEMONIC_ROL: op = Op::rol; break;
    case ZYDIS_MNEMONIC_ROR: op = Op::ror; break;
    default: return double_shifts();
  }
  Alu& alu = e_.alu;
  const unsigned w = width();
  const Value a = in(0);
  const Value n =
      i_.operands < 2 ? constant(1) : alu.binary(Op::and_, alu.truncate(e_.read_operand(s_, i_.op[1]), 8), constant(w == 64 ? 63 : 31), 8);
  if (op == Op::sar) signed_use(a, w, "shifted as a signed number");
  if (op == Op::shr && n.uniform() && n.all == number(31)) sign_shift(a, w);
  const Value r = alu.binary(op, a, n, w);
  out(r);
  if (op == Op::rol || op == Op::ror) return true;
  const auto carry = [&](Term x, Term c) {
    if (!x.number() || !c.number() || c.off == 0) return unknown(Op::cond, 8, hash_of(hash_of(static_cast<std::uint64_t>(op), x), c));
    if (op == Op::shl) return number(c.off <= w ? x.off >> (w - c.off) & 1 : 0);
    const std::uint64_t v = op == Op::sar ? sign_extend(x.off, w) : x.off & mask_of(w);
    return number(c.off - 1 >= 64 ? 0 : v >> (c.off - 1) & 1);
  };
  Value cf = alu.map(a, n, carry);
  cf.copy = false;
  flags_of_result(r, cf, unknown_flag(8), w);
  return true;
}

bool Stepper::double_shifts() {
  const bool left = i_.mnemonic == ZYDIS_MNEMONIC_SHLD;
  if (!left && i_.mnemonic != ZYDIS_MNEMONIC_SHRD) return false;
  Alu& alu = e_.alu;
  const unsigned w = width();
  const Value a = in(0), b = in(1),
              n = alu.binary(Op::and_, alu.truncate(e_.read_operand(s_, i_.op[2]), 8), constant(w == 64 ? 63 : 31), 8);
  const auto one = [&](unsigned k) {
    const Term x = a.at(k), y = b.at(k), c = n.at(k);
    if (c == number(0)) return x;
    if (!x.number() || !y.number() || !c.number() || c.off >= w)
      return unknown(Op::other, w, hash_of(hash_of(hash_of(left ? 0x51D : 0x52D, x), y), c));
    const std::uint64_t p = x.off & mask_of(w), q = y.off & mask_of(w);
    return number((left ? p << c.off | q >> (w - c.off) : p >> c.off | q << (w - c.off)) & mask_of(w));
  };
  Value r = alu.each(one);
  r.origin = origin_of(a, b);
  out(r);
  flags_of_result(r, unknown_flag(9), unknown_flag(10), w);
  return true;
}

bool Stepper::bits() {
  Alu& alu = e_.alu;
  const unsigned w = width();
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_BT:
    case ZYDIS_MNEMONIC_BTS:
    case ZYDIS_MNEMONIC_BTR:
    case ZYDIS_MNEMONIC_BTC: {
      // A bit string in memory may be longer than its operand: only immediate indexes stay inside.
      if (i_.op[0].type == Operand::Type::memory && i_.op[1].type != Operand::Type::immediate) return false;
      const Value a = in(0), n = alu.binary(Op::and_, in(1), constant(w - 1), w);
      Value bit = alu.binary(Op::and_, alu.binary(Op::shr, a, n, w), constant(1), w);
      bit.copy = false;
      if (n.uniform() && n.all == number(31)) signed_use(a, w, "asked for its sign");
      const Value one = alu.binary(Op::shl, constant(1), n, w);
      if (i_.mnemonic == ZYDIS_MNEMONIC_BTS) out(alu.binary(Op::or_, a, one, w));
      if (i_.mnemonic == ZYDIS_MNEMONIC_BTR) out(alu.binary(Op::and_, a, alu.unary(Op::not_, one, w), w));
      if (i_.mnemonic == ZYDIS_MNEMONIC_BTC) out(alu.binary(Op::xor_, a, one, w));
      flags_of_result(s_.flags.r, bit, unknown_flag(11), s_.flags.bits);
      return true;
    }
    case ZYDIS_MNEMONIC_BSF:
    case ZYDIS_MNEMONIC_BSR:
    case ZYDIS_MNEMONIC_TZCNT:
    case ZYDIS_MNEMONIC_LZCNT:
    case ZYDIS_MNEMONIC_POPCNT: {
      const Value a = in(1);
      const Op op = i_.mnemonic == ZYDIS_MNEMONIC_BSF     ? Op::bsf
                    : i_.mnemonic == ZYDIS_MNEMONIC_BSR   ? Op::bsr
                    : i_.mnemonic == ZYDIS_MNEMONIC_TZCNT ? Op::tzcnt
                    : i_.mnemonic == ZYDIS_MNEMONIC_LZCNT ? Op::lzcnt
                                                          : Op::popcnt;
      out(alu.unary(op, a, w));
      flags_of_result(a, unknown_flag(12), constant(0), w);
      return true;
    }
    case ZYDIS_MNEMONIC_BSWAP: out(alu.unary(Op::bswap, in(0), w)); return true;
    default: return false;
  }
}

bool Stepper::conditional() {
  if (i_.condition < 0) return false;
  Alu& alu = e_.alu;
  const unsigned cc = static_cast<std::uint8_t>(i_.condition);
  const Value c = flag(cc);
  if (e_.ladder_.clock && (cc >= 12 || cc == 8 || cc == 9)) e_.signed_compare(rva_, s_, cc);
  LaneMask yes = 0, no = 0, open = 0;
  for (unsigned k = 0; k < alu.count(); ++k) {
    if ((alu.mask >> k & 1) == 0) continue;
    const Term t = c.at(k);
    (t.number() ? (t.off != 0 ? yes : no) : open) |= lane_bit(k);
  }
  if (yes != 0 && no != 0) e_.note_split(*e_.stack_.back(), rva_, i_, s_, yes, no);
  if (open != 0 && !c.uniform()) e_.note_possible(rva_, c, open);
  if (i_.operands == 1) {  // setcc
    Value v = c;
    v.copy = false;
    out(v);
    return true;
  }
  const Value a = in(0), b = in(1);
  if (no == alu.mask || yes == alu.mask) {
    // A 32-bit move clears the upper half even when it does not happen.
    out(yes == alu.mask ? b : a);
    return true;
  }
  const auto one = [&](unsigned k) {
    const Term t = c.at(k);
    if (t.number()) return t.off != 0 ? b.at(k) : a.at(k);
    if (a.at(k) == b.at(k)) return a.at(k);
    return alu.truncate(Value(alu.merged(a.at(k), b.at(k), t.sym)), width()).all;
  };
  Value v = alu.each(one, a.copy && b.copy);
  v.copy = a.copy && b.copy && !v.uniform();
  v.origin = origin_of(c, a, b);
  out(v);
  return true;
}

bool Stepper::conversions() {
  Alu& alu = e_.alu;
  const auto extend = [&](std::uint8_t from, std::uint8_t to) {
    const Operand src{.type = Operand::Type::gpr, .bytes = from, .reg = kAx}, dst{.type = Operand::Type::gpr, .bytes = to, .reg = kAx};
    const Value v = e_.read_reg(s_, src);
    signed_use(v, from * 8u, "sign-extended");
    e_.write_reg(s_, dst, alu.truncate(alu.extend_sign(v, from * 8u), to * 8u));
  };
  const auto spread = [&](std::uint8_t bytes) {
    const Operand ax{.type = Operand::Type::gpr, .bytes = bytes, .reg = kAx}, dx{.type = Operand::Type::gpr, .bytes = bytes, .reg = kDx};
    const Value v = e_.read_reg(s_, ax);
    signed_use(v, bytes * 8u, "sign-extended");
    Value sign = alu.map(v, [&](Term t) {
      if (t.number()) return number(sign_extend(t.off, bytes * 8u) >> 63 != 0 ? mask_of(bytes * 8u) : 0);
      return bits_of(t.sym) < bytes * 8u && t.off == 0 ? number(0) : unknown(Op::sext, bytes * 8u, hash_of(0xCD9, t));
    });
    sign.copy = false;
    e_.write_reg(s_, dx, sign);
  };
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_CBW: extend(1, 2); return true;
    case ZYDIS_MNEMONIC_CWDE: extend(2, 4); return true;
    case ZYDIS_MNEMONIC_CDQE: extend(4, 8); return true;
    case ZYDIS_MNEMONIC_CWD: spread(2); return true;
    case ZYDIS_MNEMONIC_CDQ: spread(4); return true;
    case ZYDIS_MNEMONIC_CQO: spread(8); return true;
    default: return false;
  }
}

}  // namespace tq::analysis
