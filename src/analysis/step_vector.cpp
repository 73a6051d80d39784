// SSE: moves keep names, arithmetic is done on numbers and names everything else.
#include <bit>
#include <cmath>

#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

bool is_xmm(const Operand& o) { return o.type == Operand::Type::xmm; }

std::optional<unsigned> moved_bytes(ZydisMnemonic m) {
  switch (m) {
    case ZYDIS_MNEMONIC_MOVDQA:
    case ZYDIS_MNEMONIC_MOVDQU:
    case ZYDIS_MNEMONIC_MOVAPS:
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVAPD:
    case ZYDIS_MNEMONIC_MOVUPD:
    case ZYDIS_MNEMONIC_LDDQU:
    case ZYDIS_MNEMONIC_MOVNTDQ:
    case ZYDIS_MNEMONIC_MOVNTPS: return 16;
    case ZYDIS_MNEMONIC_MOVQ:
    case ZYDIS_MNEMONIC_MOVSD: return 8;
    case ZYDIS_MNEMONIC_MOVD:
    case ZYDIS_MNEMONIC_MOVSS: return 4;
    default: return std::nullopt;
  }
}

/// Where the four elements of 32 bits of a packed instruction that only moves come from: 0 to 3 the first operand's, 4 to 7 the
/// second's, 8 zero. nullopt for other instructions.
std::optional<std::array<unsigned, 4>> moved_elements(ZydisMnemonic m, unsigned immediate) {
  const auto picked = [&](unsigned k) { return immediate >> (2 * k) & 3; };
  const unsigned by = immediate / 4;
  switch (m) {
    case ZYDIS_MNEMONIC_PUNPCKLDQ:
    case ZYDIS_MNEMONIC_UNPCKLPS: return std::array{0u, 4u, 1u, 5u};
    case ZYDIS_MNEMONIC_PUNPCKHDQ:
    case ZYDIS_MNEMONIC_UNPCKHPS: return std::array{2u, 6u, 3u, 7u};
    case ZYDIS_MNEMONIC_PUNPCKLQDQ:
    case ZYDIS_MNEMONIC_UNPCKLPD: return std::array{0u, 1u, 4u, 5u};
    case ZYDIS_MNEMONIC_PUNPCKHQDQ:
    case ZYDIS_MNEMONIC_UNPCKHPD: return std::array{2u, 3u, 6u, 7u};
    case ZYDIS_MNEMONIC_PSHUFD: return std::array{4 + picked(0), 4 + picked(1), 4 + picked(2), 4 + picked(3)};
    case ZYDIS_MNEMONIC_SHUFPS: return std::array{picked(0), picked(1), 4 + picked(2), 4 + picked(3)};
    case ZYDIS_MNEMONIC_PSRLDQ:
      if (immediate % 4 != 0) return std::nullopt;
      return std::array{by <= 3 ? by : 8u, by <= 2 ? by + 1 : 8u, by <= 1 ? by + 2 : 8u, by == 0 ? 3u : 8u};
    case ZYDIS_MNEMONIC_PSLLDQ:
      if (immediate % 4 != 0) return std::nullopt;
      return std::array{by == 0 ? 0u : 8u, by <= 1 ? 1 - by : 8u, by <= 2 ? 2 - by : 8u, by <= 3 ? 3 - by : 8u};
    default: return std::nullopt;
  }
}

/// What a packed instruction does to each element of 32 bits; nullopt for those that work on other elements, or move.
std::optional<Op> element_operation(ZydisMnemonic m) {
  switch (m) {
    case ZYDIS_MNEMONIC_PADDD: return Op::add;
    case ZYDIS_MNEMONIC_PSUBD: return Op::sub;
    case ZYDIS_MNEMONIC_PSRLD: return Op::shr;
    case ZYDIS_MNEMONIC_PSLLD: return Op::shl;
    case ZYDIS_MNEMONIC_PAND:
    case ZYDIS_MNEMONIC_ANDPS:
    case ZYDIS_MNEMONIC_ANDPD: return Op::and_;
    case ZYDIS_MNEMONIC_POR:
    case ZYDIS_MNEMONIC_ORPS:
    case ZYDIS_MNEMONIC_ORPD: return Op::or_;
    case ZYDIS_MNEMONIC_PXOR:
    case ZYDIS_MNEMONIC_XORPS:
    case ZYDIS_MNEMONIC_XORPD: return Op::xor_;
    default: return std::nullopt;
  }
}

