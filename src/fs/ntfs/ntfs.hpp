// NTFS, read-only: a bounded reader of our own that loses what is damaged, names it, and reads the rest.
// Format, limits and what is not done: docs/formats/ntfs.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/version.hpp"
#include "fs/ntfs/bounds.hpp"
#include "fs/tree.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"

namespace tq::fs::ntfs {

struct VolumeInfo {
  std::string name;                          ///< the volume's label; empty when it has none or it was lost
  std::uint64_t serial = 0;                  ///< 64-bit volume serial number
  std::uint32_t sector_size = 0;             ///< bytes
  std::uint32_t cluster_size = 0;            ///< bytes
  std::uint32_t record_size = 0;             ///< bytes of one MFT record
  std::uint64_t size = 0;                    ///< bytes the boot sector claims
  int major_version = 0, minor_version = 0;  ///< 3.1 since NT 5.1; 0.0 when $Volume was lost
  bool dirty = false;                        ///< the volume's own flag: Windows wants to check it
  bool log_dirty = false;                    ///< $LogFile holds what was not written back
};

/// A stream besides the default one ("Zone.Identifier").
struct StreamInfo {
  std::string name;
  std::uint64_t size = 0;
};

/// One name of the volume. A file with several hard links comes once under each.
struct WalkEntry {
  std::string path;  ///< from the root, '/' between components
  io::EntryKind kind = io::EntryKind::other;
  std::uint64_t size = 0;  ///< of the default stream, from the file's own record; 0 for folders and links
  FileTime modified;
  std::uint64_t reference = 0;      ///< record number (low 48 bits) and its sequence number: for open_reference()
  std::vector<StreamInfo> streams;  ///< alternate data streams, sorted by name
  std::vector<Error> lost;          ///< why the file, or the folder's listing, is not (wholly) there
};

/// Not for two threads at once: it keeps small caches.
class Volume : public Tree {
 public:
  [[nodiscard]] virtual const VolumeInfo& info() const = 0;
  /// What a reader of the report must know: "volume flag: dirty", "boot sector damaged, backup used". Grows while reading.
  [[nodiscard]] virtual const std::vector<std::string>& notes() const = 0;
  /// What was met damaged so far, at most limits::kLossesListed; offsets are those of the volume.
  [[nodiscard]] virtual const std::vector<Error>& lost() const = 0;
  /// Every name below the root, folders before what they hold, names sorted; the volume's own metadata files are left out.
  /// `visit` returns false to stop. Bounded by Bounds::walk_names; a folder that contains itself is entered once.
  /// False when the walk was stopped or a bound was hit (then lost() says so).
  virtual bool walk(const std::function<bool(const WalkEntry&)>& visit) const = 0;
  /// The default stream of a file that walk() gave. Errors as open().
  [[nodiscard]] virtual Result<std::unique_ptr<io::ByteSource>> open_reference(std::uint64_t reference) const = 0;
};

/// Opens a volume whose first byte is its boot sector. `label` is how it is cited ("disk.qcow2//p2"). Sources returned by
/// open() may outlive the volume. Beyond Tree: open() takes "file:stream", 8.3 names are found (and listed never), names
/// are folded by the volume's own $UpCase, list() takes sizes and times from the folder's index, as `dir` does.
/// Errors: unsupported (no NTFS; named when it is another filesystem), encrypted (BitLocker; from open(): EFS),
/// corrupt and truncated (neither the boot sector nor its backup, neither $MFT nor $MFTMirr can be used).
/// open() on a file of the Windows Overlay Filter, a deduplicated or an offline file: unsupported, never not_found.
Result<std::unique_ptr<Volume>> open_ntfs(const std::shared_ptr<const io::ByteSource>& source, const std::string& label,
                                          const Bounds& bounds = {});

}  // namespace tq::fs::ntfs
