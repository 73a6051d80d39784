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
  // Which edition it is no build tells: the same unknown in all lanes, whoever asks.
  store_unless_null(e, s, e.plus(to, after + 4), 2, Value(unknown(Op::call, 16, 0x5017E)));
  store_unless_null(e, s, e.plus(to, after + 6), 1, Value(unknown(Op::call, 8, 0x970D)));
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

// The fields of a type mask; a condition mask has three bits for each, in this order.
enum Asked : unsigned {
  kMinor = 1,
  kMajor = 2,
  kBuild = 4,
  kPlatform = 8,
  kServicePackMinor = 16,
  kServicePackMajor = 32,
  kSuite = 64,
  kProductType = 128
};
constexpr unsigned kEdition = kSuite | kProductType;

void set_condition_mask(Engine& e, State& s, const CallSite& c) {
  // 32-bit: a 64-bit mask is two words and comes back in edx:eax.
  const bool wide = e.word() == 8;
  const Value mask = wide ? e.argument(s, c, 0)
                          : e.alu.binary(Op::or_, e.argument(s, c, 0), e.alu.binary(Op::shl, e.argument(s, c, 1), constant(32), 64), 64);
  const Value type = e.argument(s, c, wide ? 1 : 2), how = e.argument(s, c, wide ? 2 : 3);
  const Value out = e.alu.each([&](unsigned k) {
    const Term m = mask.at(k), t = type.at(k), h = how.at(k);
    if (!m.number() || !t.number() || !h.number()) return unknown(Op::call, 64, hash_of(hash_of(hash_of(0x5E7, m), t), h));
    const std::uint64_t fields = t.off & 0xFF;
    if (fields == 0) return m;
    // Of several fields the highest is meant; what was set before is not taken back.
    return number(m.off | (h.off & 7) << (3 * (std::bit_width(fields) - 1)));
  });
  if (!wide) {
    s.r[kDx] = e.alu.truncate(e.alu.binary(Op::shr, out, constant(32), 64), 32);
    e.keep_high(s);
  }
  e.set_result(s, wide ? out : e.alu.truncate(out, 32));
}

enum How : unsigned { kEqual = 1, kGreater, kGreaterEqual, kLess, kLessEqual };

/// Without a condition that orders nothing holds.
bool holds(unsigned how, std::uint64_t have, std::uint64_t want) {
  switch (how) {
    case kEqual: return have == want;
    case kGreater: return have > want;
    case kGreaterEqual: return have >= want;
    case kLess: return have < want;
    case kLessEqual: return have <= want;
    default: return false;
  }
}

bool orders(unsigned how) { return how >= kEqual && how <= kLessEqual; }

/// Major, minor and service pack are one number with digits: a lower digit counts where the higher ones are equal, and its own condition
/// only where that points the same way as the one before. Tried out by the Wine project on Windows.
class Digits {
 public:
  /// False where the digit differs from what is asked for, or nothing orders it: those below it do not count.
  bool next(unsigned how, std::uint64_t have, std::uint64_t want) {
    const unsigned counts = condition(how);
    result_ = holds(counts, have, want);
    return have == want && orders(counts);
  }
  [[nodiscard]] bool result() const { return result_; }

 private:
  unsigned condition(unsigned how) {
    if (first_ == 0) return first_ = how;
    if (how == 0) fixed_ = true;
    if (fixed_ || !orders(how)) return first_;
    if (first_ == kEqual) return first_ = how;
    const bool same_way = how == kEqual || (how <= kGreaterEqual) == (first_ <= kGreaterEqual);
    return same_way ? how : first_;
  }
  unsigned first_ = 0;
  bool fixed_ = false;  ///< a digit had no condition: those below it have none of their own
  bool result_ = true;
};

/// What a caller of VerifyVersionInfo asks for. Each field stands in the structure at the same place as in OSVERSIONINFOEX.
struct Wanted {
  struct Field {
    unsigned bit;
    Value value;
  };
  std::array<Field, 8> fields;

  Wanted(Engine& e, State& s, const Value& info, bool wide) {
    const std::uint64_t behind_text = wide ? 276 : 148;
    const auto at = [&](std::uint64_t offset, unsigned size) { return e.read(s, e.plus(info, offset), size); };
    fields = {{{kMajor, at(4, 4)},
               {kMinor, at(8, 4)},
               {kServicePackMajor, at(behind_text, 2)},
               {kServicePackMinor, at(behind_text + 2, 2)},
               {kBuild, at(12, 4)},
               {kPlatform, at(16, 4)},
               {kSuite, at(behind_text + 4, 2)},
               {kProductType, at(behind_text + 6, 1)}}};
  }
  [[nodiscard]] const Value& of(unsigned bit) const {
    return std::find_if(fields.begin(), fields.end(), [bit](const Field& f) { return f.bit == bit; })->value;
  }
  /// Are those that `type` asks for known in this lane, as far as a build tells them?
  [[nodiscard]] bool known(unsigned lane, std::uint64_t type) const {
    return std::all_of(fields.begin(), fields.end(),
                       [&](const Field& f) { return (type & f.bit & ~kEdition) == 0 || f.value.at(lane).number(); });
  }
};