/// Shifts of 64 bits by whole bytes.
bool only_moves(ZydisMnemonic m, unsigned by) { return (m == ZYDIS_MNEMONIC_PSRLQ || m == ZYDIS_MNEMONIC_PSLLQ) && by != 0 && by % 8 == 0; }

}  // namespace

std::array<Value, 2> Stepper::vector_in(unsigned k) {
  const Operand& o = i_.op[k];
  if (is_xmm(o)) return s_.xmm.get()->r[static_cast<std::uint8_t>(o.reg)];
  if (o.type == Operand::Type::memory) {
    const Value at = e_.address_of(s_, o);
    if (o.bytes <= 8) return {e_.read(s_, at, std::max<unsigned>(o.bytes, 1)), constant(0)};
    return {e_.read(s_, at, 8), e_.read(s_, e_.plus(at, 8), 8)};
  }
  return {e_.read_operand(s_, o), constant(0)};
}

void Stepper::vector_out(int reg, const std::array<Value, 2>& v) { s_.xmm.write().r[static_cast<std::size_t>(reg)] = v; }

bool Stepper::vector_moves() {
  const auto bytes = moved_bytes(i_.mnemonic);
  if (!bytes || i_.vex || (!is_xmm(i_.op[0]) && !is_xmm(i_.op[1]))) return false;
  Alu& alu = e_.alu;
  const Operand &to = i_.op[0], &from = i_.op[1];
  std::array<Value, 2> v = vector_in(1);
  if (*bytes == 4) v[0] = alu.truncate(v[0], 32);
  if (is_xmm(to)) {
    const bool merges = is_xmm(from) && (i_.mnemonic == ZYDIS_MNEMONIC_MOVSD || i_.mnemonic == ZYDIS_MNEMONIC_MOVSS);
    if (*bytes < 16) v[1] = constant(0);
    if (merges) {
      const auto old = vector_in(0);
      v[1] = old[1];
      if (*bytes == 4) {
        const Value high = alu.binary(Op::and_, old[0], constant(~mask_of(32)), 64);
        v[0] = alu.binary(Op::or_, high, v[0], 64);
      }
    }
    vector_out(to.reg, v);
    return true;
  }
  if (to.type == Operand::Type::gpr) {
    e_.write_operand(s_, to, alu.truncate(v[0], to.bytes * 8u));
    return true;
  }
  if (to.type != Operand::Type::memory) return false;
  const Value at = e_.address_of(s_, to);
  e_.write(s_, at, std::min(*bytes, 8u), v[0]);
  if (*bytes == 16) e_.write(s_, e_.plus(at, 8), 8, v[1]);
  return true;
}

bool Stepper::vector_partial_moves() {
  const auto half = [&](unsigned which, bool to_memory) {
    if (to_memory) {
      e_.write(s_, e_.address_of(s_, i_.op[0]), 8, vector_in(1)[which]);
      return;
    }
    auto v = vector_in(0);
    v[which] = vector_in(1)[0];
    vector_out(i_.op[0].reg, v);
  };
  if (i_.vex) return false;
  const bool store = i_.op[0].type == Operand::Type::memory;
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_MOVLPS:
    case ZYDIS_MNEMONIC_MOVLPD: half(0, store); return true;
    case ZYDIS_MNEMONIC_MOVHPS:
    case ZYDIS_MNEMONIC_MOVHPD: half(1, store); return true;
    case ZYDIS_MNEMONIC_MOVLHPS: half(1, false); return true;
    case ZYDIS_MNEMONIC_MOVHLPS: {
      auto v = vector_in(0);
      v[0] = vector_in(1)[1];
      vector_out(i_.op[0].reg, v);
      return true;
    }
    default: return false;
  }
}

