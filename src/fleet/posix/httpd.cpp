// The one file that sees cpp-httplib; it becomes tourniquet-serve.so (httpd.hpp). The library parses HTTP; the bounds on time and size are
// set here, below it, because it counts neither the header lines of a request nor the time that somebody takes to send them.
#include "fleet/serve/httpd.hpp"

#include <httplib.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

namespace tq::fleet::serve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostRequestBytes = std::size_t{32} * 1024;
constexpr std::size_t kThreads = 16;
constexpr auto kRequestTime = std::chrono::seconds(10);
constexpr auto kIdleTime = std::chrono::seconds(5);
constexpr auto kWriteTime = std::chrono::seconds(30);
constexpr int kMostRequests = 200;  // on one connection
constexpr int kLookMs = 100;        // how often a thread that waits looks whether the server ends

/// A connection whose requests are bounded in bytes and time.
class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(socket_t socket, const std::function<bool()>& running) : socket_(socket), running_(running) {}

  /// Begins the bounds anew. False when nothing comes any more.
  bool next_request() {
    const auto until = Clock::now() + kIdleTime;
    while (first_ == last_ && running_()) {
      if (Clock::now() > until) return false;
      if (wait(POLLIN, kLookMs)) break;
    }
    read_bytes_ = 0;
    deadline_ = Clock::now() + kRequestTime;
    return running_();
  }

  [[nodiscard]] bool is_readable() const override { return first_ != last_ || wait(POLLIN, 0); }
  [[nodiscard]] bool is_writable() const override { return wait(POLLOUT, static_cast<int>(std::chrono::milliseconds(kWriteTime).count())); }
  ssize_t read(char* to, std::size_t size) override {
    if (first_ == last_ && !fill()) return -1;
    const std::size_t n = std::min({size, last_ - first_, kMostRequestBytes - std::min(read_bytes_, kMostRequestBytes)});
    std::memcpy(to, buffer_.data() + first_, n);
    first_ += n;
    read_bytes_ += n;
    return n == 0 ? -1 : static_cast<ssize_t>(n);
  }
  ssize_t write(const char* from, std::size_t size) override {
    if (!is_writable()) return -1;
    return ::send(socket_, from, size, MSG_NOSIGNAL);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  [[nodiscard]] bool wait(short what, int ms) const {
    pollfd p{socket_, what, 0};
    return poll(&p, 1, ms) > 0 && (p.revents & (what | POLLHUP | POLLERR)) != 0;
  }
  bool fill() {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    if (left <= 0 || !wait(POLLIN, static_cast<int>(left))) return false;
    const ssize_t n = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (n <= 0) return false;
    first_ = 0;
    last_ = static_cast<std::size_t>(n);
    return true;
  }

  socket_t socket_;
  const std::function<bool()>& running_;
  std::array<char, 4096> buffer_{};
  std::size_t first_ = 0, last_ = 0, read_bytes_ = 0;
  Clock::time_point deadline_;
};

Request request_of(const httplib::Request& in, bool& well_formed) {
  Request out;
  out.method = in.method;
  // Two of a field that decides who may look: a guard between here and the browser may have looked at the other one.
  well_formed = in.get_header_value_count("Host") == 1 && in.get_header_value_count("Authorization") < 2;
  out.host = in.get_header_value("Host");
  out.authorization = in.get_header_value("Authorization");
  for (std::size_t i = 0; i < in.get_header_value_count("Cookie"); ++i)
    out.cookie += (i == 0 ? "" : "; ") + in.get_header_value("Cookie", i);
  // A body would be read as the next request.
  well_formed = well_formed && !in.has_header("Transfer-Encoding") &&
                (!in.has_header("Content-Length") || in.get_header_value("Content-Length") == "0");
  out.target = in.target;
  return out;
}

Response ill_formed() {
  Response out;
  out.status = 400;
  out.type = "text/plain; charset=utf-8";
  out.body = "This request cannot be understood.\n";
  out.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  out.close = true;
  return out;
}

