#include "image/qcow2/disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/big_endian.hpp"
#include "io/window.hpp"

namespace tq::image::qcow2_format {
namespace {

// A page of L2 entries covers 32 MiB of disk with the usual clusters; so the pages cover 2 GiB.
constexpr std::size_t kPageBytes = 4096, kPages = 64;

constexpr std::uint64_t kOffsetMask = 0x00FFFFFFFFFFFE00;  // bits 9 to 55
constexpr std::uint64_t kCopied = std::uint64_t{1} << 63, kPacked = std::uint64_t{1} << 62, kZero = 1;

Error misplaced(const char* place, std::uint64_t found, std::uint64_t at) {
  return Error{ErrorCode::corrupt, place, "the offset of a cluster", fmt::format("0x{:x}", found), at};
}

/// A packed cluster: where its bytes start, and how many there are at most (its end is known to a sector only).
struct PackedAt {
  std::uint64_t at, size;
};

PackedAt packed_at(std::uint64_t entry, std::uint32_t cluster_bits) {
  const unsigned offset_bits = 62 - (cluster_bits - 8);
  const std::uint64_t at = entry & ((std::uint64_t{1} << offset_bits) - 1);
  const std::uint64_t sectors = ((entry & (kPacked - 1)) >> offset_bits) + 1;
  return {at, sectors * 512 - at % 512};
}

}  // namespace

Disk::Disk(const Header& header, const std::shared_ptr<const io::ByteSource>& file, std::shared_ptr<const io::ByteSource> data,
           std::shared_ptr<const io::ByteSource> beneath)
    : RunDisk(header.disk_size, header.cluster_bytes(), "qcow2.cluster"),
      header_(header),
      file_(file),
      data_(std::move(data)),
      beneath_(std::move(beneath)),
      tables_(io::cached(file, kPageBytes, kPages)) {}

Result<std::uint64_t> Disk::entry(std::uint64_t at, const char* place) const {
  std::array<std::byte, 8> b{};
  TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(*tables_, at, b, place));
  return std::uint64_t{*Bytes(std::span<const std::byte>(b)).try_get<be64>(0)};
}

/// What is not in this image: the backing disk's, or zeros.
Run Disk::hole(std::uint64_t offset, std::uint64_t size) const {
  Run run;
  run.size = size;
  if (beneath_ == nullptr || offset >= beneath_->size()) return run;
  run.kind = Run::Kind::beneath;
  run.source = beneath_.get();
  run.at = offset;
  return run;
}

// The L1 table was held against the size of the disk when the header was read, so every offset inside has an entry.
Result<Run> Disk::run_at(std::uint64_t offset) const {
  const std::uint64_t cluster = header_.cluster_bytes();
  const std::uint64_t entries = cluster / 8;  // of one L2 table
  const std::uint64_t number = offset >> header_.cluster_bits;
  const std::uint64_t l1_at = header_.l1_at + number / entries * 8;
  TQ_TRY(const std::uint64_t l1, entry(l1_at, "qcow2.l1"));
  const std::uint64_t l2_table = l1 & kOffsetMask;
  if (l2_table == 0) {  // the whole range of the missing table
    const std::uint64_t covered = entries * cluster;
    return hole(offset, covered - offset % covered);
  }
  if (l2_table % cluster != 0) return misplaced("qcow2.l1", l2_table, l1_at);
  const std::uint64_t l2_at = l2_table + number % entries * 8;
  TQ_TRY(const std::uint64_t l2, entry(l2_at, "qcow2.l2"));
  return cluster_run(l2, l2_at, offset);
}

Result<Run> Disk::cluster_run(std::uint64_t l2_entry, std::uint64_t entry_at, std::uint64_t offset) const {
  const std::uint64_t in_cluster = offset % header_.cluster_bytes();
  Run run;
  run.size = header_.cluster_bytes() - in_cluster;
  if ((l2_entry & kPacked) != 0) {
    if (header_.external_data) return misplaced("qcow2.l2", l2_entry, entry_at);  // cannot be packed there
    run.kind = Run::Kind::packed;
    run.at = l2_entry & ~kCopied;
    run.skip = in_cluster;
    return run;
  }
  // In version 2 this bit is reserved and means nothing.
  if (header_.version >= 3 && (l2_entry & kZero) != 0) return run;
  const std::uint64_t at = l2_entry & kOffsetMask;
  // In an external data file 0 is a place like any other; the top bit tells that it is meant.
  if (at == 0 && !(header_.external_data && (l2_entry & kCopied) != 0)) return hole(offset, run.size);
  if (at % header_.cluster_bytes() != 0 || at >= data_->size()) return misplaced("qcow2.l2", at, entry_at);
  run.kind = Run::Kind::stored;
  run.source = data_.get();
  run.at = at + in_cluster;
  return run;
}

Result<std::size_t> Disk::unpack(const Run& run, std::uint64_t /*block_at*/, std::span<std::byte> out) const {
  const PackedAt p = packed_at(run.at, header_.cluster_bits);
  if (p.at >= file_->size()) return misplaced("qcow2.l2.packed", p.at, p.at);
  // The last packed cluster of a file ends where its stream ends, not at the end of its last sector.
  std::vector<std::byte> in(std::min(p.size, file_->size() - p.at));
  TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(*file_, p.at, in, "qcow2.cluster"));
  return image::unpack(header_.packing, Bytes(std::span<const std::byte>(in), p.at), out, "qcow2.cluster");
}

}  // namespace tq::image::qcow2_format