bool Stepper::vector_transfers() {
  if (i_.vex) return false;
  Alu& alu = e_.alu;
  const auto gather = [&](auto f) {
    const auto v = vector_in(1);
    Value r = alu.map(v[0], v[1], [&](Term lo, Term hi) {
      if (lo.number() && hi.number()) return number(f(Vector{{lo.off, hi.off}}));
      return unknown(Op::other, 32, hash_of(hash_of(static_cast<std::uint64_t>(i_.mnemonic), lo), hi));
    });
    r.copy = false;
    e_.write_operand(s_, i_.op[0], r);
    return true;
  };
  const auto sign_bits = [](const Vector& v, unsigned step) {
    std::uint64_t out = 0;
    for (unsigned bit = step, n = 0; bit <= 128; bit += step, ++n) out |= (v.q[(bit - 1) / 64] >> ((bit - 1) % 64) & 1) << n;
    return out;
  };
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_PMOVMSKB: return gather([&](const Vector& v) { return sign_bits(v, 8); });
    case ZYDIS_MNEMONIC_MOVMSKPS: return gather([&](const Vector& v) { return sign_bits(v, 32); });
    case ZYDIS_MNEMONIC_MOVMSKPD: return gather([&](const Vector& v) { return sign_bits(v, 64); });
    case ZYDIS_MNEMONIC_PEXTRW: {
      const unsigned n = i_.op[2].value & 7;
      const auto v = vector_in(1);
      e_.write_operand(s_, i_.op[0], alu.truncate(alu.binary(Op::shr, v[n / 4], constant(std::uint64_t{16} * (n % 4)), 64), 16));
      return true;
    }
    case ZYDIS_MNEMONIC_PINSRW: {
      const unsigned n = i_.op[2].value & 7, shift = 16 * (n % 4);
      auto v = vector_in(0);
      const Value word = alu.binary(Op::shl, alu.truncate(e_.read_operand(s_, i_.op[1]), 16), constant(shift), 64);
      v[n / 4] = alu.binary(Op::or_, alu.binary(Op::and_, v[n / 4], constant(~(std::uint64_t{0xFFFF} << shift)), 64), word, 64);
      vector_out(i_.op[0].reg, v);
      return true;
    }
    default: return false;
  }
}

/// Four elements of 32 bits: what is known of each stays known when its neighbours are not.
std::array<Value, 4> Stepper::elements_of(const std::array<Value, 2>& v) {
  std::array<Value, 4> out;
  for (std::size_t half = 0; half < 2; ++half) {
    out[2 * half] = e_.alu.truncate(v[half], 32);
    out[2 * half + 1] = e_.alu.truncate(e_.alu.binary(Op::shr, v[half], constant(32), 64), 32);
    out[2 * half].origin = out[2 * half + 1].origin = v[half].origin;
  }
  return out;
}

Value Stepper::joined_elements(const Value& low, const Value& high) {
  Value whole = e_.alu.map(low, high, [&](Term a, Term b) { return e_.alu.paired(a, b); });
  whole.copy = !whole.uniform() && (low.copy || low.uniform()) && (high.copy || high.uniform());
  return whole;
}

bool Stepper::vector_elements() {
  const bool third = i_.op[2].type == Operand::Type::immediate, second = i_.op[1].type == Operand::Type::immediate;
  const auto immediate = static_cast<unsigned>((third ? i_.op[2].value : second ? i_.op[1].value : 0) & 0xFF);
  const bool shifts = i_.mnemonic == ZYDIS_MNEMONIC_PSRLD || i_.mnemonic == ZYDIS_MNEMONIC_PSLLD;
  const auto from = moved_elements(i_.mnemonic, immediate);
  const auto op = element_operation(i_.mnemonic);
  if ((!from && !op) || (shifts && !second)) return false;
  const std::array<std::array<Value, 2>, 2> whole = {vector_in(0), vector_in(1)};
  const auto a = elements_of(whole[0]), b = elements_of(whole[1]);
  const auto element = [&](std::size_t k) {
    if (!from) return e_.alu.binary(*op, a[k], shifts ? constant(immediate) : b[k], 32);
    return (*from)[k] < 4 ? a[(*from)[k]] : (*from)[k] < 8 ? b[(*from)[k] - 4] : constant(0);
  };
  std::array<Value, 2> out;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t k = 2 * half;
    // A half that is moved as a whole keeps its name: it may be a pointer.
    const bool as_whole = from && (*from)[k] % 2 == 0 && (*from)[k] < 8 && (*from)[k + 1] == (*from)[k] + 1;
    out[half] = as_whole ? whole[(*from)[k] / 4][(*from)[k] / 2 % 2] : joined_elements(element(k), element(k + 1));
  }
  vector_out(i_.op[0].reg, out);
  return true;
}

