// Archives as trees: zip, 7z and tar (plain, gzip, bzip2, xz, zstd), read through libarchive. docs/formats/archive.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fs/support/archive_limits.hpp"
#include "fs/tree.hpp"

namespace tq::fs {

struct ArchiveOptions {
  ArchiveLimits limits;
  /// Members whose bytes will be asked for, by their path. They are unpacked together, in one pass: a packed tar is unpacked
  /// once instead of once for every file. None: each is unpacked when it is opened.
  bool (*keep)(std::string_view path) = nullptr;
};

/// Not for two threads at once: it keeps what it unpacked.
class Archive : public Tree {
 public:
  /// "zip", "7z", "tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst"
  [[nodiscard]] virtual const std::string& format() const = 0;
  [[nodiscard]] virtual std::uint64_t files() const = 0;
  /// What was refused or is damaged, by member, at most limits::kLossesListed. Grows while reading.
  [[nodiscard]] virtual const std::vector<Error>& lost() const = 0;
  /// All that was refused or lost, listed or not.
  [[nodiscard]] virtual std::uint64_t lost_total() const = 0;
  /// The bytes of every file in one pass, in the order of the archive; `chunk` is empty at a file's end. A member that fails
  /// half way is named in lost() and comes without its end. Errors: the archive cannot be opened again.
  virtual Status stream(const std::function<void(const std::string& path, Bytes chunk)>& sink) const = 0;
};

/// Lists the archive once. `label`: how it is cited ("x.zip//C/Windows"). A damaged end loses only what lies behind it.
/// open() of a refused member gives the reason, never not_found.
/// Errors: unsupported (no archive, or libarchive is not installed), encrypted (the listing itself), corrupt, io.
Result<std::unique_ptr<Archive>> open_archive(std::shared_ptr<const io::ByteSource> source, std::string label,
                                              const ArchiveOptions& options = {});

/// True when the first bytes of a file are those of an archive that is read here; gzip and its like count, whatever they hold.
/// `head`: at least 512 bytes, where the file has them.
bool looks_like_archive(Bytes head);

}  // namespace tq::fs
