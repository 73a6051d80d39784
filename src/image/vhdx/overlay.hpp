// A file with later writes laid over it in memory: what replaying a log would have made of it.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "io/byte_source.hpp"

namespace tq::image::vhdx_format {

class Overlay final : public io::ByteSource {
 public:
  explicit Overlay(std::shared_ptr<const io::ByteSource> below) : below_(std::move(below)), size_(below_->size()) {}

  /// Later calls win. A write or zeros past the end make the file longer, zeros between. The sum must not overflow.
  void write(std::uint64_t offset, std::vector<std::byte> bytes);
  void zero(std::uint64_t offset, std::uint64_t size);
  /// What the file is extended to at least; what is there and not written reads as zeros.
  void grow(std::uint64_t size);

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override;

 private:
  struct Piece {
    std::uint64_t end = 0;
    std::shared_ptr<const std::vector<std::byte>> bytes;  ///< null: zeros
    std::uint64_t skip = 0;                               ///< bytes of `bytes` that an older split left out
  };
  void put(std::uint64_t offset, Piece piece);
  [[nodiscard]] Status read_below(std::uint64_t offset, std::span<std::byte> out) const;

  std::shared_ptr<const io::ByteSource> below_;
  std::uint64_t size_;
  std::map<std::uint64_t, Piece> pieces_;  ///< by offset; none overlaps another
};

}  // namespace tq::image::vhdx_format
