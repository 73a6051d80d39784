// Answers files whose truth is known as a whole: `measure_files FILE... [--each]`, the pair 6002/6003.
//
// Made for negatives such as the modules of Wine, none of which acts differently on 6002 and 6003. Prints how many files got
// which answer, the share of `undecided` among those that read a version, why, and how long they took.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/gates.hpp"
#include "measuring.hpp"

namespace {

using namespace tq;
using analysis::Gate;

struct Answer {
  std::string path;
  analysis::GateReport report;
  double milliseconds = 0;
};

void answer(Answer& a, Bytes file) { a.report = analysis::find_gates(file, {}); }

/// A reason without its addresses and texts, so that equal ones can be counted.
std::string kind_of(const std::string& why) {
  std::string out = why.substr(0, why.find(" at 0x"));
  return out.substr(0, out.find(": "));
}

void print_each(const std::vector<Answer>& answers) {
  for (const Answer& a : answers) {
    fmt::print("{} {} {:.1f} ms {} steps\n", a.path, to_string(a.report.gate), a.milliseconds, a.report.steps);
    for (const std::string& why : a.report.why) fmt::print("    {}\n", why);
    for (const auto& s : a.report.sites) fmt::print("    0x{:x} {}: {}\n", s.rva, s.source, s.comparison);
  }
}

void print_sums(const std::vector<Answer>& answers) {
  std::map<std::string, std::size_t> gates, reasons;
  std::vector<double> times;
  for (const Answer& a : answers) {
    ++gates[to_string(a.report.gate)];
    if (a.report.steps > 0) times.push_back(a.milliseconds);
    if (a.report.gate != Gate::undecided) continue;
    std::set<std::string> kinds;
    for (const std::string& why : a.report.why) kinds.insert(kind_of(why));
    for (const std::string& k : kinds) ++reasons[k];
  }
  std::string words;
  for (const auto& [gate, n] : gates) words += fmt::format(" {} {}", gate, n);
  fmt::print("{} files:{}\n", answers.size(), words);
  const std::size_t undecided = gates["undecided"], followed = undecided + gates["same"] + gates["differs"];
  const auto share = [&](std::size_t all) { return all == 0 ? 0.0 : 100.0 * static_cast<double>(undecided) / static_cast<double>(all); };
  fmt::print("undecided: {:.2f} % of all files, {:.2f} % of the {} that read a version\n", share(answers.size()), share(followed),
             followed);
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [why, n] : reasons) sorted.emplace_back(n, why);
  std::sort(sorted.rbegin(), sorted.rend());
  for (const auto& [n, why] : sorted) fmt::print("  {:>4} {}\n", n, why);
  lanes::print_times("a followed file", times);
}

}  // namespace

int main(int argc, char** argv) {
  bool each = false;
  std::vector<Answer> answers;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a == "--each")
      each = true;
    else
      answers.push_back({a, {}, 0});
  }
  lanes::answer_all(answers, answer);
  if (each) print_each(answers);
  print_sums(answers);
  return 0;
}
