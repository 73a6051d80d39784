// The master file table: every file has a record in it, the table itself has the first.
#pragma once

#include <cstdint>
#include <memory>

#include "core/result.hpp"
#include "fs/ntfs/medium.hpp"
#include "fs/ntfs/record.hpp"
#include "fs/ntfs/stream.hpp"

namespace tq::fs::ntfs {

/// Records with a fixed number.
namespace well_known {
inline constexpr std::uint64_t kMft = 0, kLogFile = 2, kVolume = 3, kRoot = 5, kUpCase = 10, kFirstFree = 16;
}

class Mft {
 public:
  /// Finds the table through its first record, or that record's copy in $MFTMirr. Errors: those of both copies, the first one's told.
  static Result<Mft> open(Medium& medium);
  /// Errors: corrupt, truncated. The first records are read from their copies when they are damaged.
  Result<std::shared_ptr<const Record>> record(std::uint64_t number);
  [[nodiscard]] std::uint64_t records() const { return stream_.size / medium_->geometry.record_size; }
  [[nodiscard]] const Stream& stream() const { return stream_; }

 private:
  Mft(Medium& medium, Stream s) : medium_(&medium), stream_(std::move(s)) {}
  static Result<std::shared_ptr<const Record>> record_at(Medium& medium, std::uint64_t cluster, std::uint64_t number);
  static Result<Mft> open_at(Medium& medium, std::uint64_t cluster);
  Result<std::shared_ptr<const Record>> main_copy(std::uint64_t number);
  void add_listed_runs(const Record& first);

  Medium* medium_;
  Stream stream_;
};

}  // namespace tq::fs::ntfs