bool Stepper::vector_arithmetic() {
  if (i_.vex || !is_xmm(i_.op[0]) || !packed(i_.mnemonic, {}, {}, 0)) return false;
  Alu& alu = e_.alu;
  const bool same = is_xmm(i_.op[1]) && i_.op[1].reg == i_.op[0].reg;
  const auto m = i_.mnemonic;
  if (same && (m == ZYDIS_MNEMONIC_PXOR || m == ZYDIS_MNEMONIC_XORPS || m == ZYDIS_MNEMONIC_XORPD)) {
    vector_out(i_.op[0].reg, {constant(0), constant(0)});
    return true;
  }
  if (vector_elements()) return true;
  const auto a = vector_in(0), b = vector_in(1);
  const auto immediate = static_cast<std::uint8_t>(i_.op[2].type == Operand::Type::immediate ? i_.op[2].value : 0);
  const auto half = [&](unsigned which) {
    Value r = alu.each([&](unsigned k) {
      const Term a0 = a[0].at(k), a1 = a[1].at(k), b0 = b[0].at(k), b1 = b[1].at(k);
      if (a0.number() && a1.number() && b0.number() && b1.number())
        return number(packed(m, {{a0.off, a1.off}}, {{b0.off, b1.off}}, immediate)->q[which]);
      return unknown(Op::other, 64,
                     hash_of(hash_of(hash_of(hash_of(mix(static_cast<std::uint64_t>(m), immediate, which), a0), a1), b0), b1));
    });
    r.copy = only_moves(m, immediate) && !r.uniform();
    for (const Value* v : {&a[0], &a[1], &b[0], &b[1]}) {
      r.copy = r.copy && (v->copy || v->uniform());
      if (r.origin == 0) r.origin = v->origin;
    }
    return r;
  };
  const Value low = half(0);
  vector_out(i_.op[0].reg, {low, half(1)});
  return true;
}

bool Stepper::vector_scalar() {
  if (i_.vex) return false;
  Alu& alu = e_.alu;
  const auto m = i_.mnemonic;
  const auto converted = [&](const Value& v, unsigned bits, auto f) {
    Value r = alu.map(
        v, [&](Term t) { return t.number() ? number(f(t.off)) : unknown(Op::other, bits, hash_of(static_cast<std::uint64_t>(m), t)); });
    r.copy = v.copy && !r.uniform();
    return r;
  };
  if (m == ZYDIS_MNEMONIC_CVTSI2SD) {
    const unsigned bits = i_.op[1].bytes * 8u;
    const Value v = e_.read_operand(s_, i_.op[1]);
    signed_use(v, bits, "converted as a signed number");
    auto r = vector_in(0);
    r[0] = converted(v, 64, [&](std::uint64_t x) {
      return std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<std::int64_t>(sign_extend(x, bits))));
    });
    vector_out(i_.op[0].reg, r);
    return true;
  }
  if (m == ZYDIS_MNEMONIC_CVTTSD2SI) {
    const Value v = vector_in(1)[0];
    e_.write_operand(s_, i_.op[0], converted(v, width(), [&](std::uint64_t x) {
                       const double d = std::bit_cast<double>(x), limit = width() == 64 ? 9.2e18 : 2147483647.0;
                       if (!(std::fabs(d) <= limit)) return std::uint64_t{1} << (width() - 1);
                       return static_cast<std::uint64_t>(static_cast<std::int64_t>(d)) & mask_of(width());
                     }));
    return true;
  }
  if (m == ZYDIS_MNEMONIC_COMISD || m == ZYDIS_MNEMONIC_UCOMISD) {
    const Value a = vector_in(0)[0], b = vector_in(1)[0];
    const auto compare = [&](auto f, std::uint64_t salt) {
      Value r = alu.map(a, b, [&](Term x, Term y) {
        if (!x.number() || !y.number()) return unknown(Op::cond, 8, hash_of(hash_of(salt, x), y));
        return number(f(std::bit_cast<double>(x.off), std::bit_cast<double>(y.off)) ? 1 : 0);
      });
      r.copy = false;
      return r;
    };
    const Value below = compare([](double x, double y) { return !(x >= y); }, 1),
                different = compare([](double x, double y) { return x != y; }, 2);
    flags_of_result(different, below, constant(0), 8);
    return true;
  }
  if (!is_xmm(i_.op[0]) || !scalar(m, 0, 0)) return false;
  auto r = vector_in(0);
  const Value b = vector_in(1)[0];
  r[0] = alu.map(r[0], b, [&](Term x, Term y) {
    if (x.number() && y.number()) return number(*scalar(m, x.off, y.off));
    return unknown(Op::other, 64, hash_of(hash_of(static_cast<std::uint64_t>(m), x), y));
  });
  r[0].copy = false;
  vector_out(i_.op[0].reg, r);
  return true;
}

}  // namespace tq::analysis
