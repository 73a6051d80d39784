// Pieces of the HTML report. Whatever comes from a target goes through text() or attribute-free markup only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.hpp"

namespace tq::report::html {

/// `s` made safe for element content and quoted attributes: control and direction characters become visible,
/// markup characters become entities.
std::string text(std::string_view s);
/// <tag class="cls">content</tag>; `content` is markup already.
std::string element(std::string_view tag, std::string_view cls, std::string_view content);
/// A coloured word: a standing, a severity, a state.
std::string badge(std::string_view word, std::string_view tone);
/// The tone (good, warn, bad, mute) that goes with each word.
const char* tone_of(model::Standing s);
const char* tone_of(model::Severity s);
const char* tone_of(model::CoverageStatus s);

/// A table whose cells are markup. An empty table is the empty string: a heading without rows tells nobody anything.
class Table {
 public:
  /// `widths`: of the columns ("14%"; "" shares the rest), so that one long word does not squeeze the others.
  explicit Table(std::vector<std::string> head, std::vector<std::string> widths = {})
      : head_(std::move(head)), widths_(std::move(widths)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::string markup() const;

 private:
  std::vector<std::string> head_, widths_;
  std::vector<std::vector<std::string>> rows_;
};

/// Patch level over time: the month reached, the goals, the ends of support, the day of judgement.
std::string timeline(const model::Machine& m, Date as_of);
/// Its name, or the target where it has none; markup.
std::string name_of(const model::Machine& m);
/// Where it stands against the goal, in a badge.
std::string goal_badge(const model::Machine& m, const std::string& goal);
/// One machine as a section of the page.
std::string machine(const model::Machine& m, const model::Report& report, std::size_t index);
/// The style sheet of the page: light, dark and print.
std::string_view style();

}  // namespace tq::report::html
