// A disk image opened down to its file systems: what loaders and `inspect` look at.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fs/ntfs/ntfs.hpp"
#include "image/format.hpp"
#include "target/loader.hpp"
#include "target/support/find_windows.hpp"
#include "volume/volume.hpp"

namespace tq::target {

/// A volume with what lies in it.
struct DiskVolume {
  volume::Volume where;
  std::string name;                               ///< "p2"; empty when the whole disk is one volume
  std::string filesystem;                         ///< "ntfs", "bitlocker", "fat32", ..., "unknown"
  std::shared_ptr<const fs::ntfs::Volume> files;  ///< null when it cannot be read
  std::optional<Error> error;                     ///< an NTFS volume that cannot be opened
  FoundWindows found;

  /// "p2 ntfs 3221225472 bytes"
  [[nodiscard]] std::string text() const;
};

/// An image with its table and volumes.
struct Disk {
  image::Image image;
  volume::Table table;
  std::vector<DiskVolume> volumes;
  /// "vhdx (dynamic), gpt: p1 fat32 ..., p2 ntfs ..."
  [[nodiscard]] std::string text() const;
};

/// True when the content is that of a disk image, or of a volume, of a known kind.
bool is_disk(const Input& in);
/// Errors: what the image format says; everything below the image is in the disk.
Result<Disk> open_disk(const Input& in);
/// What the coverage says of everything but the machines: volumes without Windows, damage, notes.
std::vector<model::Coverage> disk_state(const Disk& disk);

}  // namespace tq::target
