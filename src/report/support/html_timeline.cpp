// The patch level as a line: how far it reaches, and how far it would have to.
#include <fmt/format.h>

#include <algorithm>

#include "report/support/html.hpp"

namespace tq::report::html {
namespace {

constexpr double kWidth = 960, kLeft = 40, kRight = 40, kAxis = 78, kHeight = 148;

struct Scale {
  Date first, last;
  [[nodiscard]] double x(Date d) const {
    const double span = std::max(1, months_between(first, last));
    return kLeft + (kWidth - kLeft - kRight) * std::clamp(months_between(first, d) / span, 0.0, 1.0);
  }
};

/// From the first January before everything shown to the last month of it.
Scale scale_of(const model::Machine& m, Date as_of) {
  Scale s{as_of, as_of};
  const auto take = [&s](Date d) {
    if (!d.known()) return;
    if (days_from_civil(d) < days_from_civil(s.first)) s.first = d;
    if (days_from_civil(d) > days_from_civil(s.last)) s.last = d;
  };
  for (const auto& g : m.verdict.goals) take(g.released);
  if (m.verdict.level) take(m.verdict.level->month);
  s.first.month = 1;
  s.first.day = 1;
  s.first.year -= m.verdict.level ? 0 : 1;  // room for a level that lies before everything known
  return s;
}

std::string line(const char* cls, double x1, double x2, double y, int width) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}" stroke-width="{}"/>)", cls, x1, x2, y, y, width);
}

std::string stem(double x, double top, double bottom, const char* cls) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}" stroke-width="2"/>)", cls, x, x, top, bottom);
}

std::string label(double x, double y, std::string_view cls, const std::string& words) {
  const char* anchor = x > kWidth - 150 ? "end" : x < 150 ? "start" : "middle";
  return fmt::format(R"(<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", cls, x, y, anchor, text(words));
}

std::string years(const Scale& s) {
  std::string out;
  for (int y = s.first.year; y <= s.last.year; ++y) {
    const double x = s.x(Date{y, 1, 1});
    if (y != s.first.year && x <= kLeft) continue;
    out += fmt::format(R"(<line class="axis" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>)", x, kAxis - 4, kAxis + 8);
    out += label(x, kAxis + 24, "soft", std::to_string(y));
  }
  return out;
}

}  // namespace

std::string timeline(const model::Machine& m, Date as_of) {
  if (m.verdict.goals.empty()) return {};
  const Scale s = scale_of(m, as_of);
  std::string out = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="patch level over time">)", kWidth, kHeight);
  out += line("axis", kLeft, kWidth - kRight, kAxis, 2) + years(s);
  double reached = kLeft;
  if (m.verdict.level) {
    reached = s.x(m.verdict.level->month);
    out += line("done", kLeft, reached, kAxis, 8);
    out += label(reached, kAxis + 44, "strong", "level " + m.verdict.level->month.month_text());
  }
  const auto& last = m.verdict.goals.back();
  if (last.reached == model::Tri::no) out += line("gap", reached, s.x(last.released), kAxis, 4);
  // Two labels of this length side by side would run into one another.
  constexpr double kLabelWidth = 240;
  const bool beside = m.verdict.level && s.x(as_of) - reached < kLabelWidth;
  out += stem(s.x(as_of), kAxis - 8, kAxis + 8, "stop") +
         label(s.x(as_of), kAxis + (beside ? 62 : 44), "soft", "judged " + as_of.month_text());
  double y = kAxis - 52;  // the latest goal lowest: its label stands left of the stems that reach higher
  for (const auto& g : m.verdict.goals) {
    const double x = s.x(g.released);
    out += stem(x, y + 4, kAxis + 8, "end") + label(x, y, "", fmt::format("{} {}", g.name, g.released.month_text()));
    y += 16;
  }
  if (m.verdict.level) out += fmt::format(R"(<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="7"/>)", reached, kAxis);
  return out + "</svg>\n";
}

}  // namespace tq::report::html
