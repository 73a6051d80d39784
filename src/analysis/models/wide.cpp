// Helpers of the compiler for 64-bit numbers on 32-bit processors, as ntoskrnl.exe and ntdll.dll export them.
#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

Value two_words(Engine& e, State& s, const CallSite& c, unsigned first) {
  const Value high = e.alu.binary(Op::shl, e.argument(s, c, first + 1), constant(32), 64);
  return e.alu.binary(Op::or_, e.argument(s, c, first), high, 64);
}

void give_back(Engine& e, State& s, const Value& v) {
  s.r[kDx] = e.alu.truncate(e.alu.binary(Op::shr, v, constant(32), 64), 32);
  e.keep_high(s);
  e.set_result(s, e.alu.truncate(v, 32));
}

template <Op What>
void on_stack(Engine& e, State& s, const CallSite& c) {
  give_back(e, s, e.alu.binary(What, two_words(e, s, c, 0), two_words(e, s, c, 2), 64));
}

/// edx:eax by cl.
template <Op What>
void shifted(Engine& e, State& s, const CallSite&) {
  const Value v = e.alu.binary(Op::or_, s.r[kAx], e.alu.binary(Op::shl, s.r[kDx], constant(32), 64), 64);
  give_back(e, s, e.alu.binary(What, v, e.alu.binary(Op::and_, s.r[kCx], constant(63), 8), 64));
}

constexpr Model kWideModels[] = {
    {"_allmul", on_stack<Op::mul>},   {"_alldiv", on_stack<Op::sdiv>}, {"_aulldiv", on_stack<Op::udiv>}, {"_allrem", on_stack<Op::srem>},
    {"_aullrem", on_stack<Op::urem>}, {"_allshl", shifted<Op::shl>},   {"_allshr", shifted<Op::sar>},    {"_aullshr", shifted<Op::shr>},
};

}  // namespace

std::span<const Model> wide_models() { return kWideModels; }

}  // namespace tq::analysis
