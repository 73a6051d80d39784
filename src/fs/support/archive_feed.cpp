#include "fs/support/archive_feed.hpp"

#include <algorithm>
#include <cstdio>

namespace tq::fs {

void ArchiveFeed::attach(const LibArchive& api, struct archive* archive) {
  api.archive_read_set_read_callback(archive, read);
  api.archive_read_set_skip_callback(archive, skip);
  api.archive_read_set_seek_callback(archive, seek);
  api.archive_read_set_callback_data(archive, this);
}

la_ssize_t ArchiveFeed::next_block(const void** block) {
  buffer_.resize(block_bytes_);
  const auto n = source_->read_at(position_, buffer_);
  if (!n) {
    failure_ = n.error();
    return ARCHIVE_FATAL;
  }
  position_ += *n;
  block_bytes_ = std::min(block_bytes_ * 2, kLargest);
  *block = buffer_.data();
  return static_cast<la_ssize_t>(*n);
}

void ArchiveFeed::jump(std::uint64_t to) {
  position_ = std::min(to, source_->size());
  block_bytes_ = kSmallest;
}

la_ssize_t ArchiveFeed::read(struct archive*, void* self, const void** block) { return static_cast<ArchiveFeed*>(self)->next_block(block); }

la_int64_t ArchiveFeed::skip(struct archive*, void* self, la_int64_t request) {
  auto& feed = *static_cast<ArchiveFeed*>(self);
  if (request <= 0) return 0;
  const std::uint64_t before = feed.position_;
  feed.jump(before + static_cast<std::uint64_t>(request));
  return static_cast<la_int64_t>(feed.position_ - before);
}

la_int64_t ArchiveFeed::seek(struct archive*, void* self, la_int64_t offset, int whence) {
  auto& feed = *static_cast<ArchiveFeed*>(self);
  const std::uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? feed.position_ : feed.size();
  // Sources are smaller than 2^63 bytes, so a signed sum of two such numbers cannot overflow below zero unnoticed.
  const auto to = static_cast<la_int64_t>(base);
  if (offset < 0 ? offset < -to : offset > INT64_MAX - to) return ARCHIVE_FATAL;
  feed.jump(static_cast<std::uint64_t>(to + offset));
  return static_cast<la_int64_t>(feed.position_);
}

}  // namespace tq::fs
