// The lane engine: bytes a second where nothing reads a version, and milliseconds a file where something does.
//
// `lanes_bench FOLDER`: every PE file below (a corpus of tests/lanes/make_corpus.py, or the drivers of libwine). Files are
// read before the clock starts.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "analysis/gates.hpp"
#include "analysis/prefilter.hpp"
#include "cli/support/programs.hpp"
#include "io/byte_source.hpp"

namespace {

using namespace tq;
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

void speed_of_prefilter(const std::vector<std::vector<std::byte>>& files) {
  constexpr int kRounds = 5;
  double best = 1e99;
  std::size_t bytes = 0, traces = 0;
  for (int round = 0; round < kRounds; ++round) {
    bytes = traces = 0;
    const auto start = Clock::now();
    for (const auto& f : files) {
      traces += analysis::find_traces(bytes_of(f)).version.size();
      bytes += f.size();
    }
    best = std::min(best, milliseconds(Clock::now() - start));
  }
  fmt::print("prefilter: {:.0f} MB/s ({} files, {:.1f} MB, {} traces)\n", static_cast<double>(bytes) / 1e3 / best, files.size(),
             static_cast<double>(bytes) / 1e6, traces);
}

}  // namespace

int main(int argc, char** argv) {
  int unread = 0;
  const auto programs = cli::programs_of(std::vector<std::string>(argv + 1, argv + argc), unread);
  std::vector<std::vector<std::byte>> files;
  for (const auto& p : programs)
    if (auto content = io::read_file(p.path, 1u << 29)) files.push_back(*std::move(content));
  speed_of_prefilter(files);
  std::array<std::size_t, 5> gates{};
  std::vector<double> silent, analysed;
  const auto start = Clock::now();
  for (const auto& f : files) {
    const auto t = Clock::now();
    const auto r = analysis::find_gates(bytes_of(f), {});
    ++gates[static_cast<std::size_t>(r.gate)];
    (r.steps == 0 ? silent : analysed).push_back(milliseconds(Clock::now() - t));
  }
  fmt::print("all: {:.0f} ms on one core; differs {} same {} no_source {} undecided {} unsupported {}\n",
             milliseconds(Clock::now() - start), gates[0], gates[1], gates[2], gates[3], gates[4]);
  std::sort(analysed.begin(), analysed.end());
  if (!analysed.empty())
    fmt::print("analysed: {} files, p50 {:.2f} ms, p99 {:.2f} ms, max {:.2f} ms\n", analysed.size(), analysed[analysed.size() / 2],
               analysed[analysed.size() * 99 / 100], analysed.back());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory: {} MB\n", usage.ru_maxrss / 1024);
  return 0;
}
