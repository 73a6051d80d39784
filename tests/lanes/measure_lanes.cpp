// Answers every program of a corpus and compares with its truth: `measure_lanes TRUTH.csv [--wrong] [--pairs]`.
//
// A row of TRUTH.csv: path, kind, then one word per rung of the usual ladder; rungs with the same word act alike (as a native
// run saw them). Prints precision, recall, wrong `same`, undecided, times, and the baseline that only looks for constants.
#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "analysis/gates.hpp"
#include "measuring.hpp"

namespace {

using namespace tq;
using analysis::Gate;
using lanes::part;

constexpr std::array<std::uint32_t, 12> kBuilds = {2600, 3790, 6000, 6001, 6002, 6003, 7600, 7601, 9200, 9600, 14393, 19045};

struct Row {
  std::string path, kind;
  std::vector<std::string> words;
  std::array<std::array<Gate, 12>, 12> said{};
  bool baseline = false;
  double milliseconds = 0;
  std::string why;
};

std::vector<Row> read_truth(const std::string& path) {
  std::vector<Row> rows;
  for (const auto& cells : lanes::read_table(path)) {
    if (cells.size() < 14) continue;
    Row r;
    r.path = cells[0];
    r.kind = cells[1];
    r.words.assign(cells.begin() + 2, cells.begin() + 14);
    rows.push_back(std::move(r));
  }
  return rows;
}

/// The baseline: a comparison constant 6002 or 6003 somewhere in the file, as 16 or 32 bits.
bool has_constant(Bytes b) {
  for (const auto* p : {"\x72\x17\x00\x00", "\x73\x17\x00\x00"})
    if (b.chars().find(std::string_view(p, 4)) != std::string_view::npos) return true;
  return false;
}

void answer(Row& r, Bytes file, bool pairs) {
  r.baseline = has_constant(file);
  for (std::size_t a = 0; a < 12; ++a)
    for (std::size_t b = a + 1; b < 12; ++b) {
      if (!pairs && (a != 4 || b != 5)) continue;
      analysis::GateOptions o;
      o.first = kBuilds[a];
      o.second = kBuilds[b];
      const auto report = analysis::find_gates(file, o);
      r.said[a][b] = report.gate;
      if (a == 4 && b == 5) {
        r.why = report.why.empty() ? "" : report.why.front();
        for (const auto& s : report.sites) r.why += fmt::format(" [0x{:x} {}]", s.rva, s.comparison);
      }
    }
}

struct Count {
  std::size_t hit = 0, false_alarm = 0, missed = 0, same_wrong = 0, same = 0, undecided = 0, all = 0;
  void add(Gate said, bool truth) {
    ++all;
    const bool differs = said == Gate::differs;
    hit += differs && truth;
    false_alarm += differs && !truth;
    missed += !differs && truth;
    const bool alike = said == Gate::same || said == Gate::no_source;
    same += alike;
    same_wrong += alike && truth;
    undecided += said == Gate::undecided || said == Gate::unsupported;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("precision {:.4f} recall {:.4f}  same wrong {}/{}  undecided {:.2f} %  ({} answers)", part(hit, hit + false_alarm),
                       part(hit, hit + missed), same_wrong, same, 100 * part(undecided, all), all);
  }
};

/// One line for a program with wrong answers on any pair: how many of each sort, and the first pair of each.
void print_wrong_pairs(const Row& r) {
  std::map<std::string, std::pair<std::size_t, std::string>> sorts;
  for (std::size_t a = 0; a < 12; ++a)
    for (std::size_t b = a + 1; b < 12; ++b) {
      const bool truth = r.words[a] != r.words[b];
      const Gate said = r.said[a][b];
      if (truth ? said == Gate::differs : said == Gate::same || said == Gate::no_source) continue;
      auto& [count, first] = sorts[fmt::format("{} for {}", to_string(said), truth ? "differs" : "same")];
      if (count++ == 0) first = fmt::format("{}/{}", kBuilds[a], kBuilds[b]);
    }
  for (const auto& [sort, found] : sorts) fmt::print("pairs: {} {} {} x {} ({})\n", r.path, r.kind, found.first, sort, found.second);
}

void print(std::vector<Row>& rows, bool wrong, bool pairs) {
  Count pair, pooled, baseline;
  std::map<std::string, Count> kinds;
  std::vector<double> times;
  for (Row& r : rows) {
    times.push_back(r.milliseconds);
    if (wrong && pairs) print_wrong_pairs(r);
    for (std::size_t a = 0; a < 12; ++a)
      for (std::size_t b = a + 1; b < 12; ++b) {
        const bool truth = r.words[a] != r.words[b], main = a == 4 && b == 5;
        if (main) {
          pair.add(r.said[a][b], truth);
          kinds[r.kind.substr(0, r.kind.find('/'))].add(r.said[a][b], truth);
          baseline.add(r.baseline ? Gate::differs : Gate::same, truth);
          const bool right = truth ? r.said[a][b] == Gate::differs : r.said[a][b] == Gate::same || r.said[a][b] == Gate::no_source;
          if (wrong && !right)
            fmt::print("{} {} truth={} said={} {}\n", r.path, r.kind, truth ? "differs" : "same", to_string(r.said[a][b]), r.why);
        }
        if (pairs) pooled.add(r.said[a][b], truth);
      }
  }
  if (wrong)
    for (const auto& [kind, c] : kinds)
      if (c.missed + c.false_alarm + c.undecided > 0) fmt::print("  {:<24} {}\n", kind, c.text());
  fmt::print("6002/6003           {}\n", pair.text());
  if (pairs) fmt::print("66 pairs            {}\n", pooled.text());
  fmt::print("constant baseline   {}\n", baseline.text());
  lanes::print_times(pairs ? "a file (66 pairs)" : "a file", times);
}

}  // namespace

int main(int argc, char** argv) {
  bool wrong = false, pairs = false;
  std::string truth;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a == "--wrong")
      wrong = true;
    else if (a == "--pairs")
      pairs = true;
    else
      truth = a;
  }
  auto rows = read_truth(truth);
  lanes::answer_all(rows, [pairs](Row& r, Bytes file) { answer(r, file, pairs); });
  print(rows, wrong, pairs);
  return 0;
}
