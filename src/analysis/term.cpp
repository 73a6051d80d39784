#include "analysis/term.hpp"

#include <bit>
#include <optional>
#include <utility>

namespace tq::analysis {
namespace {

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

std::uint64_t rotate_left(std::uint64_t a, std::uint64_t n, unsigned bits) {
  n %= bits;
  a &= mask_of(bits);
  return n == 0 ? a : (a << n) | (a >> (bits - n));
}

std::optional<std::uint64_t> divide(Op op, std::uint64_t a, std::uint64_t b, unsigned bits) {
  if (b == 0) return std::nullopt;
  const auto x = static_cast<std::int64_t>(sign_extend(a, bits)), y = static_cast<std::int64_t>(sign_extend(b, bits));
  const bool overflow = y == -1;  // the most negative number by -1 traps; for all others this is a negation
  switch (op) {
    case Op::udiv: return a / b;
    case Op::urem: return a % b;
    case Op::sdiv: return overflow ? 0 - static_cast<std::uint64_t>(x) : static_cast<std::uint64_t>(x / y);
    default: return overflow ? 0 : static_cast<std::uint64_t>(x % y);
  }
}

std::uint64_t shift(Op op, std::uint64_t a, std::uint64_t n, unsigned bits) {
  if (op == Op::shl) return n >= bits ? 0 : a << n;
  if (op == Op::shr) return n >= bits ? 0 : a >> n;
  const auto s = static_cast<std::int64_t>(sign_extend(a, bits));
  return static_cast<std::uint64_t>(s >> (n >= 63 ? 63 : n));
}

std::optional<std::uint64_t> numbers(Op op, std::uint64_t a, std::uint64_t b, unsigned bits) {
  switch (op) {
    case Op::add: return a + b;
    case Op::sub: return a - b;
    case Op::mul: return a * b;
    case Op::and_: return a & b;
    case Op::or_: return a | b;
    case Op::xor_: return a ^ b;
    case Op::shl:
    case Op::shr:
    case Op::sar: return shift(op, a, b, bits);
    case Op::rol: return rotate_left(a, b, bits);
    case Op::ror: return rotate_left(a, bits - b % bits, bits);
    case Op::udiv:
    case Op::urem:
    case Op::sdiv:
    case Op::srem: return divide(op, a, b, bits);
    case Op::umulh: return static_cast<std::uint64_t>(Wide{a} * b >> bits);
    case Op::smulh: {
      const SignedWide p = SignedWide{static_cast<std::int64_t>(sign_extend(a, bits))} * static_cast<std::int64_t>(sign_extend(b, bits));
      return static_cast<std::uint64_t>(static_cast<Wide>(p) >> bits);
    }
    default: return std::nullopt;
  }
}

/// Made from values that differ only by the way the program came: such a result still compares between lanes.
bool decided(Term t) { return t.number() || kind_of(t.sym) == Kind::joined; }

bool is_mixed(Term t) { return !t.number() && kind_of(t.sym) == Kind::mixed; }

Term named(Op op, Term a, Term b, unsigned bits) {
  const Term t = unknown(op, bits, hash_of(hash_of(bits, a), b));
  if (is_mixed(a) || is_mixed(b)) return Term{make_sym(Kind::mixed, bits, t.sym), 0};
  return decided(a) && decided(b) ? Term{make_sym(Kind::joined, bits, t.sym), 0} : t;
}

/// The kind of an unknown that was cut or extended.
Kind kept_kind(Term a) {
  const Kind k = kind_of(a.sym);
  return k == Kind::table || k == Kind::result || k == Kind::joined || k == Kind::mixed ? k : Kind::plain;
}

bool is_pointer(Term t) {
  const Kind k = kind_of(t.sym);
  return k == Kind::stack || k == Kind::object || k == Kind::derived;
}

/// A sum of two unknowns keeps the numbers apart, so that a base address stays readable in `off`.
Term add_unknowns(Term a, Term b, unsigned bits) {
  if (a.sym > b.sym) std::swap(a, b);
  const bool pointer = is_pointer(a) || is_pointer(b);
  const Kind kind = pointer ? Kind::derived : is_mixed(a) || is_mixed(b) ? Kind::mixed : Kind::plain;
  return {make_sym(kind, bits, mix(static_cast<std::uint64_t>(Op::add), a.sym, b.sym)), (a.off + b.off) & mask_of(bits)};
}

Term subtract(Term a, Term b, unsigned bits) {
  if (b.number()) return {a.sym, (a.off - b.off) & mask_of(bits)};
  // Two results of one call site need not be the same value, unless one was made from the other by adding.
  if (a.sym == b.sym && (kind_of(a.sym) != Kind::result || a.off != b.off)) return number((a.off - b.off) & mask_of(bits));
  const std::uint64_t h = mix(static_cast<std::uint64_t>(Op::sub), a.sym, b.sym);
  return {make_sym(Kind::plain, bits, h), (a.off - b.off) & mask_of(bits)};
}

/// Does the number, and what was put together with the unknown, lie wholly above the bits of the unknown?
bool beside(Term unknown, Term n, unsigned bits) {
  if (unknown.number() || !n.number() || bits_of(unknown.sym) >= bits) return false;
  return ((unknown.off | n.off) & mask_of(bits_of(unknown.sym))) == 0;
}

std::optional<Term> simplify(Op op, Term a, Term b, unsigned bits) {
  switch (op) {
    case Op::add:
      if (b.number()) return Term{a.sym, (a.off + b.off) & mask_of(bits)};
      if (a.number()) return Term{b.sym, (a.off + b.off) & mask_of(bits)};
      return add_unknowns(a, b, bits);
    case Op::sub: return subtract(a, b, bits);
    case Op::and_:
      if ((a.number() && a.off == 0) || (b.number() && b.off == 0)) return number(0);
      if (b.number() && (b.off & mask_of(bits)) == mask_of(bits)) return a;
      // The part beside a narrow unknown.
      if (beside(a, b, bits)) return number(a.off & b.off);
      // Frames are aligned by masking the stack pointer.
      if (b.number() && kind_of(a.sym) == Kind::stack && (b.off | 0xFFF) == mask_of(bits))
        return Term{a.sym, a.off & sign_extend(b.off, bits) & mask_of(bits)};
      if (a == b) return a;
      return std::nullopt;
    case Op::or_:
      if (b.number() && b.off == 0) return a;
      if (a.number() && a.off == 0) return b;
      if (b.number() && (b.off & mask_of(bits)) == mask_of(bits)) return number(mask_of(bits));
      if (a == b) return a;
      if (beside(a, b, bits)) return Term{a.sym, a.off | b.off};
      if (beside(b, a, bits)) return Term{b.sym, a.off | b.off};
      return std::nullopt;
    case Op::xor_:
      if (b.number() && b.off == 0) return a;
      if (a == b && kind_of(a.sym) != Kind::result) return number(0);
      return std::nullopt;
    case Op::mul:
      if ((a.number() && a.off == 0) || (b.number() && b.off == 0)) return number(0);
      if (b.number() && b.off == 1) return a;
      return std::nullopt;
    case Op::shl:
    case Op::shr:
    case Op::sar:
      if (b.number() && b.off == 0) return a;
      if (op == Op::shr && b.number() && b.off >= bits_of(a.sym) && a.off == 0) return number(0);
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::uint64_t count_bits(Op op, std::uint64_t a, unsigned bits) {
  const auto leading = static_cast<unsigned>(std::countl_zero(a << (64 - bits)));
  switch (op) {
    case Op::popcnt: return static_cast<unsigned>(std::popcount(a));
    case Op::bsr: return bits - 1 - leading;
    case Op::lzcnt: return a == 0 ? bits : leading;
    case Op::tzcnt: return a == 0 ? bits : static_cast<unsigned>(std::countr_zero(a));
    default: return static_cast<unsigned>(std::countr_zero(a));
  }
}

}  // namespace

Term unknown(Op op, unsigned bits, std::uint64_t h) {
  return {make_sym(Kind::plain, bits, mix(h, 0x51, static_cast<std::uint64_t>(op))), 0};
}

Term binary(Op op, Term a, Term b, unsigned bits) {
  if (a.number() && b.number()) {
    const auto v = numbers(op, a.off & mask_of(bits), b.off & mask_of(bits), bits);
    return v ? number(*v & mask_of(bits)) : named(op, a, b, bits);
  }
  if (const auto t = simplify(op, a, b, bits)) return *t;
  return named(op, a, b, bits);
}

Term unary(Op op, Term a, unsigned bits) {
  if (!a.number()) {
    const Term t = unknown(op, bits, hash_of(bits, a));
    const Kind k = kind_of(a.sym);
    return k == Kind::joined || k == Kind::mixed ? Term{make_sym(k, bits, t.sym), 0} : t;
  }
  const std::uint64_t v = a.off & mask_of(bits);
  switch (op) {
    case Op::not_: return number(~v & mask_of(bits));
    case Op::neg: return number((0 - v) & mask_of(bits));
    case Op::bswap: return number(__builtin_bswap64(v) >> (64 - bits));
    case Op::bsf:
    case Op::bsr:
      if (v == 0) return unknown(op, bits, bits);
      return number(count_bits(op, v, bits));
    default: return number(count_bits(op, v, bits));
  }
}

Term truncate(Term a, unsigned bits) {
  if (a.number()) return number(a.off & mask_of(bits));
  if (bits_of(a.sym) <= bits) return {a.sym, a.off & mask_of(bits)};
  return {make_sym(kept_kind(a), bits, mix(a.sym, static_cast<std::uint64_t>(Op::trunc))), a.off & mask_of(bits)};
}

Term extend_sign(Term a, unsigned from) {
  if (a.number()) return number(sign_extend(a.off, from));
  if (from >= 64) return a;
  return {make_sym(kept_kind(a), 64, mix(a.sym, static_cast<std::uint64_t>(Op::sext))), sign_extend(a.off, from)};
}

}  // namespace tq::analysis
