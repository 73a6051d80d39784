// Bytes that somebody else keeps, as a source: nothing is copied, and they have to outlive it.
#pragma once

#include <algorithm>
#include <cstring>

#include "core/bytes.hpp"
#include "io/byte_source.hpp"

namespace tq::io {

class View final : public ByteSource {
 public:
  explicit View(Bytes bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    const Bytes rest = bytes_.from(offset);
    const std::size_t n = std::min<std::size_t>(out.size(), rest.size());
    if (n > 0) std::memcpy(out.data(), rest.data(), n);
    return n;
  }

 private:
  Bytes bytes_;
};

}  // namespace tq::io
