// Functions that tell the time, on a ladder of instants.
#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

constexpr std::int64_t kEpochSeconds = 11644473600;  // 1601 to 1970

std::uint64_t filetime(const Rung& r) { return static_cast<std::uint64_t>(r.unix_seconds + kEpochSeconds) * 10000000u; }
std::uint64_t seconds(const Rung& r) { return static_cast<std::uint64_t>(r.unix_seconds); }

void store(Engine& e, State& s, const Value& to, unsigned size, const Value& v) {
  if (!(to.uniform() && to.all == number(0))) e.write(s, to, size, v);
}

void system_time(Engine& e, State& s, const CallSite& c) {
  store(e, s, e.argument(s, c, 0), 8, e.lanes(c.import->name, filetime));
  e.set_result(s, constant(0));
}

/// time() of 32 or 64 bits, by its name and the width of the program.
void unix_time(Engine& e, State& s, const CallSite& c) {
  const bool narrow =
      c.import->name == "_time32" || (c.import->name == "time" && e.word() == 4 && c.import->dll.find("ucrt") == std::string::npos);
  const Value v = e.lanes(c.import->name, [&](const Rung& r) { return narrow ? seconds(r) & 0xFFFFFFFF : seconds(r); });
  store(e, s, e.argument(s, c, 0), narrow ? 4 : 8, v);
  if (e.word() == 4) {
    s.r[kDx] = narrow ? e.fresh(Kind::result, c.rva) : e.alu.binary(Op::shr, v, constant(32), 64);
    e.set_result(s, e.alu.truncate(v, 32));
    e.keep_high(s);
    return;
  }
  e.set_result(s, narrow ? e.alu.truncate(v, 32) : v);
}

void seconds_since_1970(Engine& e, State& s, const CallSite& c) {
  const Value from = e.read(s, e.argument(s, c, 0), 8), out = e.argument(s, c, 1);
  const Value v = e.alu.map(from, [](Term t) {
    if (!t.number()) return unknown(Op::call, 32, hash_of(0x1970, t));
    return number((t.off / 10000000u - static_cast<std::uint64_t>(kEpochSeconds)) & 0xFFFFFFFF);
  });
  store(e, s, out, 4, v);
  e.set_result(s, constant(1));
}

void ftime(Engine& e, State& s, const CallSite& c) {
  const std::string& n = c.import->name;
  const bool narrow = n.starts_with("_ftime32") || (e.word() == 4 && !n.starts_with("_ftime64"));
  store(e, s, e.argument(s, c, 0), narrow ? 4 : 8,
        e.lanes(n, [&](const Rung& r) { return narrow ? seconds(r) & 0xFFFFFFFF : seconds(r); }));
}

constexpr Model kModels[] = {
    {"GetSystemTimeAsFileTime", system_time},
    {"GetSystemTimePreciseAsFileTime", system_time},
    {"KeQuerySystemTime", system_time},
    {"KeQuerySystemTimePrecise", system_time},
    {"NtQuerySystemTime", system_time},
    {"ZwQuerySystemTime", system_time},
    {"time", unix_time},
    {"_time32", unix_time},
    {"_time64", unix_time},
    {"RtlTimeToSecondsSince1970", seconds_since_1970},
    {"_ftime", ftime},
    {"_ftime32", ftime},
    {"_ftime64", ftime},
    {"_ftime32_s", ftime},
    {"_ftime64_s", ftime},
};

}  // namespace

std::span<const Model> clock_models() { return kModels; }

}  // namespace tq::analysis
