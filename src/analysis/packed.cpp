// Packed integer and scalar floating-point instructions on numbers.
#include <bit>
#include <cmath>
#include <cstring>

#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

template <class T>
struct PartsOf {
  static constexpr std::size_t kCount = 16 / sizeof(T);
  std::array<T, kCount> v;
  explicit PartsOf(const Vector& x) { std::memcpy(v.data(), x.q.data(), 16); }
  [[nodiscard]] Vector vector() const {
    Vector x;
    std::memcpy(x.q.data(), v.data(), 16);
    return x;
  }
};

template <class T, class F>
Vector each(const Vector& a, const Vector& b, F f) {
  PartsOf<T> x(a);
  const PartsOf<T> y(b);
  for (std::size_t i = 0; i < x.v.size(); ++i) x.v[i] = static_cast<T>(f(x.v[i], y.v[i]));
  return x.vector();
}

template <class T>
Vector unpack(const Vector& a, const Vector& b, bool high) {
  const PartsOf<T> x(a), y(b);
  PartsOf<T> r(a);
  const std::size_t half = r.v.size() / 2, from = high ? half : 0;
  for (std::size_t i = 0; i < half; ++i) {
    r.v[2 * i] = x.v[from + i];
    r.v[2 * i + 1] = y.v[from + i];
  }
  return r.vector();
}

template <class From, class To>
Vector pack(const Vector& a, const Vector& b, std::int64_t low, std::int64_t high) {
  const PartsOf<From> x(a), y(b);
  PartsOf<To> r(a);
  const std::size_t n = x.v.size();
  for (std::size_t i = 0; i < 2 * n; ++i) {
    const std::int64_t v = i < n ? x.v[i] : y.v[i - n];
    r.v[i] = static_cast<To>(v < low ? low : v > high ? high : v);
  }
  return r.vector();
}

template <class T>
Vector shift(const Vector& a, std::uint64_t n, int way) {
  PartsOf<T> x(a);
  const unsigned bits = sizeof(T) * 8;
  for (T& v : x.v) {
    if (way == 2) {
      const auto s = static_cast<std::int64_t>(sign_extend(v, bits));
      v = static_cast<T>(s >> (n >= bits ? bits - 1 : n));
    } else {
      v = n >= bits ? T{0} : static_cast<T>(way == 0 ? v << n : v >> n);
    }
  }
  return x.vector();
}

Vector shift_bytes(const Vector& a, std::size_t n, bool left) {
  const PartsOf<std::uint8_t> x(a);
  PartsOf<std::uint8_t> r(Vector{});
  for (std::size_t i = 0; i < 16; ++i) {
    if (left && i >= n) r.v[i] = x.v[i - n];
    if (!left && i + n < 16) r.v[i] = x.v[i + n];
  }
  return r.vector();
}

template <class T>
Vector shuffle(const Vector& b, std::uint8_t imm, std::size_t from) {
  const PartsOf<T> y(b);
  PartsOf<T> r(b);
  for (std::size_t i = 0; i < 4; ++i) r.v[from + i] = y.v[from + (imm >> (2 * i) & 3)];
  return r.vector();
}

std::optional<Vector> bitwise(ZydisMnemonic m, const Vector& a, const Vector& b) {
  switch (m) {
    case ZYDIS_MNEMONIC_PXOR:
    case ZYDIS_MNEMONIC_XORPS:
    case ZYDIS_MNEMONIC_XORPD: return Vector{{a.q[0] ^ b.q[0], a.q[1] ^ b.q[1]}};
    case ZYDIS_MNEMONIC_PAND:
    case ZYDIS_MNEMONIC_ANDPS:
    case ZYDIS_MNEMONIC_ANDPD: return Vector{{a.q[0] & b.q[0], a.q[1] & b.q[1]}};
    case ZYDIS_MNEMONIC_POR:
    case ZYDIS_MNEMONIC_ORPS:
    case ZYDIS_MNEMONIC_ORPD: return Vector{{a.q[0] | b.q[0], a.q[1] | b.q[1]}};
    case ZYDIS_MNEMONIC_PANDN:
    case ZYDIS_MNEMONIC_ANDNPS:
    case ZYDIS_MNEMONIC_ANDNPD: return Vector{{~a.q[0] & b.q[0], ~a.q[1] & b.q[1]}};
    default: return std::nullopt;
  }
}

