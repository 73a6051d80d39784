// Conditions of the x86: what jcc, setcc and cmovcc ask of the last result.
#include <bit>
#include <optional>

#include "analysis/engine.hpp"

namespace tq::analysis {
namespace {

enum Base : unsigned { kOverflow = 0, kBelow = 2, kZero = 4, kBelowEqual = 6, kSign = 8, kParity = 10, kLess = 12, kLessEqual = 14 };

bool never_null(Term t) {
  const Kind k = kind_of(t.sym);
  return !t.number() && (k == Kind::stack || k == Kind::object || k == Kind::api);
}

std::optional<bool> of_numbers(unsigned base, std::uint64_t a, std::uint64_t b, unsigned bits) {
  const std::uint64_t m = mask_of(bits), r = (a - b) & m;
  const auto x = static_cast<std::int64_t>(sign_extend(a, bits)), y = static_cast<std::int64_t>(sign_extend(b, bits));
  a &= m;
  b &= m;
  switch (base) {
    case kOverflow: return (((a ^ b) & (a ^ r)) >> (bits - 1) & 1) != 0;
    case kBelow: return a < b;
    case kZero: return a == b;
    case kBelowEqual: return a <= b;
    case kSign: return (r >> (bits - 1) & 1) != 0;
    case kParity: return std::popcount(r & 0xFF) % 2 == 0;
    case kLess: return x < y;
    default: return x <= y;
  }
}

/// What can be said of two terms that are not both numbers.
std::optional<bool> of_terms(unsigned base, Term a, Term b, unsigned bits) {
  if (a.sym == b.sym && (kind_of(a.sym) != Kind::result || a.off != b.off)) {
    const Kind k = kind_of(a.sym);
    if (base == kZero) return a.off == b.off;
    if (a.off == b.off) return of_numbers(base, 0, 0, bits);
    if (k == Kind::stack || k == Kind::object)
      return of_numbers(base == kBelow ? +kLess : base == kBelowEqual ? +kLessEqual : base, a.off, b.off, bits);
    return std::nullopt;
  }
  constexpr std::uint64_t kNullPage = 0x10000;
  if (never_null(a) && b.number() && b.off < kNullPage) {
    if (base == kZero) return false;
    if (base == kBelow || base == kBelowEqual) return false;
  }
  if (never_null(b) && a.number() && a.off < kNullPage) {
    if (base == kZero) return false;
    if (base == kBelow || base == kBelowEqual) return true;
  }
  if (never_null(a) && never_null(b) && base == kZero) return false;
  // A value widened from fewer bits is not negative.
  if (b.number() && b.off == 0 && a.off == 0 && bits_of(a.sym) < bits && (base == kSign || base == kLess)) return false;
  return std::nullopt;
}

Term truth(bool b) { return number(b ? 1 : 0); }

Term of_difference(unsigned base, Term a, Term b, unsigned bits) {
  if (a.number() && b.number()) return truth(*of_numbers(base, a.off, b.off, bits));
  if (const auto known = of_terms(base, a, b, bits)) return truth(*known);
  return unknown(Op::cond, 8, hash_of(hash_of(mix(base, bits), a), b));
}

Term negate(Term t) {
  if (t.number()) return number(t.off ^ 1);
  return unknown(Op::not_, 8, t.sym);
}

Term of_result(unsigned base, Term r, Term cf, Term of, unsigned bits) {
  const auto both = [&](Term x, Term y, auto f) {
    return x.number() && y.number() ? truth(f(x.off, y.off)) : unknown(Op::cond, 8, hash_of(hash_of(base, x), y));
  };
  const Term zero = of_difference(kZero, r, number(0), bits), sign = of_difference(kSign, r, number(0), bits);
  switch (base) {
    case kOverflow: return of;
    case kBelow: return cf;
    case kZero: return zero;
    case kBelowEqual:
      if (cf == number(0)) return zero;
      return both(cf, zero, [](auto x, auto y) { return (x | y) != 0; });
    case kSign: return sign;
    case kParity: return r.number() ? truth(*of_numbers(kParity, r.off, 0, bits)) : unknown(Op::cond, 8, hash_of(kParity, r));
    case kLess:
      if (of == number(0)) return sign;
      return both(sign, of, [](auto x, auto y) { return x != y; });
    default: {
      if (of == number(0)) return of_difference(kLessEqual, r, number(0), bits);
      const Term less = both(sign, of, [](auto x, auto y) { return x != y; });
      return both(less, zero, [](auto x, auto y) { return (x | y) != 0; });
    }
  }
}

Term of_sum(unsigned base, Term a, Term b, Term r, unsigned bits) {
  Term cf = unknown(Op::cond, 8, hash_of(hash_of(0xADD, a), b)), of = unknown(Op::cond, 8, hash_of(hash_of(0xADE, a), b));
  if (a.number() && b.number()) {
    const std::uint64_t m = mask_of(bits);
    cf = truth((r.off & m) < (a.off & m));
    of = truth((((a.off ^ r.off) & (b.off ^ r.off)) >> (bits - 1) & 1) != 0);
  }
  return of_result(base, r, cf, of, bits);
}

}  // namespace

Value Engine::condition(const State& s, unsigned cc) {
  const Flags& f = s.flags;
  const unsigned base = cc & ~1u;
  const auto one = [&](Term a, Term b, Term r, Term cf, Term of) {
    Term t;
    switch (f.kind) {
      case Flags::Kind::sub: t = alu.whichever(a, b, [&](Term x, Term y) { return of_difference(base, x, y, f.bits); }); break;
      case Flags::Kind::add: t = of_sum(base, a, b, r, f.bits); break;
      case Flags::Kind::result: t = alu.whichever(r, number(0), [&](Term x, Term) { return of_result(base, x, cf, of, f.bits); }); break;
    }
    return (cc & 1) != 0 ? negate(t) : t;
  };
  const bool uniform = f.a.uniform() && f.b.uniform() && f.r.uniform() && f.cf.uniform() && f.of.uniform();
  if (uniform) return Value(one(f.a.all, f.b.all, f.r.all, f.cf.all, f.of.all));
  Value v = alu.each([&](unsigned i) { return one(f.a.at(i), f.b.at(i), f.r.at(i), f.cf.at(i), f.of.at(i)); });
  bool mixed = false;
  for (const Value* x : {&f.a, &f.b, &f.r, &f.cf}) {
    if (v.origin == 0) v.origin = x->origin;
    mixed = mixed || x->copy;
    for (unsigned i = 0; i < alu.count() && !x->uniform() && !mixed; ++i)
      mixed = (alu.mask >> i & 1) != 0 && !x->at(i).number() && kind_of(x->at(i).sym) == Kind::mixed;
  }
  const std::uint8_t origin = v.origin;
  if (mixed) v = alu.mixed(v);
  v.origin = origin;
  return v;
}

}  // namespace tq::analysis
