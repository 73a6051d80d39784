// Worker processes: one for each core. A worker that crashes loses the item it crashed on, which is noted with the signal.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "fleet/job.hpp"

namespace tq::fleet {

class Pool {
 public:
  using Work = std::function<Answer(const Job&)>;
  using OnAnswer = std::function<Status(const Job&, Answer&)>;

  /// `work` runs in the workers, which are copies of this process; `on_answer` here, in the order of submit().
  Pool(unsigned workers, Work work, OnAnswer on_answer);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  /// Waits while all workers are busy. Errors: those of on_answer.
  Status submit(Job job);
  /// Waits until every job is answered.
  Status drain();

 private:
  struct Worker {
    pid_t pid = 0;
    int fd = -1;
    std::string to_send;  ///< what the socket has not taken yet
    std::size_t sent = 0;
    std::string received;
    std::deque<std::uint64_t> jobs;  ///< given to it, the first is what it works on
  };

  bool start(Worker& w);
  void stop(Worker& w);
  void give(Worker& w, std::uint64_t id);
  Worker* idlest();
  void pump(int timeout_ms);
  void send_some(Worker& w);
  void receive_some(Worker& w);
  void take_answers(Worker& w);
  void bury(Worker& w);
  Answer run_alone(const Job& job);
  Status deliver();

  Work work_;
  OnAnswer on_answer_;
  std::vector<Worker> workers_;
  std::map<std::uint64_t, Job> open_;
  std::map<std::uint64_t, Answer> answered_;
  std::uint64_t next_ = 0, due_ = 0;
};

/// Cores that this process may use; at least one.
unsigned usable_cores();

}  // namespace tq::fleet
