#include "fleet/pool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "fleet/wire.hpp"
#include "io/sandbox.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kJobsEach = 2;    // one in work, one waiting, so that no worker waits for this process
constexpr std::size_t kAheadEach = 16;  // answers that may wait for an earlier one
constexpr std::size_t kChunk = 1 << 16;
constexpr std::size_t kLength = 8;

template <class T>
std::string framed(T& value) {
  WireWriter w;
  w.put(value);
  std::uint64_t n = w.bytes().size();
  std::string out(kLength, '\0');
  std::memcpy(out.data(), &n, kLength);
  return out + w.bytes();
}

bool read_exactly(int fd, char* to, std::size_t n) {
  while (n > 0) {
    const ssize_t got = ::read(fd, to, n);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    n -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int fd, std::string_view s) {
  while (!s.empty()) {
    const ssize_t put = ::send(fd, s.data(), s.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    s.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

/// The life of a worker: jobs in, answers out, until the scanner closes its end or dies.
[[noreturn]] void work_until_closed(int fd, const Pool::Work& work) {
  while (true) {
    std::uint64_t n = 0;
    if (!read_exactly(fd, reinterpret_cast<char*>(&n), kLength)) ::_exit(0);
    std::string text(n, '\0');
    if (!read_exactly(fd, text.data(), n)) ::_exit(0);
    Job job;
    WireReader(text).get(job);
    Answer answer = work(job);
    if (!write_all(fd, framed(answer))) ::_exit(0);
  }
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return fmt::format("the reader ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  return fmt::format("the reader ended with status {}", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

}  // namespace

unsigned usable_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

Pool::Pool(unsigned workers, Work work, OnAnswer on_answer)
    : work_(std::move(work)), on_answer_(std::move(on_answer)), workers_(std::max(1U, workers)) {}

Pool::~Pool() {
  for (auto& w : workers_) stop(w);
}

bool Pool::start(Worker& w) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  const pid_t scanner = ::getpid();
  w.pid = ::fork();
  if (w.pid < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return false;
  }
  if (w.pid == 0) {
    // A scanner that is killed must not leave workers behind, and no worker may hold the line of another open.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != scanner) ::_exit(0);
    for (const auto& other : workers_)
      if (other.fd >= 0) ::close(other.fd);
    ::close(ends[0]);
    io::enter_sandbox({});  // it reads what others made, and hands its answers to the scanner
    work_until_closed(ends[1], work_);
  }
  ::close(ends[1]);
  w.fd = ends[0];
  ::fcntl(w.fd, F_SETFL, ::fcntl(w.fd, F_GETFL) | O_NONBLOCK);
  return true;
}

void Pool::stop(Worker& w) {
  if (w.fd < 0) return;
  ::close(w.fd);
  ::kill(w.pid, SIGKILL);
  ::waitpid(w.pid, nullptr, 0);
  w = Worker{};
}

Pool::Worker* Pool::idlest() {
  Worker* best = nullptr;
  for (auto& w : workers_)
    if (w.jobs.size() < kJobsEach && (best == nullptr || w.jobs.size() < best->jobs.size())) best = &w;
  return best;
}

void Pool::give(Worker& w, std::uint64_t id) {
  if (w.fd < 0 && !start(w)) {
    // No process to be had: the work is done here, unprotected.
    answered_[id] = work_(open_[id]);
    return;
  }
  w.jobs.push_back(id);
  w.to_send += framed(open_[id]);
  send_some(w);
}

Status Pool::submit(Job job) {
  Worker* w = idlest();
  while (w == nullptr || next_ - due_ > kAheadEach * workers_.size()) {
    pump(-1);
    TQ_TRY([[maybe_unused]] const auto done, deliver());
    w = idlest();
  }
  open_[next_] = std::move(job);
  give(*w, next_++);
  pump(0);
  return deliver();
}

Status Pool::drain() {
  while (due_ != next_) {
    if (!answered_.contains(due_)) pump(-1);
    TQ_TRY([[maybe_unused]] const auto done, deliver());
  }
  return ok();
}

void Pool::pump(int timeout_ms) {
  std::vector<pollfd> polled;
  std::vector<Worker*> whose;
  for (auto& w : workers_) {
    if (w.fd < 0 || w.jobs.empty()) continue;
    const bool sending = w.sent < w.to_send.size();
    polled.push_back({w.fd, static_cast<short>(POLLIN | (sending ? POLLOUT : 0)), 0});
    whose.push_back(&w);
  }
  if (polled.empty() || ::poll(polled.data(), polled.size(), timeout_ms) <= 0) return;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if ((polled[i].revents & POLLOUT) != 0) send_some(*whose[i]);
    if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive_some(*whose[i]);
  }
}

void Pool::send_some(Worker& w) {
  while (w.sent < w.to_send.size()) {
    const ssize_t put = ::send(w.fd, w.to_send.data() + w.sent, w.to_send.size() - w.sent, MSG_NOSIGNAL);
    if (put <= 0) return;  // full, or dead: receive_some() sees which
    w.sent += static_cast<std::size_t>(put);
  }
  w.to_send.clear();
  w.sent = 0;
}

void Pool::receive_some(Worker& w) {
  char chunk[kChunk];
  while (true) {
    const ssize_t got = ::recv(w.fd, chunk, sizeof chunk, 0);
    if (got > 0) {
      w.received.append(chunk, static_cast<std::size_t>(got));
      continue;
    }
    take_answers(w);
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) bury(w);
    return;
  }
}

void Pool::take_answers(Worker& w) {
  std::size_t at = 0;
  while (w.received.size() - at >= kLength) {
    std::uint64_t n = 0;
    std::memcpy(&n, w.received.data() + at, kLength);
    if (w.received.size() - at - kLength < n) break;
    Answer answer;
    WireReader(std::string_view(w.received).substr(at + kLength, n)).get(answer);
    answered_[w.jobs.front()] = std::move(answer);
    w.jobs.pop_front();
    at += kLength + n;
  }
  w.received.erase(0, at);
}

/// The worker died. What it worked on is tried again, each item in a process of its own; what waited goes to a new worker.
void Pool::bury(Worker& w) {
  const auto jobs = w.jobs;
  stop(w);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (i == 0)
      answered_[jobs[i]] = run_alone(open_[jobs[i]]);
    else
      give(w, jobs[i]);
  }
}

Answer Pool::run_alone(const Job& job) {
  Answer all;
  std::vector<Job> parts;
  for (const auto& piece : job.pieces) {
    parts.push_back(job);
    parts.back().pieces = {piece};
  }
  if (parts.empty()) parts.push_back(job);
  for (auto& part : parts) {
    Worker one;
    std::string header(kLength, '\0');
    std::uint64_t n = 0;
    if (!start(one)) continue;
    ::fcntl(one.fd, F_SETFL, ::fcntl(one.fd, F_GETFL) & ~O_NONBLOCK);
    std::string text;
    bool lived = write_all(one.fd, framed(part)) && read_exactly(one.fd, header.data(), kLength);
    if (lived) {
      std::memcpy(&n, header.data(), kLength);
      text.resize(n);
      lived = read_exactly(one.fd, text.data(), n);
    }
    ::close(one.fd);
    int status = 0;
    ::waitpid(one.pid, &status, 0);
    Answer answer;
    if (lived)
      WireReader(text).get(answer);
    else
      answer.batch.unread.push_back({part.pieces.empty() ? part.item + fmt::format("//line {}", part.first_line) : part.pieces.front().item,
                                     part.source, how_it_ended(status) + "; this is an error of the program: please report it"});
    const auto append = [](auto& to, auto& from) { std::move(from.begin(), from.end(), std::back_inserter(to)); };
    append(all.batch.machines, answer.batch.machines);
    append(all.batch.profiles, answer.batch.profiles);
    append(all.batch.unread, answer.batch.unread);
    append(all.batch.done, answer.batch.done);
    append(all.names, answer.names);
    append(all.machines, answer.machines);
    all.batch.unchanged += answer.batch.unchanged;
    all.rows += answer.rows;
  }
  return all;
}

Status Pool::deliver() {
  for (auto it = answered_.find(due_); it != answered_.end(); it = answered_.find(due_)) {
    const auto node = open_.extract(due_);
    Answer answer = std::move(it->second);
    answered_.erase(it);
    ++due_;
    TQ_TRY([[maybe_unused]] const auto done, on_answer_(node.mapped(), answer));
  }
  return ok();
}

}  // namespace tq::fleet