std::optional<Vector> elements(ZydisMnemonic m, const Vector& a, const Vector& b) {
  using U8 = std::uint8_t;
  using U16 = std::uint16_t;
  using U32 = std::uint32_t;
  using U64 = std::uint64_t;
  const auto add = [](auto x, auto y) { return x + y; };
  const auto sub = [](auto x, auto y) { return x - y; };
  const auto eq = [](auto x, auto y) { return x == y ? ~0 : 0; };
  const auto gt = [](auto x, auto y) { return x > y ? ~0 : 0; };
  const auto smaller = [](auto x, auto y) { return x < y ? x : y; };
  const auto larger = [](auto x, auto y) { return x > y ? x : y; };
  switch (m) {
    case ZYDIS_MNEMONIC_PADDB: return each<U8>(a, b, add);
    case ZYDIS_MNEMONIC_PADDW: return each<U16>(a, b, add);
    case ZYDIS_MNEMONIC_PADDD: return each<U32>(a, b, add);
    case ZYDIS_MNEMONIC_PADDQ: return each<U64>(a, b, add);
    case ZYDIS_MNEMONIC_PSUBB: return each<U8>(a, b, sub);
    case ZYDIS_MNEMONIC_PSUBW: return each<U16>(a, b, sub);
    case ZYDIS_MNEMONIC_PSUBD: return each<U32>(a, b, sub);
    case ZYDIS_MNEMONIC_PSUBQ: return each<U64>(a, b, sub);
    case ZYDIS_MNEMONIC_PCMPEQB: return each<U8>(a, b, eq);
    case ZYDIS_MNEMONIC_PCMPEQW: return each<U16>(a, b, eq);
    case ZYDIS_MNEMONIC_PCMPEQD: return each<U32>(a, b, eq);
    case ZYDIS_MNEMONIC_PCMPGTB: return each<std::int8_t>(a, b, gt);
    case ZYDIS_MNEMONIC_PCMPGTW: return each<std::int16_t>(a, b, gt);
    case ZYDIS_MNEMONIC_PCMPGTD: return each<std::int32_t>(a, b, gt);
    case ZYDIS_MNEMONIC_PMINUB: return each<U8>(a, b, smaller);
    case ZYDIS_MNEMONIC_PMAXUB: return each<U8>(a, b, larger);
    case ZYDIS_MNEMONIC_PMINSW: return each<std::int16_t>(a, b, smaller);
    case ZYDIS_MNEMONIC_PMAXSW: return each<std::int16_t>(a, b, larger);
    case ZYDIS_MNEMONIC_PSUBUSW: return each<U16>(a, b, [](auto x, auto y) { return x > y ? x - y : 0; });
    case ZYDIS_MNEMONIC_PSUBUSB: return each<U8>(a, b, [](auto x, auto y) { return x > y ? x - y : 0; });
    case ZYDIS_MNEMONIC_PMULLW: return each<U16>(a, b, [](auto x, auto y) { return U32{x} * y; });
    case ZYDIS_MNEMONIC_PMULHUW: return each<U16>(a, b, [](auto x, auto y) { return U32{x} * y >> 16; });
    case ZYDIS_MNEMONIC_PMULHW: return each<std::int16_t>(a, b, [](auto x, auto y) { return std::int32_t{x} * y >> 16; });
    case ZYDIS_MNEMONIC_PMULUDQ: return each<U64>(a, b, [](auto x, auto y) { return (x & 0xFFFFFFFF) * (y & 0xFFFFFFFF); });
    case ZYDIS_MNEMONIC_PUNPCKLBW: return unpack<U8>(a, b, false);
    case ZYDIS_MNEMONIC_PUNPCKLWD: return unpack<U16>(a, b, false);
    case ZYDIS_MNEMONIC_PUNPCKLDQ:
    case ZYDIS_MNEMONIC_UNPCKLPS: return unpack<U32>(a, b, false);
    case ZYDIS_MNEMONIC_PUNPCKLQDQ:
    case ZYDIS_MNEMONIC_UNPCKLPD: return unpack<U64>(a, b, false);
    case ZYDIS_MNEMONIC_PUNPCKHBW: return unpack<U8>(a, b, true);
    case ZYDIS_MNEMONIC_PUNPCKHWD: return unpack<U16>(a, b, true);
    case ZYDIS_MNEMONIC_PUNPCKHDQ:
    case ZYDIS_MNEMONIC_UNPCKHPS: return unpack<U32>(a, b, true);
    case ZYDIS_MNEMONIC_PUNPCKHQDQ:
    case ZYDIS_MNEMONIC_UNPCKHPD: return unpack<U64>(a, b, true);
    case ZYDIS_MNEMONIC_PACKSSWB: return pack<std::int16_t, std::int8_t>(a, b, -128, 127);
    case ZYDIS_MNEMONIC_PACKUSWB: return pack<std::int16_t, U8>(a, b, 0, 255);
    case ZYDIS_MNEMONIC_PACKSSDW: return pack<std::int32_t, std::int16_t>(a, b, -32768, 32767);
    default: return std::nullopt;
  }
}