void give(Response&& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  if (!from.stream) return to.set_content(from.body, from.type);
  to.set_chunked_content_provider(from.type, [stream = std::move(from.stream)](std::size_t, httplib::DataSink& sink) {
    stream([&sink](std::string_view s) { return sink.is_writable() && sink.write(s.data(), s.size()); });
    sink.done();
    return true;
  });
}

class Server final : public httplib::Server {
 public:
  explicit Server(const std::function<Response(const Request&)>& handle) {
    set_pre_routing_handler([&handle](const httplib::Request& in, httplib::Response& out) {
      bool well_formed = false;
      const Request request = request_of(in, well_formed);
      Response made = well_formed || request.method != "GET" ? handle(request) : ill_formed();
      if (!well_formed && made.status == 200) made = ill_formed();
      close_after_ = made.close || !well_formed;
      if (close_after_) out.set_header("Connection", "close");
      give(std::move(made), out);
      return HandlerResponse::Handled;
    });
    // Not SO_REUSEPORT, the library's own choice: another program of the same user could then listen on this port too.
    set_socket_options([](socket_t s) {
      const int yes = 1;
      setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_keep_alive_max_count(kMostRequests);
    new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  }

  void end() {
    ending_ = true;
    stop();
  }

 private:
  bool process_and_close_socket(socket_t sock) override {
    const std::function<bool()> running = [this] { return !ending_; };
    BoundedStream stream(sock, running);
    bool closed = false;
    for (int i = 0; i < kMostRequests && !closed && stream.next_request(); ++i) {
      close_after_ = false;
      // Ranges and packed answers are not offered: both make much work of a small request.
      const bool went_well = process_request(stream, i + 1 == kMostRequests, closed, [](httplib::Request& r) {
        r.ranges.clear();
        r.headers.erase("Accept-Encoding");
      });
      closed = closed || !went_well || close_after_;
    }
    ::shutdown(sock, SHUT_RDWR);
    ::close(sock);
    return true;
  }

  std::atomic<bool> ending_ = false;
  static thread_local bool close_after_;
};
thread_local bool Server::close_after_ = false;

/// Ends the server when the user or the system asks. The signals are blocked in every thread, so that they reach this one only.
class Ending {
 public:
  explicit Ending(Server& server) {
    sigemptyset(&signals_);
    for (const int s : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals_, s);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::thread([this, &server] {
      int got = 0;
      sigwait(&signals_, &got);
      // A server that does not listen yet cannot be stopped: a signal that comes so early is kept until it does.
      while (!over_ && !server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
      server.end();
    });
  }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;
  ~Ending() {
    over_ = true;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }

 private:
  sigset_t signals_{};
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

Status serve(const Listen& listen, const std::function<void(std::uint16_t port)>& ready,
             const std::function<Response(const Request&)>& handle) {
  std::signal(SIGPIPE, SIG_IGN);
  Server server(handle);
  int port = listen.port;
  if (port == 0)
    port = server.bind_to_any_port(listen.host);
  else if (!server.bind_to_port(listen.host, port))
    port = -1;
  if (port <= 0)
    return Error{ErrorCode::io,
                 "--listen",
                 "an address of this machine with a free port",
                 listen.host + ":" + std::to_string(listen.port),
                 {},
                 "another program may have it; choose another with --listen, or port 0 for any"};
  const Ending ending(server);
  ready(static_cast<std::uint16_t>(port));
  server.listen_after_bind();
  return ok();
}

}  // namespace
}  // namespace tq::fleet::serve

extern "C" tq::fleet::serve::ServeModule tq_serve;
void tq_serve(const tq::fleet::serve::Listen& listen, const std::function<void(std::uint16_t port)>& ready,
              const std::function<tq::fleet::serve::Response(const tq::fleet::serve::Request&)>& handle, tq::Status& ended) {
  ended = tq::fleet::serve::serve(listen, ready, handle);
}
