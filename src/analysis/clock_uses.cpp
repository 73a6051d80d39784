// What is done with clock values of 32 bits, on a ladder of instants: what counts as a signed use, and what as an unsigned one.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "analysis/models/clock.hpp"
#include "analysis/name_list.hpp"
#include "analysis/stepper.hpp"

namespace tq::analysis {

// ---- what a clock value of 32 bits is ----------------------------------------------------------------------------------

/// Rungs 0 to 3 are 2019, the last second of signed time, the next one, and 2040.
bool Engine::turns_negative_in_2038(const Value& v) const {
  constexpr std::uint64_t kDays = std::uint64_t{2} * 86400, kFailed = 0xFFFFFFFF;
  if (v.uniform() || ladder_.rungs.size() < 4) return false;
  std::array<std::uint64_t, 4> at{};
  for (unsigned k = 0; k < 4; ++k) {
    if (!v.at(k).number()) return false;
    at[k] = v.at(k).off & 0xFFFFFFFF;
  }
  const auto negative = [&](unsigned k) { return (at[k] >> 31 & 1) != 0; };
  const std::uint64_t step = (at[2] - at[1]) & 0xFFFFFFFF;
  const bool itself = !negative(0) && negative(3) && step == 1, turned = negative(0) && !negative(3) && step == 0xFFFFFFFF;
  // Run times that are linked in answer -1 from 2038-01-19 on.
  const auto first = static_cast<std::uint64_t>(ladder_.rungs[0].unix_seconds);
  const bool fails = at[0] + kDays - first < 2 * kDays && at[2] == kFailed && at[3] == kFailed;
  return itself || turned || fails;
}

/// Times of 64 bits that come from elsewhere (a parameter, a file) are told by what is taken from them: the years from 1601 to 1970.
Value Engine::recognised_time(const Value& v, unsigned bits) {
  if (!ladder_.clock || !v.uniform() || v.all.number() || bits < 32) return v;
  const Kind kind = kind_of(v.all.sym);
  if (kind == Kind::stack || is_function(kind) || kind == Kind::object) return v;
  const auto taken = [&](std::int64_t epoch) {
    return (v.all.off & mask_of(bits)) == ((0 - static_cast<std::uint64_t>(epoch)) & mask_of(bits));
  };
  const char* source = "a FILETIME";
  if (taken(kEpochSeconds * std::int64_t{kTicks}))
    return alu.truncate(lanes(source, [](const Rung& r) { return unix_of(r) * kTicks; }), bits);
  if (taken(kEpochSeconds * 1000)) return alu.truncate(lanes(source, [](const Rung& r) { return unix_of(r) * 1000; }), bits);
  if (taken(kEpochSeconds)) return alu.truncate(lanes(source, unix_of), bits);
  return v;
}

/// The high half of the same in 32-bit code, with its carry.
Value Engine::recognised_high(const Value& v, const Value& a, const Value& b, bool add) {
  constexpr std::uint64_t kTaken = 0xFE624E21, kGiven = 0x019DB1DE;
  if (!ladder_.clock || word_ == 8 || !v.uniform() || v.all.number()) return v;
  const bool number = b.uniform() && b.all == analysis::number(add ? kTaken : kGiven),
             other = add && a.uniform() && a.all == analysis::number(kTaken);
  return number || other ? lanes("a FILETIME", [](const Rung& r) { return unix_of(r) * kTicks >> 32; }) : v;
}

// ---- formatted -----------------------------------------------------------------------------------------------------

namespace {

bool contains(const std::string& all, std::string_view part) { return all.find(part) != std::string::npos; }

/// One conversion of a format: how many arguments its width and precision take, how it ends, and whether it says 64 bits.
struct ShownArgument {
  char letter = 0;
  unsigned stars = 0;
  bool wide = false;
};

std::vector<ShownArgument> conversions_of(const std::string& format) {
  std::vector<ShownArgument> out;
  for (std::size_t i = format.find('%'); i != std::string::npos; i = format.find('%', i + 1)) {
    const std::size_t end = format.find_first_of("diouxXcCsSpfeEgGaAnZ%", i + 1);
    if (end == std::string::npos) break;
    const std::string spec = format.substr(i, end - i);
    ShownArgument c{format[end], static_cast<unsigned>(std::count(spec.begin(), spec.end(), '*')), false};
    c.wide = contains(spec, "ll") || contains(spec, "I64") || contains(spec, "j");
    if (c.letter != '%') out.push_back(c);
    i = end;
  }
  return out;
}

/// itoa and its like; what takes an int and treats it as one.
bool takes_signed(const std::string& name) {
  constexpr std::string_view kNames[] = {"_itoa",   "_ltoa", "_itow", "_ltow", "_itoa_s", "_ltoa_s", "_itow_s",
                                         "_ltow_s", "itoa",  "ltoa",  "abs",   "labs",    "div",     "ldiv"};
  return is_among(kNames, name);
}

/// Is it operator<< of a stream for int or long?
bool streams_signed(const std::string& name) {
  return name.starts_with("??6?$basic_ostream@") && (name.ends_with("V01@H@Z") || name.ends_with("V01@J@Z"));
}

}  // namespace

/// printf and its like: the conversion of each argument says whether a clock value is shown as a signed number of 32 bits.
void Engine::formatted_clock(State& s, const CallSite& c) {
  if (c.import == nullptr) return;
  const std::string& name = c.import->name;
  const auto shown = [&](const Value& v, const char* what) {
    if (turns_negative_in_2038(alu.truncate(v, 32))) signed_uses_.try_emplace(c.rva, what);
  };
  if (takes_signed(name)) return shown(argument(s, c, 0), "handed to a function of signed numbers");
  if (streams_signed(name)) return shown(argument(s, c, word_ == 8 ? 1 : 0), "written as a signed number");
  if (!contains(name, "rint") && !contains(name, "Print")) return;
  constexpr unsigned kMostFixed = 7;
  std::optional<std::string> format;
  unsigned slot = 0;
  const bool letters_wide = contains(name, "w") && name != "wsprintfA";
  for (; slot < kMostFixed && !format; ++slot) {
    format = text(s, argument(s, c, slot), letters_wide);
    if (format && !contains(*format, "%")) format.reset();
  }
  if (!format) return;
  // The functions that take a list have its address in place of the arguments; those of the universal run time a locale before.
  const bool universal = contains(name, "stdio_common"), list = universal || name.starts_with("v") || name.starts_with("_v");
  const Value from = list ? argument(s, c, slot + (universal ? 1 : 0)) : Value();
  if (list) slot = 0;
  for (const ShownArgument& x : conversions_of(*format)) {
    slot += x.stars;
    // Of a number of 32 bits on a stack of 64 only the lower half is set.
    const bool on_stack = !list && word_ == 8 && slot >= 4;
    const Value v = list       ? read(s, plus(from, std::uint64_t{slot} * word_), 4)
                    : on_stack ? read(s, plus(s.r[kSp], std::uint64_t{8} * (slot + (c.tail ? 1U : 0U))), 4)
                               : argument(s, c, slot);
    if (!x.wide && (x.letter == 'd' || x.letter == 'i')) shown(v, "formatted as a signed number");
    const bool two_words = word_ == 4 && (x.wide || std::string_view("fgeGEaA").find(x.letter) != std::string_view::npos);
    slot += two_words ? 2 : 1;
  }
}

// ---- compared, converted ---------------------------------------------------------------------------------------------

/// A branch, setcc or cmov that looks at the sign: less and greater at both numbers, the bare sign only at the result.
void Engine::signed_compare(std::uint32_t pc, const State& s, unsigned condition) {
  const Flags& f = s.flags;
  if (f.bits != 32) return;
  const bool order = condition >= 12 && f.kind != Flags::Kind::result;
  if (order ? turns_negative_in_2038(f.a) || turns_negative_in_2038(f.b) : turns_negative_in_2038(f.r))
    signed_uses_.try_emplace(pc, "compared as a signed number");
}

void Engine::unsigned_compare(std::uint32_t pc, const State& s) {
  const Flags& f = s.flags;
  if (f.bits == 32 && (turns_negative_in_2038(f.a) || turns_negative_in_2038(f.b)))
    cuts_.try_emplace(pc, "compared as an unsigned number of 32 bits, good until 2106");
}

void Stepper::signed_use(const Value& v, unsigned bits, const char* what) {
  if (!e_.ladder_.clock || v.uniform()) return;
  // The upper bytes alone hold the sign, too: a shift by 16 may be a load of two bytes.
  const auto upper = [&](unsigned k) {
    return v.at(k).number() && (v.at(k).off & mask_of(bits)) == (unix_of(e_.ladder_.rungs[k]) >> (32 - bits) & mask_of(bits));
  };
  const bool part = (bits == 8 || bits == 16) && upper(0) && upper(1) && upper(2) && upper(3);
  if (part || (bits == 32 && e_.turns_negative_in_2038(v))) e_.signed_uses_.try_emplace(rva_, what);
}

/// The sign as a number. With the high half beside it, it is a comparison of 64 bits with 2^31 instead.
void Stepper::sign_shift(const Value& a, unsigned bits) {
  constexpr int kNear = 4;
  std::uint32_t rva = rva_ + i_.length;
  for (int n = 0; e_.word_ == 4 && n < kNear; ++n) {
    const Insn next = e_.decoder_.decode(rva);
    if (!next.valid() || next.flow != Flow::next) break;
    if (next.mnemonic == ZYDIS_MNEMONIC_OR && (next.op[0].reg == i_.op[0].reg || next.op[1].reg == i_.op[0].reg)) return;
    rva += next.length;
  }
  signed_use(a, bits, "asked for its sign");
  signed_use(e_.alu.unary(Op::not_, a, bits), bits, "asked for its sign");
}

/// Instructions without a model that take numbers of 32 bits as signed: the floating-point unit's, and those on vectors.
void Stepper::clock_use() {
  const Operand& memory = i_.op[0].type == Operand::Type::memory ? i_.op[0] : i_.op[1];
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_FILD:
    case ZYDIS_MNEMONIC_FIADD:
    case ZYDIS_MNEMONIC_FISUB:
    case ZYDIS_MNEMONIC_FISUBR:
    case ZYDIS_MNEMONIC_FIDIVR:
    case ZYDIS_MNEMONIC_FIMUL:
    case ZYDIS_MNEMONIC_FIDIV:
    case ZYDIS_MNEMONIC_FICOM:
    case ZYDIS_MNEMONIC_FICOMP:
      if (memory.type == Operand::Type::memory && memory.bytes == 4)
        signed_use(e_.read_operand(s_, memory), 32, "converted as a signed number");
      return;
    case ZYDIS_MNEMONIC_CVTSI2SS: signed_use(e_.read_operand(s_, i_.op[1]), i_.op[1].bytes * 8u, "converted as a signed number"); return;
    case ZYDIS_MNEMONIC_CVTDQ2PD:
    case ZYDIS_MNEMONIC_CVTDQ2PS: signed_use(e_.alu.truncate(vector_in(1)[0], 32), 32, "converted as a signed number"); return;
    default: return;
  }
}

}  // namespace tq::analysis
