// The compound file (OLE structured storage) that holds a Windows Installer database: a small file system of its own.
// Layout: [MS-CFB]. Bounded by the file's size; a damaged chain loses one stream, and is named.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::format::msi {

/// Streams and folders that are looked at.
inline constexpr std::uint32_t kMostEntries = 65536;

struct Stream {
  std::u16string name;
  std::uint64_t size = 0;
  std::uint32_t start = 0;  ///< first sector, of the short ones when size is below the cutoff
};

class CompoundFile {
 public:
  static bool probe(Bytes file);
  /// Errors: truncated, corrupt (signature, sector size, tables). More entries than `most_entries` are in lost(). `file` must outlive this
  /// object.
  static Result<CompoundFile> open(Bytes file, std::uint32_t most_entries = kMostEntries);

  /// The streams directly below the root, in the order of the directory.
  [[nodiscard]] const std::vector<Stream>& streams() const { return streams_; }
  /// The whole stream. Errors: corrupt (a chain that ends early or runs in a circle), limit.
  [[nodiscard]] Result<std::vector<std::byte>> read(const Stream& s) const;
  [[nodiscard]] const std::vector<Error>& lost() const { return lost_; }

 private:
  CompoundFile(Bytes file, std::uint32_t most_entries) : file_(file), most_entries_(most_entries) {}
  Status read_header();
  Status read_fat(std::uint32_t sectors, std::uint32_t next_list, std::uint32_t lists);
  void read_directory(std::uint32_t start);
  [[nodiscard]] Result<std::vector<std::uint32_t>> chain(const std::vector<std::uint32_t>& table, std::uint32_t start,
                                                         const char* what) const;
  [[nodiscard]] std::optional<Bytes> sector(std::uint32_t n) const;
  [[nodiscard]] Result<std::vector<std::byte>> gather(std::uint32_t start, const char* what) const;

  Bytes file_;
  std::uint32_t most_entries_;
  std::uint32_t sector_bytes_ = 512, cutoff_ = 4096;
  std::vector<std::uint32_t> fat_, short_fat_;
  std::vector<std::byte> short_sectors_;  ///< the root's own stream
  std::vector<Stream> streams_;
  std::vector<Error> lost_;
};

}  // namespace tq::format::msi
