#include <fmt/format.h>

#include "core/text.hpp"
#include "plan/render.hpp"

namespace tq::plan {
namespace {

std::string paint(bool color, const char* code, const std::string& s) { return color ? fmt::format("\033[{}m{}\033[0m", code, s) : s; }

const char* color_of(const Step& s) {
  if (s.approval == "rejected") return "31";
  return s.need == Need::yes ? "1" : "33";
}

}  // namespace

std::string to_text(const Plan& p, const Origin& origin, bool color) {
  std::string out =
      fmt::format("{}  {}\n", paint(color, "1", printable(p.from.name.empty() ? origin.target : p.from.name)), printable(describe(p.from)));
  out += fmt::format("  goal {}{}\n", printable(p.goal), p.goal_kb != 0 ? ": " + kb_text(p.goal_kb) : "");
  for (const auto& i : p.impossible)
    out += fmt::format("  {} {}: {}\n", paint(color, "31", "impossible"), printable(i.goal), printable(i.why));
  if (!p.answered) out += "  too little was read to plan anything\n";
  for (const auto& s : p.steps) {
    const auto t = describe(s);
    out += fmt::format("{:>4}. {}  {}\n", s.n, paint(color, color_of(s), s.kind), printable(t.what));
    for (const auto& d : t.details) out += "      " + printable(d) + "\n";
  }
  for (const auto& u : p.unknown) out += "  unknown: " + printable(u) + "\n";
  for (const auto& n : p.notes) out += "  note: " + printable(n) + "\n";
  return out;
}

}  // namespace tq::plan
