// The bytes of the volume: exact reads for file content, and a small cache of pages for what the filesystem is made of.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/result.hpp"
#include "io/byte_source.hpp"

namespace tq::fs::ntfs {

class Disk {
 public:
  explicit Disk(std::shared_ptr<const io::ByteSource> source) : source_(std::move(source)) {}
  [[nodiscard]] std::uint64_t size() const { return source_->size(); }
  /// All of `out` or an error: truncated when the source ends before.
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> out) const;
  /// The same through pages of 4 KiB. A reader that goes on where it left off gets up to 128 KiB in one read; `ahead` is how
  /// many bytes from `offset` on belong to what it reads, so that nothing else is fetched.
  [[nodiscard]] Status read_cached(std::uint64_t offset, std::span<std::byte> out, std::uint64_t ahead);

 private:
  static constexpr std::size_t kPage = 4096, kPages = 512, kMostAhead = 32;
  struct Page {
    std::uint64_t number = 0;
    std::size_t slot = 0;   ///< of the slab
    std::size_t valid = 0;  ///< bytes; short at the end of the source
  };
  struct Head {  ///< a reader that goes forward
    std::uint64_t next = 0;
    std::size_t pages = 0;
  };
  Result<const Page*> page(std::uint64_t number, std::uint64_t pages_ahead);
  std::size_t pages_to_fetch(std::uint64_t number, std::uint64_t pages_ahead);
  void keep(std::uint64_t number, std::span<const std::byte> bytes);

  std::shared_ptr<const io::ByteSource> source_;
  std::vector<std::byte> slab_;
  std::list<Page> recent_;  ///< the most recently used first
  std::unordered_map<std::uint64_t, std::list<Page>::iterator> by_number_;
  std::array<Head, 4> heads_{};
  std::size_t oldest_head_ = 0;
};

}  // namespace tq::fs::ntfs
