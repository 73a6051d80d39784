#include "analysis/value.hpp"

namespace tq::analysis {
namespace {

/// Does `op` with a plain number only move, cut or pack a version, so that nothing is decided by it?
bool still_copy(Op op, const Value& a, const Value& b, unsigned bits) {
  const bool both = a.copy && b.copy;
  const Value& other = a.copy ? b : a;
  if (!both && (!other.uniform() || !other.all.number())) return false;
  const std::uint64_t n = other.all.off & mask_of(bits);
  switch (op) {
    case Op::or_: return true;
    case Op::add: return both || n == 0;
    case Op::and_: return !both && n >= 0xFF && ((n + 1) & n) == 0;  // a mask of one bit would already be a decision
    case Op::shl: return !both && a.copy;
    case Op::shr: return !both && a.copy && n % 8 == 0;
    case Op::rol:
    case Op::ror: return !both && a.copy && n % 8 == 0;
    case Op::mul: return !both && (n == 10 || n == 100 || n == 1000 || n == 10000 || n == 100000 || n == 256 || n == 65536);
    default: return false;
  }
}

}  // namespace

Term* LaneArena::take() {
  if (used_ + count_ > kBlock) {
    blocks_.push_back(std::make_unique<Term[]>(kBlock));
    used_ = 0;
  }
  Term* p = blocks_.back().get() + used_;
  used_ += count_;
  return p;
}

Value Alu::mixed(const Value& v) {
  if (v.uniform()) return v;
  Value out = each([&](unsigned k) {
    const Term t = v.lanes[k];
    const bool plain = !t.number() && kind_of(t.sym) == Kind::plain && t.off == 0;
    return plain ? Term{make_sym(Kind::mixed, bits_of(t.sym), t.sym), 0} : t;
  });
  out.origin = v.origin;
  return out;
}

Term Alu::merged(Term x, Term y, std::uint64_t place) {
  const auto decided = [](Term t) { return t.number() || kind_of(t.sym) == Kind::joined; };
  const auto is = [](Term t, Kind kind) { return !t.number() && kind_of(t.sym) == kind; };
  const auto opaque = [&](Term t) { return is(t, Kind::plain) || is(t, Kind::result); };
  const Kind kind = is(x, Kind::mixed) || is(y, Kind::mixed) ? Kind::mixed : decided(x) && decided(y) ? Kind::joined : Kind::plain;
  const Term t{make_sym(kind, 64, mix(hash_of(hash_of(place, x), y), static_cast<std::uint64_t>(Op::join))), 0};
  // A number on one way, on the other something unknown that has a name of its own: that is one of a few, too.
  const bool few = kind == Kind::joined || (decided(x) && opaque(y)) || (opaque(x) && decided(y));
  if (!few || ways_.contains(t.sym)) return t;
  std::vector<Term> numbers = alternatives(x), more = alternatives(y);
  numbers.insert(numbers.end(), more.begin(), more.end());
  note_alternatives(t, std::move(numbers));
  return t;
}

void Alu::note_alternatives(Term t, std::vector<Term> numbers) {
  constexpr std::size_t kMostWays = 12, kMostNames = 50'000;
  if (ways_.size() >= kMostNames) return;
  for (Term& n : numbers) n.off -= t.off;
  std::sort(numbers.begin(), numbers.end(), [](Term a, Term b) { return std::pair{a.sym, a.off} < std::pair{b.sym, b.off}; });
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.size() <= kMostWays) ways_.emplace(t.sym, std::move(numbers));
}

std::vector<Term> Alu::alternatives(Term t) const {
  const auto it = t.number() ? ways_.end() : ways_.find(t.sym);
  if (it == ways_.end()) return {t};
  std::vector<Term> out = it->second;
  for (Term& n : out) n.off = (n.off + t.off) & mask_of(bits_of(t.sym));
  return out;
}

Term Alu::paired(Term low, Term high) {
  constexpr std::size_t kMost = 100'000;
  if (low.number() && high.number()) return number((low.off & mask_of(32)) | high.off << 32);
  const Term t = unknown(Op::concat, 64, hash_of(hash_of(4, low), high));
  if (pairs_.size() < kMost) pairs_.try_emplace(t.sym, low, high);
  return t;
}

const std::pair<Term, Term>* Alu::halves(Term whole) const {
  const auto it = whole.number() || whole.off != 0 ? pairs_.end() : pairs_.find(whole.sym);
  return it == pairs_.end() ? nullptr : &it->second;
}

