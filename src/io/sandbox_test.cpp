// Each case gives its rights up in a child of its own: nothing brings them back.
#include "io/sandbox.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "io/output.hpp"
#include "tests/support/machine_builder.hpp"

namespace {

namespace fs = std::filesystem;
using tq::io::Walls;

constexpr Walls kCallsAlone{true, false}, kFilesAlone{false, true};

/// A folder with a target to read and a place for results.
struct Folder {
  std::string path = tq::test::temporary_folder();
  Folder() {
    fs::create_directory(path + "/target");
    fs::create_directory(path + "/out");
    std::ofstream(path + "/target/hive") << "evidence";
  }
};

/// What a child inside the sandbox answers: 0 when everything it tried was as it should be, else which step was not.
int inside(const std::vector<std::string>& folders, const std::function<int()>& steps, Walls walls = {}) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    tq::io::enter_sandbox(folders, walls);
    ::_exit(steps());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

bool refused(long result) { return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS); }

/// What stands in force is asked of a child, too; without the walls the cases here would say nothing.
bool stands(Walls walls, const std::string& wanted) {
  const int answer = inside({}, [&] { return tq::io::sandbox_text().starts_with(wanted) ? 0 : 1; }, walls);
  if (answer != 0) MESSAGE("SKIPPED: this kernel has not ", wanted);
  return answer == 0;
}
bool whole() { return stands({}, "seccomp, landlock"); }

/// Every way there is to change a file or a folder by its name; 0 when each was refused, else the first that was not.
int try_to_change(const std::string& hive) {
  if (!refused(::open(hive.c_str(), O_WRONLY | O_CLOEXEC))) return 2;
  if (!refused(::open(hive.c_str(), O_RDWR | O_CLOEXEC))) return 3;
  if (!refused(::open((hive + "2").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600))) return 5;
  if (!refused(::unlink(hive.c_str())) || !refused(::rename(hive.c_str(), (hive + "3").c_str()))) return 6;
  if (!refused(::mkdir((hive + "4").c_str(), 0700)) || !refused(::symlink("x", (hive + "5").c_str()))) return 9;
  return 0;
}

bool can_read(const std::string& hive) {
  const int fd = ::open(hive.c_str(), O_RDONLY | O_CLOEXEC);
  char c = 0;
  return fd >= 0 && ::read(fd, &c, 1) == 1 && c == 'e';
}

bool can_start_a_program() {
  char name[] = "/bin/true";
  char* const args[] = {name, nullptr};
  return !refused(::execv(name, args));
}

}  // namespace

TEST_CASE("sandbox: a target can be read and not be changed") {
  if (!whole()) return;
  const Folder f;
  const std::string hive = f.path + "/target/hive";
  const auto steps = [&] {
    if (!can_read(hive)) return 1;
    if (const int step = try_to_change(hive); step != 0) return step;
    if (!refused(::open(hive.c_str(), O_RDONLY | O_TRUNC | O_CLOEXEC))) return 4;
    const int fd = ::open(hive.c_str(), O_RDONLY | O_CLOEXEC);
    if (!refused(::chmod(hive.c_str(), 0600)) || !refused(::fchmod(fd, 0600))) return 7;
    if (!refused(::utimensat(AT_FDCWD, hive.c_str(), nullptr, 0)) || !refused(::futimens(fd, nullptr))) return 8;
    return refused(::truncate(hive.c_str(), 0)) ? 0 : 10;
  };
  CHECK(inside({}, steps) == 0);
  CHECK(inside({f.path + "/out"}, steps) == 0);
  CHECK(fs::file_size(hive) == 8);
}

TEST_CASE("sandbox: the result can be written where it was asked for, and nowhere else") {
  if (!whole()) return;
  const Folder f;
  CHECK(inside({f.path + "/out"}, [&] {
          if (!tq::io::write_output(f.path + "/out/report", "first", {})) return 1;
          if (!tq::io::write_output(f.path + "/out/report", "second", {})) return 2;
          return tq::io::write_output(f.path + "/report", "elsewhere", {}) ? 3 : 0;
        }) == 0);
  CHECK(fs::file_size(f.path + "/out/report") == 6);
  CHECK_FALSE(fs::exists(f.path + "/report"));
  CHECK(inside({}, [&] { return tq::io::write_output(f.path + "/out/report", "third", {}) ? 1 : 0; }) == 0);
  CHECK(fs::file_size(f.path + "/out/report") == 6);
}

