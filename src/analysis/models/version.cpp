// Functions that tell the version.
#include "analysis/models/version.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tq::analysis {
namespace {

Value field(Engine& e, const char* source, std::uint32_t Rung::* what) {
  return e.lanes(source, [what](const Rung& r) { return r.*what; });
}

/// OSVERSIONINFO and its longer form: +4 major, +8 minor, +12 build, +16 platform; then text, and service pack numbers.
void version_info(Engine& e, State& s, const Value& to, const char* source, bool wide) {
  store_unless_null(e, s, e.plus(to, 4), 4, field(e, source, &Rung::major));
  store_unless_null(e, s, e.plus(to, 8), 4, field(e, source, &Rung::minor));
  store_unless_null(e, s, e.plus(to, 12), 4, field(e, source, &Rung::build));
  store_unless_null(e, s, e.plus(to, 16), 4, constant(2));
  const std::uint64_t text = 20, after = text + (wide ? 256 : 128);
  const std::string name = "Service Pack ";
  for (std::uint64_t i = 0; i <= name.size() + 1; ++i) {
    const Value c = e.lanes(source, [&](const Rung& r) -> std::uint64_t {
      if (r.service_pack == 0 || i > name.size()) return 0;
      return i == name.size() ? '0' + r.service_pack : static_cast<unsigned char>(name[i]);
    });
    store_unless_null(e, s, e.plus(to, text + i * (wide ? 2 : 1)), wide ? 2 : 1, c);
  }
  // Only a caller that asked for the longer form has room for the rest.
  const Value size = e.read(s, to, 4);
  if (!size.uniform() || !size.all.number() || size.all.off < after + 8) return;
  store_unless_null(e, s, e.plus(to, after), 2, field(e, source, &Rung::service_pack));
  store_unless_null(e, s, e.plus(to, after + 2), 2, constant(0));
}

template <bool Wide, bool Kernel>
void get_version_ex(Engine& e, State& s, const CallSite& c) {
  version_info(e, s, e.argument(s, c, 0), c.import->name.c_str(), Wide);
  e.set_result(s, constant(Kernel ? 0 : 1));
}

void ps_get_version(Engine& e, State& s, const CallSite& c) {
  const Value major = e.argument(s, c, 0), minor = e.argument(s, c, 1), build = e.argument(s, c, 2);
  store_unless_null(e, s, major, 4, field(e, "PsGetVersion", &Rung::major));
  store_unless_null(e, s, minor, 4, field(e, "PsGetVersion", &Rung::minor));
  store_unless_null(e, s, build, 4, field(e, "PsGetVersion", &Rung::build));
  e.set_result(s, constant(0));
}

void nt_version_numbers(Engine& e, State& s, const CallSite& c) {
  const Value major = e.argument(s, c, 0), minor = e.argument(s, c, 1), build = e.argument(s, c, 2);
  store_unless_null(e, s, major, 4, field(e, "RtlGetNtVersionNumbers", &Rung::major));
  store_unless_null(e, s, minor, 4, field(e, "RtlGetNtVersionNumbers", &Rung::minor));
  store_unless_null(e, s, build, 4, e.lanes("RtlGetNtVersionNumbers", [](const Rung& r) { return 0xF0000000u | r.build; }));
}

void get_version(Engine& e, State& s, const CallSite&) {
  e.set_result(s, e.lanes("GetVersion", [](const Rung& r) { return std::uint64_t{r.build} << 16 | r.minor << 8 | r.major; }));
}

// VER_SET_CONDITION: three bits per field, in the order of the VER_ bits of the mask.
constexpr unsigned kMinor = 1, kMajor = 2, kBuild = 4, kServicePackMajor = 32;

void set_condition_mask(Engine& e, State& s, const CallSite& c) {
  // 32-bit: a 64-bit mask is two words and comes back in edx:eax.
  const bool wide = e.word() == 8;
  const Value mask = wide ? e.argument(s, c, 0)
                          : e.alu.binary(Op::or_, e.argument(s, c, 0), e.alu.binary(Op::shl, e.argument(s, c, 1), constant(32), 64), 64);
  const Value type = e.argument(s, c, wide ? 1 : 2), how = e.argument(s, c, wide ? 2 : 3);
  const Value out = e.alu.each([&](unsigned k) {
    const Term m = mask.at(k), t = type.at(k), h = how.at(k);
    if (!m.number() || !t.number() || !h.number() || (t.off & 0xFF) == 0)
      return unknown(Op::call, 64, hash_of(hash_of(hash_of(0x5E7, m), t), h));
    const unsigned index = static_cast<unsigned>(std::countr_zero(t.off & 0xFF));
    return number((m.off & ~(std::uint64_t{7} << (3 * index))) | (h.off & 7) << (3 * index));
  });
  if (!wide) {
    s.r[kDx] = e.alu.truncate(e.alu.binary(Op::shr, out, constant(32), 64), 32);
    e.keep_high(s);
  }
  e.set_result(s, wide ? out : e.alu.truncate(out, 32));
}

bool holds(unsigned how, std::uint64_t have, std::uint64_t want) {
  switch (how) {
    case 1: return have == want;
    case 2: return have > want;
    case 3: return have >= want;
    case 4: return have < want;
    case 5: return have <= want;
    default: return true;
  }
}

/// The version fields are compared as one number, by the condition of the highest one asked for.
bool verify(const Rung& r, std::uint64_t type, std::uint64_t mask, const std::array<std::uint64_t, 4>& want) {
  const auto how = [&](unsigned bit) { return static_cast<unsigned>(mask >> (3 * static_cast<unsigned>(std::countr_zero(bit))) & 7); };
  if ((type & kBuild) != 0 && !holds(how(kBuild), r.build, want[2])) return false;
  struct Step {
    unsigned bit;
    std::uint64_t have, want;
  };
  const std::array<Step, 3> steps = {
      {{kMajor, r.major, want[0]}, {kMinor, r.minor, want[1]}, {kServicePackMajor, r.service_pack, want[3]}}};
  unsigned condition = 0;
  bool result = true;
  for (const Step& x : steps) {
    if ((type & x.bit) == 0) continue;
    if (condition == 0) condition = how(x.bit);
    if (x.have != x.want) return holds(condition, x.have, x.want);
    result = holds(condition, x.have, x.want);
  }
  return result;
}

template <bool Kernel, bool Wide>
void verify_version(Engine& e, State& s, const CallSite& c) {
  const Value info = e.argument(s, c, 0), type = e.argument(s, c, 1);
  Value mask = e.argument(s, c, 2);
  if (e.word() == 4) mask = e.alu.binary(Op::or_, mask, e.alu.binary(Op::shl, e.argument(s, c, 3), constant(32), 64), 64);
  std::array<Value, 4> want;
  for (unsigned i = 0; i < 3; ++i) want[i] = e.read(s, e.plus(info, 4 + 4 * i), 4);
  want[3] = e.read(s, e.plus(info, Wide ? 276 : 148), 2);
  e.version_was_read();
  bool open = false;
  Value out = e.alu.each([&](unsigned k) {
    std::array<std::uint64_t, 4> w{};
    for (std::size_t i = 0; i < 4; ++i) w[i] = want[i].at(k).number() ? want[i].at(k).off : 0;
    const Term t = type.at(k), m = mask.at(k);
    const bool known = t.number() && m.number() && (wanted_known(want, k, t.off));
    open = open || !known;
    if (!known) return unknown(Op::call, 32, mix(c.rva, e.ladder().rungs[k].build));
    const bool yes = verify(e.ladder().rungs[k], t.off, m.off, w);
    return number(Kernel ? (yes ? 0 : 0xC0000059u) : yes ? 1 : 0);
  });
  out.origin = e.record().origin(c.import->name);
  if (!e.alu.varies(out) || open) {
    e.set_result(s, out);
    return;
  }
  Split split{c.rva, "the condition of " + c.import->name, out.origin, 0, 0, {}, {}};
  for (unsigned k = 0; k < e.alu.count(); ++k)
    if ((s.mask >> k & 1) != 0) (out.at(k).off == (Kernel ? 0u : 1u) ? split.yes : split.no) |= lane_bit(k);
  e.record().split(split);
  if (want[2].uniform() && want[2].all.number() && want[2].all.off > 1000 && want[2].all.off < 30000)
    e.record().critical.insert(static_cast<std::uint32_t>(want[2].all.off));
  e.set_result(s, out);
}

constexpr Model kVersionModels[] = {
    {"GetVersionExA", get_version_ex<false, false>},     {"GetVersionExW", get_version_ex<true, false>},
    {"RtlGetVersion", get_version_ex<true, true>},       {"PsGetVersion", ps_get_version},
    {"RtlGetNtVersionNumbers", nt_version_numbers},      {"GetVersion", get_version},
    {"VerSetConditionMask", set_condition_mask},         {"VerifyVersionInfoA", verify_version<false, false>},
    {"VerifyVersionInfoW", verify_version<false, true>}, {"RtlVerifyVersionInfo", verify_version<true, true>},
};

}  // namespace

bool wanted_known(const std::array<Value, 4>& want, unsigned lane, std::uint64_t type) {
  const std::array<unsigned, 4> bits = {kMajor, kMinor, kBuild, kServicePackMajor};
  for (std::size_t i = 0; i < 4; ++i)
    if ((type & bits[i]) != 0 && !want[i].at(lane).number()) return false;
  return true;
}

std::span<const Model> version_models() { return kVersionModels; }

}  // namespace tq::analysis
