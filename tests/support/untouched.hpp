// Gigabytes of zeros that cost nothing: memory that is promised and never touched. For limits of sizes.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <stdexcept>
#include <string_view>

#include "core/bytes.hpp"

namespace tq::test {

class Untouched {
 public:
  explicit Untouched(std::size_t size_bytes)
      : size_(size_bytes), at_(::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    if (at_ == MAP_FAILED) throw std::runtime_error("mmap");
  }
  Untouched(const Untouched&) = delete;
  Untouched& operator=(const Untouched&) = delete;
  ~Untouched() { ::munmap(at_, size_); }
  [[nodiscard]] std::string_view text() const { return {static_cast<const char*>(at_), size_}; }
  [[nodiscard]] Bytes bytes() const { return bytes_of(text()); }

 private:
  std::size_t size_;
  void* at_;
};

}  // namespace tq::test
