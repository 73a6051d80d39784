// Answers every program of a 2038 corpus and compares with its truth: `measure_2038 TRUTH2038.csv [--wrong]`.
//
// A row of TRUTH2038.csv: path, what the program is, and the word that `time32` has to say. Prints precision and recall of
// `exposed`, how often other words are wrong, the share that was not analysed, and times.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "analysis/exposure.hpp"
#include "io/byte_source.hpp"

namespace {

using namespace tq;

struct Row {
  std::string path, kind, truth, said, why;
  double milliseconds = 0;
};

std::vector<Row> read_truth(const std::string& path) {
  std::vector<Row> rows;
  const auto raw = io::read_file(path, 1u << 30);
  if (!raw) return rows;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const auto text = bytes_of(*raw).chars();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line(text.substr(at, end - at));
    at = end + 1;
    const std::size_t first = line.find(','), last = line.rfind(',');
    if (first == last) continue;
    rows.push_back({folder + line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1), {}, {}, 0});
  }
  return rows;
}

void answer(Row& r) {
  const auto file = io::read_file(r.path, 1u << 29);
  if (!file) return;
  const auto start = std::chrono::steady_clock::now();
  const auto report = analysis::find_exposure(bytes_of(*file), {});
  r.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  r.said = to_string(report.exposure);
  for (const auto& w : report.why) r.why += (r.why.empty() ? "" : " | ") + w;
}

double part(std::size_t x, std::size_t y) { return y == 0 ? 1.0 : static_cast<double>(x) / static_cast<double>(y); }

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
  std::sort(times.begin(), times.end());
  if (!times.empty())
    fmt::print("milliseconds a file p50 {:.2f} p99 {:.2f} max {:.2f}\n", times[times.size() / 2], times[times.size() * 99 / 100],
               times.back());
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
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < rows.size(); i = next++) answer(rows[i]);
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
    work();
  }
  print(rows, wrong);
  return rows.empty() ? 1 : 0;
}
