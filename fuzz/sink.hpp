// Where fuzz targets read from and print to.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "io/byte_source.hpp"

/// Printing to a sink forces each byte to be looked at.
inline void print(std::string_view s) {
  static std::FILE* const sink = std::fopen("/dev/null", "w");
  if (sink != nullptr) std::fwrite(s.data(), 1, s.size(), sink);
}

namespace tq::fuzz {

/// Bytes that somebody else keeps, as a file.
class View final : public io::ByteSource {
 public:
  explicit View(std::span<const std::byte> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= bytes_.size() || out.empty()) return std::size_t{0};
    const std::size_t n = std::min<std::uint64_t>(out.size(), bytes_.size() - offset);
    std::memcpy(out.data(), bytes_.data() + offset, n);
    return n;
  }

 private:
  std::span<const std::byte> bytes_;
};

inline std::unique_ptr<io::ByteSource> view(std::span<const std::byte> bytes) { return std::make_unique<View>(bytes); }

}  // namespace tq::fuzz
