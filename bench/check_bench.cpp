// `check` as a whole process, as a user starts it: time and peak memory, beside a process that does nothing and a bare interpreter.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Cost {
  double milliseconds = 0;
  long peak_kib = 0;
};

/// Runs the words as a process without output. A process that cannot be started has a cost below zero.
Cost run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const auto& w : words) argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  const auto from = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(nothing, 1);
    ::dup2(nothing, 2);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child || WEXITSTATUS(status) == 127) return {-1, 0};
  return {std::chrono::duration<double, std::milli>(Clock::now() - from).count(), used.ru_maxrss};
}

struct Contender {
  const char* name;
  std::vector<std::string> words;
  std::vector<double> times;
  long peak_kib = 0;
};

void print(const Contender& c, double first) {
  auto times = c.times;
  std::sort(times.begin(), times.end());
  std::printf("  %-28s median %7.2f ms  best %7.2f ms  peak %6.1f MB  (x%.2f)\n", c.name, times[times.size() / 2], times.front(),
              static_cast<double>(c.peak_kib) / 1024, times[times.size() / 2] / first);
}

}  // namespace

int main(int argc, char** argv) {
  const char* named = std::getenv("TQ_BINARY");
  const std::string program = argc > 1 ? argv[1] : named != nullptr ? named : "build/release/tourniquet";
  const std::string examples = argc > 2 ? argv[2] : "examples";
  constexpr int kRounds = 41;
  std::vector<Contender> all{{"check of a systeminfo text", {program, "check", examples + "/systeminfo-6003.txt"}, {}, 0},
                             {"check of a Windows tree", {program, "check", examples + "/server2008-6003-patched"}, {}, 0},
                             {"--version", {program, "--version"}, {}, 0},
                             {"/bin/true", {"/bin/true"}, {}, 0},
                             {"python3 -c pass", {"python3", "-c", "pass"}, {}, 0}};
  // In turn, so that load on the machine hits all alike.
  for (int i = 0; i < kRounds; ++i)
    for (Contender& c : all) {
      const Cost cost = run(c.words);
      if (cost.milliseconds < 0) {
        std::printf("%s could not be started\n", c.words[0].c_str());
        return 1;
      }
      c.times.push_back(cost.milliseconds);
      c.peak_kib = std::max(c.peak_kib, cost.peak_kib);
    }
  std::vector<double> first = all[0].times;
  std::sort(first.begin(), first.end());
  std::printf("whole processes, %d rounds; aim for the first: 10 ms and 16 MB\n", kRounds);
  for (const Contender& c : all) print(c, first[first.size() / 2]);
  return 0;
}
