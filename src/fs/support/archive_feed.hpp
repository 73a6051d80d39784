// Hands the bytes of a source to libarchive. Small blocks after a jump, large ones in a row: listing reads little.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "fs/support/libarchive.hpp"
#include "io/byte_source.hpp"

namespace tq::fs {

class ArchiveFeed {
 public:
  explicit ArchiveFeed(std::shared_ptr<const io::ByteSource> source) : source_(std::move(source)) {}
  /// Wires this feed into an archive that is not open yet. The feed must outlive it.
  void attach(const LibArchive& api, struct archive* archive);
  /// What went wrong with the source itself, which libarchive can only report as a number.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] std::uint64_t size() const { return source_->size(); }

 private:
  static constexpr std::size_t kSmallest = 4096, kLargest = std::size_t{256} * 1024;
  static la_ssize_t read(struct archive* archive, void* self, const void** block);
  static la_int64_t skip(struct archive* archive, void* self, la_int64_t request);
  static la_int64_t seek(struct archive* archive, void* self, la_int64_t offset, int whence);
  la_ssize_t next_block(const void** block);
  void jump(std::uint64_t to);

  std::shared_ptr<const io::ByteSource> source_;
  std::vector<std::byte> buffer_;
  std::uint64_t position_ = 0;
  std::size_t block_bytes_ = kSmallest;
  std::optional<Error> failure_;
};

}  // namespace tq::fs
