// The disk of a VMDK image: extents one behind the other, over a parent or over zeros.
#pragma once

#include <memory>
#include <vector>

#include "image/support/run_disk.hpp"
#include "image/vmdk/extent.hpp"

namespace tq::image::vmdk_format {

struct PlacedExtent {
  std::uint64_t end = 0;  ///< where it ends on the disk, bytes; it begins where the one before ends
  std::unique_ptr<Extent> extent;
};

class Disk final : public RunDisk {
 public:
  /// `extents`: at least one, of growing ends. `beneath` may be null.
  Disk(std::vector<PlacedExtent> extents, std::shared_ptr<const io::ByteSource> beneath);

 protected:
  [[nodiscard]] Result<Run> run_at(std::uint64_t offset) const override;
  [[nodiscard]] Result<std::size_t> unpack(const Run& run, std::uint64_t block_at, std::span<std::byte> out) const override;

 private:
  struct Found {
    const Extent* extent;
    std::uint64_t begin, end;
  };
  [[nodiscard]] Found extent_at(std::uint64_t offset) const;

  std::vector<PlacedExtent> extents_;
  std::shared_ptr<const io::ByteSource> beneath_;
};

}  // namespace tq::image::vmdk_format
