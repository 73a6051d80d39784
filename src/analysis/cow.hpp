// A counted pointer whose target is copied before the first write through a shared one. One thread only: no atomics.
#pragma once

#include <utility>

namespace tq::analysis {

template <class T>
class Cow {
 public:
  Cow() = default;
  Cow(const Cow& o) : box_(o.box_) {
    if (box_ != nullptr) ++box_->count;
  }
  Cow(Cow&& o) noexcept : box_(std::exchange(o.box_, nullptr)) {}
  Cow& operator=(Cow o) noexcept {
    std::swap(box_, o.box_);
    return *this;
  }
  ~Cow() {
    if (box_ != nullptr && --box_->count == 0) delete box_;
  }
  /// Null when nothing was ever written.
  [[nodiscard]] const T* get() const { return box_ != nullptr ? &box_->value : nullptr; }
  [[nodiscard]] bool same(const Cow& o) const { return box_ == o.box_; }
  T& write() {
    if (box_ == nullptr) {
      box_ = new Box;
    } else if (box_->count > 1) {
      Box* own = new Box;
      own->value = box_->value;
      --box_->count;
      box_ = own;
    }
    return box_->value;
  }

 private:
  struct Box {
    T value{};
    long count = 1;
  };
  Box* box_ = nullptr;
};

}  // namespace tq::analysis
