// How long to wait before a server is tried again: longer each time, and not for ever.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace tq::fleet {

class Backoff {
 public:
  using Ms = std::chrono::milliseconds;
  /// `first` is doubled with every try up to `most`; all waits together stay below `in_all`.
  Backoff(Ms first, Ms most, Ms in_all) : next_(first), most_(most), left_(in_all) {}
  /// The next wait; nullopt when it is time to give up.
  std::optional<Ms> next() {
    if (next_ > left_) return std::nullopt;
    const Ms now = next_;
    left_ -= now;
    next_ = std::min(next_ * 2, most_);
    return now;
  }

 private:
  Ms next_, most_, left_;
};

/// A server that restarts is back within seconds; one that recovers after a crash may take a minute.
inline Backoff server_backoff() {
  using namespace std::chrono_literals;
  return Backoff{50ms, 2000ms, 90s};
}

}  // namespace tq::fleet
