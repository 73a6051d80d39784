// A server that somebody wants to end, at the worst moment: it is bound and does not listen yet.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "fleet/serve/httpd.hpp"
#include "io/library.hpp"
#include "tests/support/program.hpp"

namespace {

constexpr unsigned kSeconds = 10;  // a server that does not end is killed by then

/// A server asks for its own end as soon as it has a port. What serving returned: 0 ended well, 1 an error, 2 no module.
int serve_and_end(const std::string& module_path) {
  ::alarm(kSeconds);
  auto module = tq::io::Library::load(module_path.c_str(), "a server", "libcpp-httplib0.11");
  tq::fleet::serve::ServeModule* serve = nullptr;
  if (!module || !module->find("tq_serve", serve)) return 2;
  const auto signal_early = [](std::uint16_t) {
    ::kill(::getpid(), SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // whoever waits for the signal has it before there is anything to end
  };
  tq::Status ended = tq::ok();
  serve({"127.0.0.1", 0}, signal_early, [](const auto&) { return tq::fleet::serve::Response{}; }, ended);
  return ended ? 0 : 1;
}

}  // namespace

TEST_CASE("serve: a signal that comes before the server listens ends it all the same") {
  const auto module = std::filesystem::path(tq::test::program_path()).replace_filename(tq::fleet::serve::kModule);
  if (!std::filesystem::exists(module)) {
    MESSAGE("SKIPPED: this build has no fleet serve");
    return;
  }
  // In a child: serving blocks signals for good.
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(serve_and_end(module.string()));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK_MESSAGE(WIFEXITED(status), "killed by signal ", WTERMSIG(status));
  const int said = WEXITSTATUS(status);
  if (said == 2) MESSAGE("SKIPPED: libcpp-httplib is not installed");
  CHECK((said == 0 || said == 2));
}
