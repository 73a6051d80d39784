#include "cli/support/progress.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "cli/support/common.hpp"
#include "core/text.hpp"
#include "io/byte_source.hpp"
#include "io/meter.hpp"
#include "io/output.hpp"
#include "io/sandbox.hpp"

namespace tq::cli {

Progress::Progress(const Args& args, std::string what) : what_(std::move(what)) {
  if (!args.has("--quiet") && io::stderr_is_terminal()) thread_ = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  end_.notify_one();
  thread_.join();
}

void Progress::show() {
  using namespace std::chrono_literals;
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  const std::uint64_t before = io::bytes_read();
  std::unique_lock lock(mutex_);
  if (end_.wait_for(lock, 1s, [this] { return ended_; })) return;  // what is over at once needs no news
  do {
    std::fprintf(stderr, "\r\033[Ktourniquet: %s: %s MiB read", printable(what_).c_str(),
                 fmt::format("{}", (io::bytes_read() - before) / kMiB).c_str());
    std::fflush(stderr);
  } while (!end_.wait_for(lock, 250ms, [this] { return ended_; }));
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

void print_stats(const Args& args, std::size_t items) {
  if (!args.has("--stats")) return;
  complain(fmt::format("{} read: io {} bytes (files of this host), image {} (disks), volume {} (volumes), fs {} (files of targets)", items,
                       io::bytes_read(), io::metered_bytes(io::Meter::image), io::metered_bytes(io::Meter::volume),
                       io::metered_bytes(io::Meter::fs)));
  complain("sandbox: " + io::sandbox_text());
}

}  // namespace tq::cli