Value Alu::binary(Op op, const Value& a, const Value& b, unsigned bits) {
  if (op == Op::shr && bits == 64 && !pairs_.empty() && b.uniform() && b.all == number(32)) {
    Value v = map(a, [&](Term x) {
      const auto* both = halves(x);
      return both != nullptr ? analysis::truncate(both->second, 32) : analysis::binary(op, x, b.all, bits);
    });
    v.copy = a.copy && !v.uniform();
    return v;
  }
  Value v = map(a, b, [&](Term x, Term y) {
    const Term t = analysis::binary(op, x, y, bits);
    return y.number() ? carried(x, t, [&](Term w) { return analysis::binary(op, w, y, bits); }) : t;
  });
  if (!a.copy && !b.copy) return v;
  v.copy = !v.uniform() && still_copy(op, a, b, bits);
  // What may not be the version at all, because ways met, is no mixture: something may be decided by the way on which it was.
  const auto pure = [this](const Value& x) {
    for (LaneMask left = x.copy ? mask : 0; left != 0; left &= left - 1)
      if (!x.at(static_cast<unsigned>(std::countr_zero(left))).number()) return false;
    return true;
  };
  return v.copy || !pure(a) || !pure(b) ? v : mixed(v);
}

Value Alu::unary(Op op, const Value& a, unsigned bits) {
  Value v = map(a, [&](Term x) { return analysis::unary(op, x, bits); });
  v.copy = a.copy && op == Op::bswap;
  return v;
}

Value Alu::truncate(const Value& a, unsigned bits) {
  if (bits <= 32 && !pairs_.empty()) {
    const auto cut = [&](Term x) {
      const auto* both = halves(x);
      if (both != nullptr) return analysis::truncate(both->first, bits);
      return carried(x, analysis::truncate(x, bits), [&](Term w) { return analysis::truncate(w, bits); });
    };
    if (a.uniform()) return Value(cut(a.all));
    Value v = map(a, cut);
    v.copy = a.copy && !v.uniform();
    return v;
  }
  const auto cut = [&](Term x) { return carried(x, analysis::truncate(x, bits), [&](Term w) { return analysis::truncate(w, bits); }); };
  if (a.uniform()) return Value(cut(a.all));
  Value v = map(a, cut);
  v.copy = a.copy && !v.uniform();
  return v;
}

Value Alu::extend_sign(const Value& a, unsigned from) {
  Value v = map(a, [&](Term x) {
    return carried(x, analysis::extend_sign(x, from), [&](Term w) { return analysis::extend_sign(analysis::truncate(w, from), from); });
  });
  v.copy = a.copy && !v.uniform();
  return v;
}

Value Alu::select(LaneMask first, const Value& a, const Value& b) {
  if ((first & mask) == mask) return a;
  if ((first & mask) == 0) return b;
  if (a.uniform() && b.uniform() && a.all == b.all) return a;
  Value v = each([&](unsigned i) { return (first >> i & 1) != 0 ? a.at(i) : b.at(i); }, a.copy && b.copy);
  v.copy = a.copy && b.copy;
  v.origin = origin_of(a, b);
  return v;
}

Value Alu::join(const Value& a, LaneMask in_a, const Value& b, LaneMask in_b, std::uint64_t place) {
  if (a.uniform() && b.uniform() && a.all == b.all) return a;
  if (a.lanes != nullptr && a.lanes == b.lanes && a.copy == b.copy) return a;
  if (a.uniform() && b.uniform() && in_a == in_b) return Value(merged(a.all, b.all, place));
  const LaneMask before = mask;
  mask = in_a | in_b;
  const auto one = [&](unsigned i) {
    const bool only_a = (in_b >> i & 1) == 0, only_b = (in_a >> i & 1) == 0;
    const Term x = a.at(i), y = b.at(i);
    if (only_a || x == y) return x;
    if (only_b) return y;
    return merged(x, y, place);
  };
  // On the other way it was something that all lanes have alike: shown, the two of them still tell no lanes apart.
  const bool copy = (a.copy || a.uniform()) && (b.copy || b.uniform()) && (a.copy || b.copy);
  Value v = each(one, copy);
  v.copy = copy && !v.uniform();
  v.pushed = a.pushed && b.pushed;
  v.origin = origin_of(a, b);
  mask = before;
  return v;
}

bool Alu::same(const Value& a, const Value& b, LaneMask lanes) const {
  if (a.uniform() && b.uniform()) return a.all == b.all;
  if (a.lanes == b.lanes && !a.uniform()) return true;
  for (unsigned i = 0; i < count(); ++i)
    if ((lanes >> i & 1) != 0 && !(a.at(i) == b.at(i))) return false;
  return true;
}

bool Alu::varies(const Value& a) const {
  if (a.uniform()) return false;
  bool any = false;
  Term first;
  for (unsigned i = 0; i < count(); ++i) {
    if ((mask >> i & 1) == 0) continue;
    if (any && !(a.lanes[i] == first)) return true;
    first = a.lanes[i];
    any = true;
  }
  return false;
}

}  // namespace tq::analysis
