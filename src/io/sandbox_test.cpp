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

namespace {

namespace fs = std::filesystem;

struct Folder {
  std::string path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "tq_sandbox_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
    fs::create_directory(path + "/target");
    fs::create_directory(path + "/out");
    std::ofstream(path + "/target/hive") << "evidence";
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

/// What a child inside the sandbox answers: 0 when everything it tried was as it should be, else which step was not.
int inside(const std::vector<std::string>& folders, const std::function<int()>& steps) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    tq::io::enter_sandbox(folders);
    ::_exit(steps());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

bool refused(long result) { return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS); }

/// What stands in force is asked of a child, too; without both walls the cases here would say nothing.
bool whole() {
  const int answer = inside({}, [] { return tq::io::sandbox_text() == "seccomp, landlock" ? 0 : 1; });
  if (answer != 0) MESSAGE("SKIPPED: this kernel has not both seccomp and landlock");
  return answer == 0;
}

}  // namespace

TEST_CASE("sandbox: a target can be read and not be changed") {
  if (!whole()) return;
  const Folder f;
  const std::string hive = f.path + "/target/hive";
  const auto steps = [&] {
    const int fd = ::open(hive.c_str(), O_RDONLY | O_CLOEXEC);
    char c = 0;
    if (fd < 0 || ::read(fd, &c, 1) != 1 || c != 'e') return 1;
    if (!refused(::open(hive.c_str(), O_WRONLY | O_CLOEXEC))) return 2;
    if (!refused(::open(hive.c_str(), O_RDWR | O_CLOEXEC))) return 3;
    if (!refused(::open(hive.c_str(), O_RDONLY | O_TRUNC | O_CLOEXEC))) return 4;
    if (!refused(::open((hive + "2").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600))) return 5;
    if (!refused(::unlink(hive.c_str())) || !refused(::rename(hive.c_str(), (hive + "3").c_str()))) return 6;
    if (!refused(::chmod(hive.c_str(), 0600)) || !refused(::fchmod(fd, 0600))) return 7;
    if (!refused(::utimensat(AT_FDCWD, hive.c_str(), nullptr, 0)) || !refused(::futimens(fd, nullptr))) return 8;
    if (!refused(::mkdir((hive + "4").c_str(), 0700)) || !refused(::symlink("x", (hive + "5").c_str()))) return 9;
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
            char name[] = "/bin/true";
            char* const args[] = {name, nullptr};
            if (!refused(::execv(name, args))) return 2;
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
