// Time that budgets are counted in.
#pragma once

#include <chrono>
#include <ctime>

namespace tq::analysis {

/// What this thread has had of a processor. On a busy machine an analysis takes longer, but goes as far: its answer stays the same.
inline std::chrono::nanoseconds processor_time() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace tq::analysis
