// What a long run says on standard error: how far it is, and with --stats what it read.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "cli/command.hpp"

namespace tq::cli {

/// From the second second on, one moving line with the bytes read so far; gone when this object goes. Silent with --quiet
/// and where standard error is no terminal.
class Progress {
 public:
  Progress(const Args& args, std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void show();
  std::string what_;
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread thread_;
};

/// With --stats: the bytes read, by room. `items`: machines or files.
void print_stats(const Args& args, std::size_t items);

}  // namespace tq::cli