std::optional<Vector> shifted(ZydisMnemonic m, const Vector& a, std::uint64_t n) {
  switch (m) {
    case ZYDIS_MNEMONIC_PSLLW: return shift<std::uint16_t>(a, n, 0);
    case ZYDIS_MNEMONIC_PSLLD: return shift<std::uint32_t>(a, n, 0);
    case ZYDIS_MNEMONIC_PSLLQ: return shift<std::uint64_t>(a, n, 0);
    case ZYDIS_MNEMONIC_PSRLW: return shift<std::uint16_t>(a, n, 1);
    case ZYDIS_MNEMONIC_PSRLD: return shift<std::uint32_t>(a, n, 1);
    case ZYDIS_MNEMONIC_PSRLQ: return shift<std::uint64_t>(a, n, 1);
    case ZYDIS_MNEMONIC_PSRAW: return shift<std::uint16_t>(a, n, 2);
    case ZYDIS_MNEMONIC_PSRAD: return shift<std::uint32_t>(a, n, 2);
    default: return std::nullopt;
  }
}

Vector shufps(const Vector& a, const Vector& b, std::uint8_t imm) {
  const PartsOf<std::uint32_t> x(a), y(b);
  PartsOf<std::uint32_t> r(a);
  for (std::size_t i = 0; i < 4; ++i) r.v[i] = (i < 2 ? x : y).v[imm >> (2 * i) & 3];
  return r.vector();
}

}  // namespace

std::optional<Vector> packed(ZydisMnemonic m, const Vector& a, const Vector& b, std::uint8_t imm) {
  if (auto r = bitwise(m, a, b)) return r;
  if (auto r = elements(m, a, b)) return r;
  if (auto r = shifted(m, a, b.q[0])) return r;
  switch (m) {
    case ZYDIS_MNEMONIC_PSLLDQ: return shift_bytes(a, b.q[0], true);
    case ZYDIS_MNEMONIC_PSRLDQ: return shift_bytes(a, b.q[0], false);
    case ZYDIS_MNEMONIC_PSHUFD: return shuffle<std::uint32_t>(b, imm, 0);
    case ZYDIS_MNEMONIC_PSHUFLW: return shuffle<std::uint16_t>(b, imm, 0);
    case ZYDIS_MNEMONIC_PSHUFHW: return shuffle<std::uint16_t>(b, imm, 4);
    case ZYDIS_MNEMONIC_SHUFPS: return shufps(a, b, imm);
    case ZYDIS_MNEMONIC_SHUFPD: return Vector{{a.q[imm & 1], b.q[imm >> 1 & 1]}};
    default: return std::nullopt;
  }
}

std::optional<std::uint64_t> scalar(ZydisMnemonic m, std::uint64_t a, std::uint64_t b) {
  const auto x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
  const auto f = std::bit_cast<float>(static_cast<std::uint32_t>(a)), g = std::bit_cast<float>(static_cast<std::uint32_t>(b));
  const auto wide = [](double d) { return std::bit_cast<std::uint64_t>(d); };
  const auto narrow = [&](float v) { return (a & ~mask_of(32)) | std::bit_cast<std::uint32_t>(v); };
  switch (m) {
    case ZYDIS_MNEMONIC_ADDSD: return wide(x + y);
    case ZYDIS_MNEMONIC_SUBSD: return wide(x - y);
    case ZYDIS_MNEMONIC_MULSD: return wide(x * y);
    case ZYDIS_MNEMONIC_DIVSD: return wide(x / y);
    case ZYDIS_MNEMONIC_SQRTSD: return wide(std::sqrt(y));
    case ZYDIS_MNEMONIC_MINSD: return wide(x < y ? x : y);
    case ZYDIS_MNEMONIC_MAXSD: return wide(x > y ? x : y);
    case ZYDIS_MNEMONIC_ADDSS: return narrow(f + g);
    case ZYDIS_MNEMONIC_SUBSS: return narrow(f - g);
    case ZYDIS_MNEMONIC_MULSS: return narrow(f * g);
    case ZYDIS_MNEMONIC_DIVSS: return narrow(f / g);
    case ZYDIS_MNEMONIC_CVTSS2SD: return wide(static_cast<double>(g));
    case ZYDIS_MNEMONIC_CVTSD2SS: return narrow(static_cast<float>(y));
    default: return std::nullopt;
  }
}

}  // namespace tq::analysis
