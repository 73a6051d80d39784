// The same work for many items on a few threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace tq {

/// Calls work(0) .. work(count - 1), each once and in no fixed order, on at most `jobs` threads with this one among them.
/// Each call writes to a slot of its own only. Returns when all are done.
template <class Work>
void parallel(std::size_t count, unsigned jobs, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  const std::size_t most = std::min<std::size_t>(jobs, count);
  for (std::size_t i = 1; i < most; ++i) others.emplace_back(run);
  run();
}

}  // namespace tq
