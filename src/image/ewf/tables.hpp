// Where each chunk lies: the entries of the tables, a few tables at a time in memory.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "image/ewf/segments.hpp"

namespace tq::image::ewf_format {

struct Chunk {
  const io::ByteSource* source = nullptr;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< up to the next chunk; of the last one of a table possibly too large
  bool compressed = false;
};

class Tables {
 public:
  /// Keeps a reference to `segments`.
  explicit Tables(const Segments& segments) : segments_(segments) {}
  /// Errors: corrupt for a chunk that no table lists, truncated and corrupt for a damaged table.
  [[nodiscard]] Result<Chunk> chunk(std::uint64_t number) const;

 private:
  using Entries = std::shared_ptr<const std::vector<std::byte>>;
  struct Loaded {
    std::size_t table = 0;
    Entries entries;
  };
  [[nodiscard]] Result<Entries> entries_of(std::size_t table) const;
  [[nodiscard]] Result<Entries> load(const Table& table) const;

  const Segments& segments_;
  mutable std::mutex mutex_;
  mutable std::vector<Loaded> loaded_;  ///< the one used last stands last
};

}  // namespace tq::image::ewf_format
