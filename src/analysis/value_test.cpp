#include <doctest/doctest.h>

#include "analysis/memory.hpp"

using namespace tq::analysis;

namespace {

Value lane_numbers(Alu& alu, std::vector<std::uint64_t> v) {
  return alu.each([&](unsigned k) { return number(v[k]); });
}

Value nothing(Term at, unsigned size) { return Value(unknown(Op::load, size * 8, hash_of(size, at))); }

}  // namespace

TEST_CASE("lanes: numbers are computed modulo their width") {
  CHECK(binary(Op::add, number(0xFFFFFFFF), number(1), 32) == number(0));
  CHECK(binary(Op::sub, number(6002), number(6003), 32) == number(0xFFFFFFFF));
  CHECK(binary(Op::sar, number(0x80000000), number(31), 32) == number(0xFFFFFFFF));
  CHECK(binary(Op::rol, number(0x80), number(1), 8) == number(1));
  CHECK(binary(Op::sdiv, number(0xFFFFFFF6), number(3), 32) == number(0xFFFFFFFD));
  CHECK(unary(Op::bswap, number(0x12345678), 32) == number(0x78563412));
  CHECK(extend_sign(number(0x80), 8) == number(0xFFFFFFFFFFFFFF80));
}

TEST_CASE("lanes: unknowns keep their names through sums and cancel in differences") {
  const Term p{make_sym(Kind::object, 64, 1), 0};
  const Term q = binary(Op::add, p, number(24), 64);
  CHECK(q.sym == p.sym);
  CHECK(binary(Op::sub, q, p, 64) == number(24));
  const Term r{make_sym(Kind::result, 64, 7), 0};
  CHECK_FALSE(binary(Op::sub, r, r, 64).number());  // two calls of one site need not return the same
  CHECK(binary(Op::and_, r, number(0), 64) == number(0));
  CHECK(binary(Op::mul, p, p, 64) == binary(Op::mul, p, p, 64));
}

TEST_CASE("lanes: division by zero is an unknown, not a trap") {
  CHECK_FALSE(binary(Op::udiv, number(1), number(0), 32).number());
  CHECK_FALSE(unary(Op::bsf, number(0), 32).number());
}

TEST_CASE("lanes: a value that is the same in all lanes collapses, a copy of the version does not") {
  Alu alu(3);
  alu.mask = 7;
  CHECK(lane_numbers(alu, {5, 5, 5}).uniform());
  const Value v = lane_numbers(alu, {6002, 6003, 6003});
  CHECK(alu.varies(v));
  alu.mask = 6;
  CHECK_FALSE(alu.varies(v));
  CHECK(alu.binary(Op::sub, v, constant(6003), 32).all == number(0));
}

TEST_CASE("lanes: a joined value keeps what only one side had and names what both disagree on") {
  Alu alu(3);
  alu.mask = 7;
  const Value v = alu.join(constant(1), 3, constant(2), 6, 99);
  CHECK(v.at(0) == number(1));
  CHECK(v.at(2) == number(2));
  CHECK(kind_of(v.at(1).sym) == Kind::joined);
}

TEST_CASE("lanes: memory returns parts and sums of what was written") {
  Alu alu(2);
  alu.mask = 3;
  Memory m;
  const Term at{make_sym(Kind::stack, 64, 1), 60};  // over the edge of a page
  m.write(alu, at, 8, constant(0x1122334455667788));
  CHECK(m.read(alu, at, 8, nothing).all == number(0x1122334455667788));
  CHECK(m.read(alu, {at.sym, 62}, 2, nothing).all == number(0x5566));
  m.write(alu, {at.sym, 61}, 1, constant(0xAA));
  CHECK(m.read(alu, at, 4, nothing).all == number(0x5566AA88));
  CHECK_FALSE(m.read(alu, {at.sym, 200}, 4, nothing).all.number());
  m.drop(at.sym);
  CHECK_FALSE(m.read(alu, at, 4, nothing).all.number());
}

TEST_CASE("lanes: copies of a memory do not see each other's writes, and a join has each lane's own") {
  Alu alu(2);
  alu.mask = 3;
  Memory a;
  const Term at{0, 0x1000};
  a.write(alu, at, 4, constant(1));
  Memory b = a;
  CHECK(a.same(alu, b, 3));
  b.write(alu, at, 4, constant(2));
  b.write(alu, {0, 0x2000}, 4, constant(9));
  CHECK(a.read(alu, at, 4, nothing).all == number(1));
  CHECK_FALSE(a.same(alu, b, 3));
  a.join(alu, 1, b, 2, 5, nothing);
  alu.mask = 3;
  const Value v = a.read(alu, at, 4, nothing);
  CHECK(v.at(0) == number(1));
  CHECK(v.at(1) == number(2));
  CHECK(a.read(alu, {0, 0x2000}, 4, nothing).at(1) == number(9));
}

