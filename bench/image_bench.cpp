// Evidence and verdict out of disk images, against the same reading through the sleuthkit's library, in one run.
//
// image_bench [FOLDER]: makes a 3 GiB NTFS disk with a machine and 2,500 further files, once, below FOLDER (default: the
// temporary one), lets qemu-img and ewfacquirestream write it in every format they know, and a sparse 2 TiB volume. Then it prints for
// each: milliseconds in which our rooms, and libtsk, open the image and read the same evidence files to their end in this process; of
// `tourniquet check` as a process, from start to verdict; bytes read against bytes of evidence; peak memory.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "target/support/disk.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/ntfs_builder.hpp"
#include "tests/support/program.hpp"

#if __has_include(<tsk/libtsk.h>) && !defined(TQ_NO_TSK)
#define TQ_TSK_PEER 1
#include <tsk/libtsk.h>
#endif

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Blob = std::vector<std::byte>;

constexpr std::uint64_t kDiskBytes = std::uint64_t{3} << 30, kSparseBytes = std::uint64_t{2} << 40;
constexpr int kFiles = 2500, kRounds = 5;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Hives of the size of real ones: a SOFTWARE of some 12 MB.
tq::test::FileMap machine() {
  tq::test::MachineBuilder m;
  m.name("BENCH").registry_build("6003", "vistasp2_ldr_escrow.190320-1700").kernel({6, 0, 6003, 20489}).package(4493471, 7);
  for (int i = 0; i < 12000; ++i)
    m.software().binary("Classes\\Key" + std::to_string(i), "v", tq::test::noise(900, static_cast<std::uint32_t>(i)));
  return m.build();
}

struct Evidence {
  std::vector<std::string> paths;
  std::uint64_t bytes = 0;
};

void write_volume(const std::string& path, std::uint64_t size, std::uint32_t cluster, const tq::test::FileMap& files) {
  tq::test::NtfsBuilder b;
  b.size = size;
  b.cluster_size = cluster;
  for (const auto& [name, content] : files) b.file(name, content);
  for (int i = 0; i < kFiles; ++i)
    b.file("Users/data/folder" + std::to_string(i % 50) + "/file" + std::to_string(i) + ".bin",
           tq::test::noise(1000 + static_cast<std::size_t>(i) * 7919 % 400000, static_cast<std::uint32_t>(i)));
  b.write(path);
}

struct Cost {
  double seconds = 1e9;
  long peak_kib = 0;
  std::uint64_t read = 0;
  int status = -1;
};

/// Seconds in which our own rooms read what libtsk reads below; negative when something is missing.
double reading(const std::string& image, const Evidence& evidence) {
  const auto start = Clock::now();
  const auto in = tq::target::look_at(image, {});
  if (!in) return -1;
  const auto disk = tq::target::open_disk(*in);
  if (!disk || disk->volumes.empty() || !disk->volumes.front().files) return -1;
  std::uint64_t total = 0;
  Blob buf(1 << 18);
  for (const auto& path : evidence.paths) {
    const auto file = disk->volumes.front().files->open(path);
    if (!file) return -1;
    for (std::uint64_t at = 0; at < (*file)->size();) {
      const auto n = (*file)->read_at(at, buf);
      if (!n || *n == 0) return -1;
      at += *n;
      total += *n;
    }
  }
  return total == evidence.bytes ? seconds_since(start) : -1;
}

/// One run as a process of its own, so that its start and its memory count.
Cost own(const std::string& image) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return {};
  const std::string program = tq::test::program_path();
  std::fflush(stdout);
  const auto start = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe_ends[1], STDERR_FILENO);
    std::freopen("/dev/null", "w", stdout);
    ::execl(program.c_str(), program.c_str(), "check", "--stats", image.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  std::string said;
  char buf[4096];
  for (ssize_t n = 0; (n = ::read(pipe_ends[0], buf, sizeof buf)) > 0;) said.append(buf, static_cast<std::size_t>(n));
  ::close(pipe_ends[0]);
  rusage usage{};
  int raw = 0;
  ::wait4(child, &raw, 0, &usage);
  Cost c{seconds_since(start), usage.ru_maxrss, 0, WIFEXITED(raw) ? WEXITSTATUS(raw) : 128};
  if (const auto at = said.find(" io "); at != std::string::npos) c.read = std::strtoull(said.c_str() + at + 4, nullptr, 10);
  return c;
}

