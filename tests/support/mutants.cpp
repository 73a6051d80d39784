#include "tests/support/mutants.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>

#ifdef __SANITIZE_ADDRESS__
#define TQ_COUNTS_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TQ_COUNTS_MEMORY 1
#endif
#endif

#ifdef TQ_COUNTS_MEMORY
// From sanitizer/allocator_interface.h, which g++ 12 does not bring.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t), void (*)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void*);
#endif

namespace tq::test {
namespace {

std::atomic<std::size_t> g_live{0}, g_peak{0};

#ifdef TQ_COUNTS_MEMORY
/// What the sanitizer keeps for itself (its quarantine, its shadow) does not count: only what the program asked for and did
/// not give back.
void count_allocations() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, std::size_t size) {
        const std::size_t live = g_live += size;
        if (live > g_peak) g_peak = live;
      },
      [](const volatile void* p) {
        if (p != nullptr) g_live -= __sanitizer_get_allocated_size(p);
      });
  static_cast<void>(installed);
}
#else
void count_allocations() {}
#endif

struct Numbers {
  std::size_t count = 0, most_bytes = 0;
  std::chrono::steady_clock::duration slowest{};
};

/// Written when the program ends: test cases of one format come one after the other.
class Table {
 public:
  ~Table() {
    const char* path = std::getenv("TQ_MUTANT_TABLE");
    if (path == nullptr) return;
    std::ofstream out(path);
    for (const auto& [format, n] : rows_)
      out << format << " " << n.count << " " << std::chrono::duration_cast<std::chrono::milliseconds>(n.slowest).count() << " "
          << n.most_bytes / 1024 << "\n";
  }
  Numbers& row(const std::string& format) { return rows_[format]; }

 private:
  std::map<std::string, Numbers> rows_;
};

Table& table() {
  static Table t;
  return t;
}

}  // namespace

std::size_t mutant_count(std::size_t by_default) {
  const char* said = std::getenv("TQ_MUTANTS");
  return said == nullptr ? by_default : static_cast<std::size_t>(std::strtoull(said, nullptr, 10));
}

void MutantWatch::run(std::size_t number, const std::function<void()>& use) {
  count_allocations();
  const std::size_t before = g_live;
  g_peak = before;
  const std::clock_t start = std::clock();
  use();
  const auto took = std::chrono::microseconds((std::clock() - start) * 1'000'000 / CLOCKS_PER_SEC);
  // What was allocated before the hooks were there may be freed now: never a negative number.
  const std::size_t used = g_peak - std::min<std::size_t>(g_peak, before);
  ++count_;
  slowest_ = std::max<std::chrono::steady_clock::duration>(slowest_, took);
  most_bytes_ = std::max(most_bytes_, used);
  CHECK_MESSAGE(took < kMostTime, format_ << " mutant " << number << " took too long");
  CHECK_MESSAGE(used < kMostBytes, format_ << " mutant " << number << " took " << used << " bytes");
}

MutantWatch::~MutantWatch() {
  Numbers& n = table().row(format_);
  n.count += count_;
  n.slowest = std::max(n.slowest, slowest_);
  n.most_bytes = std::max(n.most_bytes, most_bytes_);
}

}  // namespace tq::test