TEST_CASE("lanes: random writes and reads of memory agree with plain bytes") {
  Alu alu(1);
  alu.mask = 1;
  Memory m;
  std::array<std::uint8_t, 256> plain{};
  const std::uint64_t base = 0x4000;
  for (std::uint64_t i = 0; i < plain.size(); i += 8) m.write(alu, {0, base + i}, 8, constant(0));
  std::uint32_t seed = 12345;
  const auto next = [&](std::uint32_t n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
  };
  for (int round = 0; round < 3000; ++round) {
    const unsigned size = 1u << next(4), at = next(256 - size);
    const std::uint64_t v = (std::uint64_t{next(65536)} << 40 | std::uint64_t{next(65536)} << 16 | next(65536)) & mask_of(size * 8);
    m.write(alu, {0, base + at}, size, constant(v));
    for (unsigned k = 0; k < size; ++k) plain[at + k] = static_cast<std::uint8_t>(v >> (8 * k));
    const unsigned n = 1u << next(4), from = next(256 - n);
    std::uint64_t want = 0;
    for (unsigned k = 0; k < n; ++k) want |= std::uint64_t{plain[from + k]} << (8 * k);
    REQUIRE(m.read(alu, {0, base + from}, n, nothing).all == number(want));
  }
}

TEST_CASE("lanes: memories that hold the same after a meeting are one memory") {
  Alu alu(2);
  alu.mask = 3;
  const Term at{make_sym(Kind::stack, 64, 1), 0x100};
  Memory a;
  a.write(alu, at, 8, constant(1));
  Memory b = a;
  b.write(alu, at, 8, constant(2));
  b.write(alu, at, 8, constant(1));
  Memory met = a;
  met.join(alu, 3, b, 3, 7, nothing);
  CHECK(met.same(alu, a, 3));
  b.write(alu, at, 8, constant(9));
  met.join(alu, 1, b, 2, 7, nothing);
  CHECK(met.read(alu, at, 8, nothing).at(0) == number(1));
  CHECK(met.read(alu, at, 8, nothing).at(1) == number(9));
}

TEST_CASE("lanes: cells near an address are found, others are not") {
  Alu alu(1);
  alu.mask = 1;
  const std::uint64_t base = make_sym(Kind::object, 64, 5);
  Memory m;
  for (const std::uint64_t off : {0u, 60u, 200u}) m.write(alu, {base, off}, 4, constant(off));
  std::size_t seen = 0;
  m.visit_near({base, 0}, 64, [&](Term, unsigned, const Value&) { ++seen; });
  CHECK(seen == 2);
}

TEST_CASE("lanes: what is computed from the version and an unknown is marked as such") {
  Alu alu(2);
  alu.mask = 3;
  Value build = lane_numbers(alu, {6002, 6003});
  build.copy = true;
  const Value key(Term{make_sym(Kind::plain, 32, 77), 0});
  const Value made = alu.binary(Op::xor_, build, key, 32);
  CHECK(kind_of(made.at(0).sym) == Kind::mixed);
  CHECK(kind_of(alu.binary(Op::mul, made, constant(3), 32).at(1).sym) == Kind::mixed);
}

TEST_CASE("lanes: a version or something else, by the way that was taken, is shown as the version and computed with as neither") {
  Alu alu(2);
  alu.mask = 3;
  Value build = lane_numbers(alu, {6002, 6003});
  build.copy = true;
  const Value joined = alu.join(build, 3, Value(Term{make_sym(Kind::plain, 32, 77), 0}), 3, 5);
  CHECK(joined.copy);
  const Value made = alu.binary(Op::xor_, joined, alu.binary(Op::shr, joined, constant(3), 32), 32);
  CHECK_FALSE(made.copy);
  CHECK(kind_of(made.at(0).sym) == Kind::plain);
  CHECK_FALSE(made.at(0) == made.at(1));
}

TEST_CASE("lanes: alternatives are the same in whichever order ways met, and go through sums and cuts") {
  Alu alu(4);
  alu.mask = 15;
  const Term a = alu.merged(alu.merged(number(3), number(9), 1), number(5), 2);
  const Term b = alu.merged(number(9), alu.merged(number(5), number(3), 7), 8);
  CHECK_FALSE(a == b);
  CHECK(alu.alternatives(a) == alu.alternatives(b));
  CHECK(alu.alternatives(a) == std::vector<Term>{number(3), number(5), number(9)});
  const Value sum = alu.binary(Op::add, Value(a), constant(100), 64);
  CHECK(alu.alternatives(sum.all) == std::vector<Term>{number(103), number(105), number(109)});
  const Value tripled = alu.binary(Op::mul, Value(a), constant(3), 64);
  CHECK(alu.alternatives(tripled.all) == std::vector<Term>{number(9), number(15), number(27)});
  CHECK(alu.alternatives(alu.truncate(Value(b), 32).all) == std::vector<Term>{number(3), number(5), number(9)});
  // Something unknown may be one of them, but nothing that the version was mixed into.
  const Term loaded = unknown(Op::load, 32, 77), mixed{make_sym(Kind::mixed, 32, 77), 0};
  CHECK(alu.alternatives(alu.merged(a, loaded, 3)) == std::vector<Term>{number(3), number(5), number(9), loaded});
  const Term open = alu.merged(a, mixed, 3);
  CHECK(alu.alternatives(open) == std::vector<Term>{open});
  // What holds for each of them holds.
  const auto below = [](std::uint64_t n) {
    return [n](Term x, Term) { return x.number() ? number(x.off < n ? 1 : 0) : unknown(Op::cond, 8, hash_of(n, x)); };
  };
  CHECK(alu.whichever(a, number(0), below(10)) == number(1));
  CHECK(alu.whichever(a, number(0), below(3)) == number(0));
  CHECK_FALSE(alu.whichever(a, number(0), below(5)).number());
  CHECK(alu.alternatives(number(8)) == std::vector<Term>{number(8)});
}
