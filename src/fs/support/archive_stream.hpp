// One pass over the members of an archive, in the order in which they lie. Nothing is believed: names are cleaned, sizes and
// ratios counted, and what is refused is named.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fs/support/archive_feed.hpp"
#include "fs/support/archive_limits.hpp"
#include "io/folder.hpp"

namespace tq::fs {

struct Member {
  std::string path;  ///< cleaned: '/' between components, none empty, "." or ".."; empty when the name was refused
  std::string name;  ///< as the archive has it, valid UTF-8
  io::EntryKind kind = io::EntryKind::other;
  std::optional<std::uint64_t> size;  ///< as declared; a zip that was written as a stream may not say
  FileTime modified;
  std::optional<Error> refused;  ///< a link, a path that leads out, an encrypted member: its bytes are not read
};

class ArchiveStream {
 public:
  /// Errors: unsupported (no archive of a known kind; the library is missing), io, corrupt.
  static Result<std::unique_ptr<ArchiveStream>> open(std::shared_ptr<const io::ByteSource> source, const ArchiveLimits& limits);
  ~ArchiveStream();
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;

  /// The next member; nullopt at the end. After an error nothing further can be reached.
  Result<std::optional<Member>> next();
  /// A header that next() passed over because it was damaged: the name of a member is lost.
  [[nodiscard]] const std::optional<Error>& skipped() const { return skipped_; }
  /// The next bytes of the member next() gave; 0 at its end. Errors: encrypted, corrupt, limit (a bomb); the member is lost,
  /// the following ones can be tried.
  Result<std::size_t> read(std::span<std::byte> out);

  /// "zip", "7z", "tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst"; known after the first next().
  [[nodiscard]] std::string format() const;
  /// True when members can be reached only by unpacking what lies before them.
  [[nodiscard]] bool sequential() const;
  [[nodiscard]] std::uint64_t packed_bytes() const { return feed_.size(); }
  /// Of all members so far, those that were passed included.
  [[nodiscard]] std::uint64_t unpacked() const { return unpacked_; }

 private:
  ArchiveStream(const LibArchive& api, std::shared_ptr<const io::ByteSource> source, const ArchiveLimits& limits);
  [[nodiscard]] Member describe(struct archive_entry* entry) const;
  [[nodiscard]] Error failed(ErrorCode code, const char* wanted) const;
  [[nodiscard]] std::optional<Error> bomb() const;
  Status skip_rest();
  void stop(const Error& e);
  [[nodiscard]] bool jumps() const;
  void count(std::uint64_t unpacked);
  [[nodiscard]] std::uint64_t packed_so_far() const;

  const LibArchive& api_;
  ArchiveLimits limits_;
  ArchiveFeed feed_;
  struct archive* archive_ = nullptr;
  std::string place_;                      ///< the current member, for errors
  std::optional<std::uint64_t> declared_;  ///< its size
  bool open_member_ = false;               ///< its bytes are not all passed
  std::uint64_t member_bytes_ = 0;         ///< of it, unpacked so far
  std::uint64_t member_start_ = 0;         ///< packed_so_far() at its header
  std::uint64_t unpacked_ = 0;             ///< of all members together
  std::optional<Error> stopped_;           ///< a bomb that cannot be passed
  std::optional<Error> skipped_;
};

/// A member's name as a path of a tree: backslashes are separators, empty and "." components go away.
/// Errors: a path that leads out or is absolute (usage), a name that is too long or too deep (limit), no name at all.
Result<std::string> member_path(std::string_view name, const ArchiveLimits& limits);

}  // namespace tq::fs
