// Two walls of Linux. seccomp forbids calls to the kernel by number and argument; Landlock forbids changes to the file system by place.
// Neither needs rights, and neither can be taken down again.
#include "io/sandbox.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#if defined(__SANITIZE_ADDRESS__)
#define TQ_LEAK_CHECKER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TQ_LEAK_CHECKER 1
#endif
#endif

namespace tq::io {
namespace {

bool g_calls = false, g_files = false;

/// Nothing here needs them, whatever is asked of the program.
constexpr int kNever[] = {
    // the network
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    // other programs and processes
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    // owners, rights and times, which Landlock does not know; a descriptor that is only open for reading is enough for some
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr),
    SCMP_SYS(lremovexattr),
    SCMP_SYS(fremovexattr),
    SCMP_SYS(utime),
    SCMP_SYS(utimes),
    SCMP_SYS(utimensat),
    SCMP_SYS(futimesat),
    // the machine
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(open_by_handle_at),
    // a way around every rule above: its requests are not seen by seccomp
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
#ifndef TQ_LEAK_CHECKER  // which looks at its own process that way, at the end
    SCMP_SYS(ptrace),
#endif
};

/// When nothing is to be written: the result goes to standard output, which is open already.
constexpr int kWriting[] = {SCMP_SYS(creat),  SCMP_SYS(truncate), SCMP_SYS(ftruncate), SCMP_SYS(unlink),         SCMP_SYS(unlinkat),
                            SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir),          SCMP_SYS(mkdirat),
                            SCMP_SYS(rmdir),  SCMP_SYS(link),     SCMP_SYS(linkat),    SCMP_SYS(symlink),        SCMP_SYS(symlinkat),
                            SCMP_SYS(mknod),  SCMP_SYS(mknodat),  SCMP_SYS(fallocate), SCMP_SYS(copy_file_range)};

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

bool forbid(const Filter& filter, int call) { return seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0) == 0; }

/// `argument`: which one of the call holds the flags of open().
bool forbid_open_with(const Filter& filter, int call, unsigned argument, std::uint64_t flag) {
  const scmp_arg_cmp has_flag{argument, SCMP_CMP_MASKED_EQ, flag, flag};
  return seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 1, has_flag) == 0;
}

bool forbid_writing(const Filter& filter) {
  bool all = true;
  for (const int call : kWriting) all = forbid(filter, call) && all;
  for (const unsigned flag : {unsigned{O_WRONLY}, unsigned{O_RDWR}, unsigned{O_CREAT}, unsigned{O_TRUNC}}) {
    all = forbid_open_with(filter, SCMP_SYS(open), 1, flag) && all;
    all = forbid_open_with(filter, SCMP_SYS(openat), 2, flag) && all;
  }
  // Its flags lie in memory, where a filter cannot look. "Not there" makes callers take openat().
  return seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0) == 0 && all;
}

bool restrict_calls(bool writes) {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  if (!filter) return false;
  bool all = true;
  for (const int call : kNever) all = forbid(filter, call) && all;
  if (!writes) all = forbid_writing(filter) && all;
  return all && seccomp_load(filter.get()) == 0;
}

/// Every right to change something that this version of Landlock can take away.
std::uint64_t changes(long version) {
  std::uint64_t all = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                      LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                      LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                      LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
  constexpr std::uint64_t kRefer = 1U << 13, kTruncate = 1U << 14;  // newer than Debian 12's headers
  if (version >= 2) all |= kRefer;
  if (version >= 3) all |= kTruncate;
  return all;
}

bool allow_below(int rules, const std::string& folder, std::uint64_t rights) {
  landlock_path_beneath_attr below{};
  below.allowed_access = rights & ~std::uint64_t{LANDLOCK_ACCESS_FS_EXECUTE};
  below.parent_fd = ::open(folder.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY);
  if (below.parent_fd < 0) return true;  // not there: writing will say so itself
  const bool added = ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0;
  ::close(below.parent_fd);
  return added;
}

bool restrict_files(const std::vector<std::string>& folders) {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = changes(version);
  const int rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0));
  if (rules < 0) return false;
  bool all = true;
  for (const auto& folder : folders) all = allow_below(rules, folder, handled.handled_access_fs) && all;
  all = all && ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  ::close(rules);
  return all;
}

}  // namespace

void enter_sandbox(const std::vector<std::string>& folders, Walls walls) {
  // Both ask for this: no program that is started could ever get more rights, either.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
  g_files = walls.files && restrict_files(folders);  // first: its own calls are forbidden afterwards on kernels to come
  g_calls = walls.calls && restrict_calls(!folders.empty());
}

std::string sandbox_text() {
  if (g_calls && g_files) return "seccomp, landlock";
  return g_calls ? "seccomp (this kernel has no landlock)" : g_files ? "landlock (this kernel has no seccomp)" : "none";
}

}  // namespace tq::io
