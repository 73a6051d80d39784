// Mutants of hostile input: how many are made, and what one of them may cost.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace tq::test {

/// What TQ_MUTANTS says, else `by_default`: every heavy loop scales with it.
std::size_t mutant_count(std::size_t by_default);

/// Watches the reading of mutants of one format. With TQ_MUTANT_TABLE=FILE the numbers of every format go there at the end of
/// the program, a line each: format, mutants, slowest in ms, most memory in KiB (only a build with ASan can tell; else 0).
class MutantWatch {
 public:
  static constexpr std::chrono::milliseconds kMostTime{2000};
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20;

  explicit MutantWatch(std::string format) : format_(std::move(format)) {}
  MutantWatch(const MutantWatch&) = delete;
  MutantWatch& operator=(const MutantWatch&) = delete;
  ~MutantWatch();
  /// Fails the test when `use` takes more than kMostTime of the processor (a busy machine is no slow reader), or more than kMostBytes
  /// beyond what lived before it.
  void run(std::size_t number, const std::function<void()>& use);

 private:
  std::string format_;
  std::size_t count_ = 0, most_bytes_ = 0;
  std::chrono::steady_clock::duration slowest_{};
};

}  // namespace tq::test
