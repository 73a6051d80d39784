// A build with sanitizers says something only when they are awake: each has to find, in a child of its own, what it is there for.
#include <doctest/doctest.h>

#if defined(__SANITIZE_ADDRESS__)
#define TQ_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TQ_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef TQ_ADDRESS_SANITIZER
#include <fcntl.h>
#include <sanitizer/lsan_interface.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace {

/// The status that a child ends with which does `fault`, and 0 when nothing stopped it. Its report goes nowhere.
int status_after(const std::function<int()>& fault) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    ::_exit(fault());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

}  // namespace

TEST_CASE("sanitizers: a leak, a byte behind the end and an overflow are found") {
  // Through volatile, or the compiler sees what is wrong and leaves it out.
  CHECK(status_after([] {
          void* volatile lost = std::malloc(77);
          lost = nullptr;
          return lost == nullptr ? __lsan_do_recoverable_leak_check() : 0;
        }) == 1);
  CHECK(status_after([] {
          const char* volatile block = static_cast<char*>(std::calloc(8, 1));
          const volatile int behind = 8;
          [[maybe_unused]] const volatile char seen = block[behind];
          return 0;
        }) != 0);
  CHECK(status_after([] {
          volatile int largest = INT_MAX;
          const volatile int one = 1;
          largest = largest + one;
          return 0;
        }) != 0);
  CHECK(status_after([] { return 0; }) == 0);
}
#endif
