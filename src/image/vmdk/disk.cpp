#include "image/vmdk/disk.hpp"

#include <algorithm>

namespace tq::image::vmdk_format {
namespace {

/// Grains of different extents may differ in size; each is unpacked into a block of the largest.
std::uint64_t largest_grain(const std::vector<PlacedExtent>& extents) {
  std::uint64_t most = 0;
  for (const PlacedExtent& e : extents) most = std::max(most, e.extent->packed_bytes());
  return most;
}

}  // namespace

Disk::Disk(std::vector<PlacedExtent> extents, std::shared_ptr<const io::ByteSource> beneath)
    : RunDisk(extents.back().end, largest_grain(extents), "vmdk.extent"), extents_(std::move(extents)), beneath_(std::move(beneath)) {}

// The offset is inside the disk and ends only grow, so there is an extent that ends behind it.
Disk::Found Disk::extent_at(std::uint64_t offset) const {
  const auto at = std::ranges::upper_bound(extents_, offset, {}, &PlacedExtent::end);
  return {at->extent.get(), at == extents_.begin() ? 0 : std::prev(at)->end, at->end};
}

Result<Run> Disk::run_at(std::uint64_t offset) const {
  const Found found = extent_at(offset);
  TQ_TRY(const Piece piece, found.extent->piece_at(offset - found.begin));
  Run run;
  // An extent's last table covers more than the extent: what lies behind belongs to the next one.
  run.size = std::min(piece.size, found.end - offset);
  run.at = piece.at;
  run.skip = piece.skip;
  run.source = found.extent->file();
  switch (piece.kind) {
    case Piece::Kind::zeros: run.kind = Run::Kind::zeros; break;
    case Piece::Kind::stored: run.kind = Run::Kind::stored; break;
    case Piece::Kind::packed: run.kind = Run::Kind::packed; break;
    case Piece::Kind::hole:
      if (beneath_ == nullptr || offset >= beneath_->size()) break;  // zeros
      run.kind = Run::Kind::beneath;
      run.source = beneath_.get();
      run.at = offset;
      break;
  }
  return run;
}

Result<std::size_t> Disk::unpack(const Run& run, std::uint64_t block_at, std::span<std::byte> out) const {
  const Found found = extent_at(block_at);
  // The block is as large as the largest grain of the disk; this extent's may be smaller.
  const std::uint64_t grain = found.extent->packed_bytes();
  return found.extent->unpack(run.at, block_at - found.begin, out.first(std::min<std::uint64_t>(out.size(), grain)));
}

}  // namespace tq::image::vmdk_format
