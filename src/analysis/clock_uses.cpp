// What is done with clock values of 32 bits, on a ladder of instants: what counts as a signed use, and what as an unsigned one.
#include <string>

#include "analysis/stepper.hpp"

namespace tq::analysis {

bool Engine::turns_negative_in_2038(const Value& v) const {
  if (v.uniform() || ladder_.rungs.size() < 4) return false;
  for (unsigned k = 0; k < 4; ++k)
    if (!v.at(k).number()) return false;
  const auto negative = [&](unsigned k) { return (v.at(k).off >> 31 & 1) != 0; };
  return !negative(0) && negative(3) && ((v.at(2).off - v.at(1).off) & 0xFFFFFFFF) == 1;
}

/// printf and its like: the conversion of each argument says whether a clock value is shown as a signed number of 32 bits.
void Engine::formatted_clock(State& s, const CallSite& c) {
  if (c.import == nullptr || (c.import->name.find("rint") == std::string::npos && c.import->name.find("Print") == std::string::npos))
    return;
  constexpr unsigned kMostFixed = 5;
  std::optional<std::string> format;
  unsigned slot = 0;
  for (; slot < kMostFixed && !format; ++slot) {
    const bool wide = c.import->name.find('w') != std::string::npos && c.import->name != "wsprintfA";
    format = text(s, argument(s, c, slot), wide);
    if (format && format->find('%') == std::string::npos) format.reset();
  }
  if (!format) return;
  for (std::size_t i = 0; i + 1 < format->size(); ++i) {
    if ((*format)[i] != '%') continue;
    const std::size_t end = format->find_first_of("diouxXcsSpfgeGE%", i + 1);
    if (end == std::string::npos) return;
    const std::string spec = format->substr(i, end - i + 1);
    i = end;
    if (spec.back() == '%') continue;
    const bool wide = spec.find("ll") != std::string::npos || spec.find("I64") != std::string::npos || spec.find('j') != std::string::npos;
    const Value v = alu.truncate(argument(s, c, slot), 32);
    if (!wide && (spec.back() == 'd' || spec.back() == 'i') && turns_negative_in_2038(v))
      signed_uses_.try_emplace(c.rva, "formatted as a signed number");
    const bool two_words = word_ == 4 && (wide || std::string("fgeGE").find(spec.back()) != std::string::npos);
    slot += two_words ? 2 : 1;
  }
}

void Engine::signed_compare(std::uint32_t pc, const State& s) {
  const Flags& f = s.flags;
  if (f.bits != 32) return;
  const bool a = turns_negative_in_2038(f.a), b = turns_negative_in_2038(f.b),
             r = f.kind == Flags::Kind::result && turns_negative_in_2038(f.r);
  if (a || b || r) signed_uses_.try_emplace(pc, "compared as a signed number");
}

void Engine::unsigned_compare(std::uint32_t pc, const State& s) {
  const Flags& f = s.flags;
  if (f.bits == 32 && (turns_negative_in_2038(f.a) || turns_negative_in_2038(f.b)))
    cuts_.try_emplace(pc, "compared as an unsigned number of 32 bits, good until 2106");
}

}  // namespace tq::analysis
