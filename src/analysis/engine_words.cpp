// Comparisons in words, and the constants that versions are compared with.
#include <fmt/format.h>

#include <bit>

#include "analysis/stepper.hpp"

namespace tq::analysis {
namespace {

constexpr const char* kWords[16] = {
    "overflows",       "does not overflow", "<", ">=", "==", "!=", "<=", ">", "is negative", "is not negative",
    "has even parity", "has odd parity",    "<", ">=", "<=", ">"};

/// v = build + difference in all lanes of the mask, modulo 2^bits.
std::optional<std::uint64_t> from_build(const Value& v, const Ladder& ladder, LaneMask lanes, unsigned bits) {
  std::optional<std::uint64_t> difference;
  for (unsigned k = 0; k < ladder.rungs.size(); ++k) {
    if ((lanes >> k & 1) == 0) continue;
    const Term t = v.at(k);
    if (!t.number()) return std::nullopt;
    const std::uint64_t d = (t.off - ladder.rungs[k].build) & mask_of(bits);
    if (difference && *difference != d) return std::nullopt;
    difference = d;
  }
  return difference;
}

bool is_field(const Value& v, const Ladder& ladder, LaneMask lanes, std::uint32_t Rung::* field) {
  for (unsigned k = 0; k < ladder.rungs.size(); ++k)
    if ((lanes >> k & 1) != 0 && !(v.at(k) == number(ladder.rungs[k].*field))) return false;
  return true;
}

std::string subject(const Value& v, const Ladder& ladder, LaneMask lanes, unsigned bits) {
  if (const auto d = from_build(v, ladder, lanes, bits)) {
    const auto s = static_cast<std::int64_t>(sign_extend(*d, bits));
    if (s == 0) return "build";
    if (*d == (0xF0000000u & mask_of(bits))) return "NtBuildNumber";
    return s < 0 ? fmt::format("build - {}", -s) : fmt::format("build + {}", s);
  }
  if (is_field(v, ladder, lanes, &Rung::major)) return "major version";
  if (is_field(v, ladder, lanes, &Rung::minor)) return "minor version";
  if (is_field(v, ladder, lanes, &Rung::service_pack)) return "service pack";
  return "a value made from the version";
}

std::string number_text(std::uint64_t v, unsigned bits) {
  v &= mask_of(bits);
  const auto s = static_cast<std::int64_t>(sign_extend(v, bits));
  if (s < 0 && s > -100000) return fmt::format("{}", s);
  return v < 100000 ? fmt::format("{}", v) : fmt::format("0x{:x}", v);
}

}  // namespace

std::string Engine::words_of(unsigned condition, const Flags& flags, LaneMask lanes, std::vector<std::uint64_t>& saw) const {
  const bool difference = flags.kind == Flags::Kind::sub;
  const Value& a = difference ? flags.a : flags.r;
  const Value b = difference ? flags.b : constant(0);
  const bool turned = a.uniform() && !b.uniform();
  const Value &x = turned ? b : a, &y = turned ? a : b;
  for (unsigned k = 0; k < ladder_.rungs.size(); ++k) saw.push_back(x.at(k).number() ? x.at(k).off & mask_of(flags.bits) : 0);
  if (!y.uniform()) return "two values made from the version are compared";
  if (!y.all.number()) return "the version is compared with an unknown value";
  const std::uint64_t c = y.all.off & mask_of(flags.bits);
  // build - 6000 <= 2, unsigned: a range without its ends in the code.
  const auto d = from_build(x, ladder_, lanes, flags.bits);
  const bool unsigned_range = !turned && d && (condition == 2 || condition == 3 || condition == 6 || condition == 7) &&
                              static_cast<std::int64_t>(sign_extend(*d, flags.bits)) < 0;
  if (unsigned_range) {
    const std::uint64_t from = (0 - *d) & mask_of(flags.bits), last = from + c - (condition < 4 ? 1 : 0);
    return fmt::format("build {} {}-{}", condition % 2 == 0 ? "in" : "not in", from, last);
  }
  if (d && (condition == 4 || condition == 5)) return fmt::format("build {} {}", kWords[condition], number_text(c - *d, flags.bits));
  static constexpr unsigned kTurned[16] = {0, 1, 7, 6, 4, 5, 3, 2, 8, 9, 10, 11, 15, 14, 13, 12};
  return fmt::format("{} {} {}", subject(x, ladder_, lanes, flags.bits), kWords[turned ? kTurned[condition] : condition],
                     number_text(c, flags.bits));
}

void Engine::add_path(Split& split, const Frame& f) const {
  for (const Frame* x = &f; x->caller != nullptr; x = x->caller) split.path.insert(split.path.begin(), x->call_site);
}

void Engine::note_split(const Frame& f, std::uint32_t pc, const Insn& insn, const State& s, LaneMask yes, LaneMask no) {
  if (ladder_.clock) return;
  Split split;
  split.rva = pc;
  split.yes = yes;
  split.no = no;
  for (const Value* v : {&s.flags.a, &s.flags.b, &s.flags.r, &s.flags.cf})
    if (split.origin == 0) split.origin = v->origin;
  if (insn.condition >= 0)
    split.words = words_of(static_cast<unsigned>(insn.condition), s.flags, yes | no, split.saw);
  else
    split.words = "a count made from the version";
  add_path(split, f);
  now_.record.split(split);
}

void Engine::function_unnamed(const CallSite& c) {
  if (names_.functions) now_.record.reason(fmt::format("a function is looked up at 0x{:x} by a name that was not worked out", c.rva));
}

void Engine::value_unnamed(const CallSite& c) {
  if (names_.values) now_.record.reason(fmt::format("a registry value is read at 0x{:x} whose name was not worked out", c.rva));
}

void Engine::collect_critical(const State& s, const Value& a, const Value& b) {
  ++touched_;
  constexpr std::size_t kMostCritical = 16;
  if (ladder_.clock || now_.record.critical.size() >= kMostCritical) return;
  const bool turned = a.uniform();
  const Value &x = turned ? b : a, &y = turned ? a : b;
  if (x.uniform() || !y.uniform() || !y.all.number()) return;
  for (const unsigned bits : {64u, 32u, 16u}) {
    const auto d = from_build(x, ladder_, s.mask, bits);
    if (!d || std::popcount(s.mask) < 2) continue;
    const std::uint64_t c = (y.all.off - *d) & mask_of(bits), low = (0 - *d) & mask_of(bits);
    for (const std::uint64_t v : {c, low})
      if (v > 1000 && v < 30000) now_.record.critical.insert(static_cast<std::uint32_t>(v));
    return;
  }
}

}  // namespace tq::analysis
