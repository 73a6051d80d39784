// Answers every program of a 2038 corpus and compares with its truth: `measure_2038 TRUTH2038.csv [--wrong]`.
//
// A row of TRUTH2038.csv: path, what the program is, and the word that `time32` has to say. Prints precision and recall of
// `exposed`, how often other words are wrong, the share that was not analysed, and times.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string>
#include <vector>

#include "analysis/exposure.hpp"
#include "measuring.hpp"

namespace {

using namespace tq;
using lanes::part;

struct Row {
  std::string path, kind, truth, said, why;
  double milliseconds = 0;
};

std::vector<Row> read_truth(const std::string& path) {
  std::vector<Row> rows;
  for (const auto& cells : lanes::read_table(path))
    if (cells.size() >= 3)
      rows.push_back({cells[0], fmt::format("{}", fmt::join(cells.begin() + 1, cells.end() - 1, ",")), cells.back(), {}, {}, 0});
  return rows;
}

void answer(Row& r, Bytes file) {
  const auto report = analysis::find_exposure(file, {});
  r.said = to_string(report.exposure);
  r.why = fmt::format("{}", fmt::join(report.why, " | "));
}

void print(const std::vector<Row>& rows, bool wrong) {
  std::size_t hit = 0, false_alarm = 0, missed = 0, others = 0, other_wrong = 0, undecided = 0;
  std::map<std::string, std::size_t> truths;
  std::vector<double> times;
  for (const Row& r : rows) {
    times.push_back(r.milliseconds);
    ++truths[r.truth];
    const bool said = r.said == "exposed", truth = r.truth == "exposed";
    hit += said && truth;
    false_alarm += said && !truth;
    missed += !said && truth;
    others += !truth;
    other_wrong += !truth && r.said != r.truth;
    undecided += r.said == "not_analysed";
    if (wrong && r.said != r.truth) fmt::print("{} {} truth={} said={} {}\n", r.path, r.kind, r.truth, r.said, r.why);
  }
  for (const auto& [word, n] : truths) fmt::print("{} {}, ", n, word);
  fmt::print("{} programs\n", rows.size());
  fmt::print("exposed  precision {:.4f} recall {:.4f}  ({} right, {} false, {} missed)\n", part(hit, hit + false_alarm),
             part(hit, hit + missed), hit, false_alarm, missed);
  fmt::print("others   wrong {}/{}\n", other_wrong, others);
  fmt::print("not analysed {:.2f} %\n", 100 * part(undecided, rows.size()));
  lanes::print_times("a file", times);
}

}  // namespace

int main(int argc, char** argv) {
  bool wrong = false;
  std::string truth;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a == "--wrong")
      wrong = true;
    else
      truth = a;
  }
  auto rows = read_truth(truth);
  lanes::answer_all(rows, answer);
  print(rows, wrong);
  return rows.empty() ? 1 : 0;
}
