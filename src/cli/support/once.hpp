// Equal files are analysed once in a run: a report kept by the SHA-256 of what it is about.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace tq::cli {

/// May be asked from several threads at once; who asks for what another is still working on waits for it.
template <class Report>
class OncePerContent {
 public:
  /// The report about the content of this digest; `make` is called for the first who asks.
  template <class Make>
  const Report& of(const std::string& sha256, const Make& make) {
    Slot& slot = slot_of(sha256);
    std::call_once(slot.once, [&] { slot.report = make(); });
    return slot.report;
  }

 private:
  struct Slot {
    std::once_flag once;
    Report report;
  };
  Slot& slot_of(const std::string& sha256) {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<Slot>& slot = slots_[sha256];
    if (slot == nullptr) slot = std::make_unique<Slot>();
    return *slot;
  }
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Slot>> slots_;
};

}  // namespace tq::cli