TEST_CASE("sandbox: no network, no other program, no other process") {
  if (!whole()) return;
  const Folder f;
  for (const auto& folders : {std::vector<std::string>{}, std::vector<std::string>{f.path + "/out"}})
    CHECK(inside(folders, [] {
            if (!refused(::socket(AF_INET, SOCK_STREAM, 0)) || !refused(::socket(AF_UNIX, SOCK_STREAM, 0))) return 1;
            if (can_start_a_program()) return 2;
            if (!refused(::kill(::getppid(), 0))) return 3;
            return refused(::unshare(0)) ? 0 : 4;
          }) == 0);
}

TEST_CASE("sandbox: a folder that is not there opens nothing") {
  if (!whole()) return;
  const Folder f;
  CHECK(inside({f.path + "/none"},
               [&] { return refused(::open((f.path + "/new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) ? 0 : 1; }) == 0);
}

TEST_CASE("sandbox: seccomp alone keeps a target as it is when nothing is to be written") {
  if (!stands(kCallsAlone, "seccomp (")) return;
  const Folder f;
  const std::string hive = f.path + "/target/hive";
  CHECK(inside(
            {},
            [&] {
              if (!can_read(hive)) return 1;
              if (const int step = try_to_change(hive); step != 0) return step;
              if (!refused(::open(hive.c_str(), O_RDONLY | O_TRUNC | O_CLOEXEC)) || !refused(::truncate(hive.c_str(), 0))) return 4;
              if (!refused(::socket(AF_INET, SOCK_STREAM, 0)) || can_start_a_program()) return 20;
              return refused(::chmod(hive.c_str(), 0600)) ? 0 : 21;
            },
            kCallsAlone) == 0);
  CHECK(fs::file_size(hive) == 8);
}

TEST_CASE("sandbox: seccomp alone lets a result be written, and knows no place; nothing else opens with it") {
  if (!stands(kCallsAlone, "seccomp (")) return;
  const Folder f;
  CHECK(inside(
            {f.path + "/out"},
            [&] {
              if (!tq::io::write_output(f.path + "/out/report", "first", {})) return 1;
              if (!refused(::socket(AF_UNIX, SOCK_STREAM, 0)) || can_start_a_program()) return 2;
              if (!refused(::kill(::getppid(), 0)) || !refused(::unshare(0))) return 3;
              return refused(::chmod((f.path + "/target/hive").c_str(), 0600)) ? 0 : 4;
            },
            kCallsAlone) == 0);
  CHECK(fs::file_size(f.path + "/out/report") == 5);
}

TEST_CASE("sandbox: Landlock alone keeps every place but that of the result, and starts nothing") {
  if (!stands(kFilesAlone, "landlock (")) return;
  const Folder f;
  const std::string hive = f.path + "/target/hive";
  for (const auto& folders : {std::vector<std::string>{}, std::vector<std::string>{f.path + "/out"}})
    CHECK(inside(
              folders,
              [&] {
                if (!can_read(hive)) return 1;
                if (const int step = try_to_change(hive); step != 0) return step;
                if (can_start_a_program()) return 20;
                const bool written = tq::io::write_output(f.path + "/out/report", "first", {}).has_value();
                return written == !folders.empty() ? 0 : 21;
              },
              kFilesAlone) == 0);
  CHECK(fs::file_size(hive) == 8);
  CHECK(fs::file_size(f.path + "/out/report") == 5);
}

TEST_CASE("sandbox: what stands is told") {
  CHECK(inside({}, [] { return tq::io::sandbox_text() == "none" ? 0 : 1; }, {false, false}) == 0);
  if (!whole()) return;
  CHECK(inside({}, [] { return tq::io::sandbox_text() == "seccomp (this kernel has no landlock)" ? 0 : 1; }, kCallsAlone) == 0);
  CHECK(inside({}, [] { return tq::io::sandbox_text() == "landlock (this kernel has no seccomp)" ? 0 : 1; }, kFilesAlone) == 0);
}