#ifdef TQ_TSK_PEER
/// Seconds, or a negative number when libtsk does not read this format.
double peer(const std::string& image, const Evidence& evidence) {
  const auto start = Clock::now();
  TSK_IMG_INFO* img = tsk_img_open_utf8_sing(image.c_str(), TSK_IMG_TYPE_DETECT, 0);
  if (img == nullptr) return -1;
  TSK_FS_INFO* volume = tsk_fs_open_img(img, 0, TSK_FS_TYPE_NTFS);
  std::uint64_t total = 0;
  std::vector<char> buf(1 << 18);
  for (std::size_t i = 0; volume != nullptr && i < evidence.paths.size(); ++i) {
    TSK_FS_FILE* file = tsk_fs_file_open(volume, nullptr, ("/" + evidence.paths[i]).c_str());
    if (file == nullptr) continue;
    for (TSK_OFF_T at = 0; at < file->meta->size;) {
      const ssize_t n = tsk_fs_file_read(file, at, buf.data(), buf.size(), TSK_FS_FILE_READ_FLAG_NONE);
      if (n <= 0) break;
      at += n;
      total += static_cast<std::uint64_t>(n);
    }
    tsk_fs_file_close(file);
  }
  if (volume != nullptr) tsk_fs_close(volume);
  tsk_img_close(img);
  return total == evidence.bytes ? seconds_since(start) : -1;
}
#else
double peer(const std::string&, const Evidence&) { return -1; }
#endif

void measure(const char* what, const std::string& image, const Evidence& evidence) {
  if (!fs::exists(image)) {
    std::printf("%-18s not made: the tool is not installed\n", what);
    return;
  }
  Cost best;
  double ours = -1, theirs = -1;
  const auto better = [](double& kept, double now) {
    if (now >= 0 && (kept < 0 || now < kept)) kept = now;
  };
  for (int i = 0; i < kRounds; ++i) {  // interleaved, the best counts: load on the machine hits all alike
    better(ours, reading(image, evidence));
    better(theirs, peer(image, evidence));
    const Cost c = own(image);
    if (c.seconds < best.seconds) best = c;
  }
  std::printf("%-18s reading: own %6.1f ms  libtsk ", what, ours * 1000);
  if (theirs < 0)
    std::printf("cannot     ratio     -");
  else
    std::printf("%6.1f ms  ratio %5.2f", theirs * 1000, theirs / ours);
  std::printf("   check %6.1f ms  bytes %4.2fx  peak %5.1f MB  status %d\n", best.seconds * 1000,
              static_cast<double>(best.read) / static_cast<double>(evidence.bytes), static_cast<double>(best.peak_kib) / 1024, best.status);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : tq::test::temporary_folder();
  fs::create_directories(folder);
  const auto files = machine();
  Evidence evidence;
  for (const auto& [path, content] : files) {
    const bool read = path.find("System32/") != std::string::npos && path.find(".keep") == std::string::npos;
    if (!read) continue;
    evidence.paths.push_back(path);
    evidence.bytes += content.size();
  }
  const std::string raw = folder + "/disk.img", sparse = folder + "/sparse.img";
  // In a process of its own: the peak memory of a child begins with that of its parent.
  if (const pid_t maker = ::fork(); maker == 0) {
    if (!fs::exists(raw)) write_volume(raw, kDiskBytes, 4096, files);
    if (!fs::exists(sparse)) write_volume(sparse, kSparseBytes, 65536, files);
    ::_exit(0);
  } else {
    ::waitpid(maker, nullptr, 0);
  }
  struct Format {
    const char *what, *file, *command;
  };
  const Format formats[] = {
      {"raw", "disk.img", ""},
      {"vhd fixed", "fixed.vhd", "qemu-img convert -O vpc -o subformat=fixed,force_size=on disk.img fixed.vhd"},
      {"vhd dynamic", "dynamic.vhd", "qemu-img convert -O vpc -o subformat=dynamic,force_size=on disk.img dynamic.vhd"},
      {"vhdx", "disk.vhdx", "qemu-img convert -O vhdx disk.img disk.vhdx"},
      {"vmdk sparse", "sparse.vmdk", "qemu-img convert -O vmdk disk.img sparse.vmdk"},
      {"vmdk stream", "stream.vmdk", "qemu-img convert -O vmdk -o subformat=streamOptimized disk.img stream.vmdk"},
      {"qcow2", "disk.qcow2", "qemu-img convert -O qcow2 disk.img disk.qcow2"},
      {"qcow2 zlib", "packed.qcow2", "qemu-img convert -c -O qcow2 disk.img packed.qcow2"},
      {"e01", "disk.E01", "ewfacquirestream -q -t disk -f encase6 -c deflate:fast -S 8EiB < disk.img"},
  };
  std::printf("evidence: %zu files, %.1f MB; best of %d rounds\n", evidence.paths.size(), static_cast<double>(evidence.bytes) / 1e6,
              kRounds);
  for (const Format& f : formats) {
    if (!fs::exists(folder + "/" + f.file) && *f.command != 0 &&
        std::system(("cd '" + folder + "' && " + f.command + " >/dev/null 2>&1").c_str()) != 0)
      fs::remove(folder + "/" + f.file);
    measure(f.what, folder + "/" + f.file, evidence);
  }
  measure("raw 2 TiB sparse", sparse, evidence);
  return 0;
}