std::uint64_t have(const Rung& r, unsigned bit) {
  constexpr std::uint64_t kNt = 2;
  switch (bit) {
    case kMajor: return r.major;
    case kMinor: return r.minor;
    case kServicePackMajor: return r.service_pack;
    case kBuild: return r.build;
    case kPlatform: return kNt;
    default: return 0;  // no service pack has a minor number
  }
}

/// Does Windows say yes on that rung? Product type and suite are left out: no build tells them.
bool verify(const Rung& r, std::uint64_t type, std::uint64_t mask, const Wanted& wanted, unsigned lane) {
  const auto how = [&](unsigned bit) { return static_cast<unsigned>(mask >> (3 * std::countr_zero(bit)) & 7); };
  const auto want = [&](unsigned bit) { return wanted.of(bit).at(lane).off; };
  if ((type & 0xFF) == 0 || mask == 0) return false;
  for (const unsigned bit : {kPlatform, kBuild})
    if ((type & bit) != 0 && !holds(how(bit), have(r, bit), want(bit))) return false;
  Digits digits;
  for (const unsigned bit : {kMajor, kMinor, kServicePackMajor, kServicePackMinor})
    if ((type & bit) != 0 && !digits.next(how(bit), have(r, bit), want(bit))) break;
  return digits.result();
}

template <bool Kernel, bool Wide>
void verify_version(Engine& e, State& s, const CallSite& c) {
  constexpr std::uint64_t kYes = Kernel ? 0 : 1, kNo = Kernel ? 0xC0000059u : 0;
  const Value type = e.argument(s, c, 1);
  Value mask = e.argument(s, c, 2);
  if (e.word() == 4) mask = e.alu.binary(Op::or_, mask, e.alu.binary(Op::shl, e.argument(s, c, 3), constant(32), 64), 64);
  const Wanted wanted(e, s, e.argument(s, c, 0), Wide);
  e.version_was_read();
  LaneMask yes = 0, no = 0;
  Value out = e.alu.each([&](unsigned k) {
    const Term t = type.at(k), m = mask.at(k);
    if (!t.number() || !m.number() || !wanted.known(k, t.off)) return unknown(Op::call, 32, mix(c.rva, e.ladder().rungs[k].build));
    const bool fits = verify(e.ladder().rungs[k], t.off, m.off, wanted, k);
    (fits ? yes : no) |= lane_bit(k);
    if (!fits) return number(kNo);
    if ((t.off & kEdition) == 0) return number(kYes);
    // The edition is asked for too: an answer that no build tells, and that the same question gets again.
    const std::uint64_t question = mix(0xED17, t.off & kEdition, m.off >> (3 * std::countr_zero(+kSuite)));
    return unknown(Op::call, 32, hash_of(hash_of(question, wanted.of(kSuite).at(k)), wanted.of(kProductType).at(k)));
  });
  out.origin = e.record().origin(c.import->name);
  e.set_result(s, out);
  if ((yes | no) != s.mask || yes == 0 || no == 0) return;
  e.record().split({c.rva, "the condition of " + c.import->name, out.origin, yes, no, {}, {}});
  const Value& build = wanted.of(kBuild);
  if (build.uniform() && build.all.number() && build.all.off > 1000 && build.all.off < 30000)
    e.record().critical.insert(static_cast<std::uint32_t>(build.all.off));
}

constexpr Model kVersionModels[] = {
    {"GetVersionExA", get_version_ex<false, false>},     {"GetVersionExW", get_version_ex<true, false>},
    {"RtlGetVersion", get_version_ex<true, true>},       {"PsGetVersion", ps_get_version},
    {"RtlGetNtVersionNumbers", nt_version_numbers},      {"GetVersion", get_version},
    {"VerSetConditionMask", set_condition_mask},         {"VerifyVersionInfoA", verify_version<false, false>},
    {"VerifyVersionInfoW", verify_version<false, true>}, {"RtlVerifyVersionInfo", verify_version<true, true>},
};

}  // namespace

std::span<const Model> version_models() { return kVersionModels; }

}  // namespace tq::analysis
