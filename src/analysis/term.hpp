// A term is what one lane holds: a number, or an unknown (named by a hash of how it came about) plus a number.
// Equal unknowns have equal names in every lane, so lanes can be compared without knowing the values.
#pragma once

#include <cstdint>

namespace tq::analysis {

/// What is known of an unknown beside its name.
enum class Kind : std::uint8_t {
  plain,
  stack,    ///< the frame of the root: never null, 16-aligned
  api,      ///< the address of an imported function or variable
  found,    ///< the address of a function that was looked up by name: null where that Windows has none of this name
  object,   ///< fresh memory or a system structure that only its own pointer reaches; never null
  table,    ///< read from the image at a known base plus an unknown index
  derived,  ///< a pointer with an unknown index added
  result,   ///< what a call returned: two of the same name need not be equal
  widened,  ///< the summary of what a loop did
  joined,   ///< one of several values, by which way the program came
  mixed,    ///< computed from the version and an unknown: nothing is decided by it yet
};

/// `sym` 0: the number `off`. Else the unknown `sym` plus `off`, modulo the width of the operation that made it.
struct Term {
  std::uint64_t sym = 0, off = 0;
  [[nodiscard]] bool number() const { return sym == 0; }
  friend bool operator==(const Term&, const Term&) = default;
};
inline Term number(std::uint64_t v) { return {0, v}; }

constexpr std::uint64_t mask_of(unsigned bits) { return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1; }
/// The lower `bits` as a signed number, as 64 bits.
constexpr std::uint64_t sign_extend(std::uint64_t v, unsigned bits) {
  if (bits >= 64) return v;
  const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
  return ((v & mask_of(bits)) ^ sign) - sign;
}

/// Puts a number into a hash. Hashes name things within one analysis.
constexpr std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  h ^= v + 0x9E3779B97F4A7C15u + (h << 6) + (h >> 2);
  h *= 0xFF51AFD7ED558CCDu;
  return h ^ (h >> 32);
}
template <class... Rest>
constexpr std::uint64_t mix(std::uint64_t h, std::uint64_t v, std::uint64_t w, Rest... rest) {
  return mix(mix(h, v), w, rest...);
}

// The low six bits of a name say how wide the unknown is (2) and of what kind (4).
constexpr std::uint64_t make_sym(Kind kind, unsigned bits, std::uint64_t hash) {
  const std::uint64_t width = bits >= 64 ? 0 : bits >= 32 ? 1 : bits >= 16 ? 2 : 3;
  const std::uint64_t name = (hash & ~std::uint64_t{63}) | static_cast<std::uint64_t>(kind) << 2 | width;
  return name == 0 ? 64 : name;
}
constexpr Kind kind_of(std::uint64_t sym) { return static_cast<Kind>(sym >> 2 & 15); }
/// The address of a function of another module.
constexpr bool is_function(Kind k) { return k == Kind::api || k == Kind::found; }
constexpr unsigned bits_of(std::uint64_t sym) { return 64u >> (sym & 3); }

enum class Op : std::uint8_t {
  add,
  sub,
  mul,
  and_,
  or_,
  xor_,
  shl,
  shr,
  sar,
  rol,
  ror,
  udiv,
  urem,
  sdiv,
  srem,
  umulh,
  smulh,
  not_,
  neg,
  bswap,
  popcnt,
  bsf,
  bsr,
  tzcnt,
  lzcnt,
  trunc,
  sext,
  concat,
  load,
  join,
  select,
  widen,
  call,
  cond,
  other
};

/// a OP b in `bits` (8, 16, 32, 64). Division by zero gives an unknown: the trap ends that path elsewhere.
Term binary(Op op, Term a, Term b, unsigned bits);
/// Folded where `a` is a number.
Term unary(Op op, Term a, unsigned bits);
/// The lower `bits` of it.
Term truncate(Term a, unsigned bits);
/// From `from` bits to 64; the caller truncates to what it writes. Overflow of an unknown plus a number is neglected.
Term extend_sign(Term a, unsigned from);
/// An unknown named by everything in it.
Term unknown(Op op, unsigned bits, std::uint64_t h);
inline std::uint64_t hash_of(std::uint64_t h, Term t) { return mix(h, t.sym, t.off); }

}  // namespace tq::analysis
