#include "fs/ntfs/runlist.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

Error runlist_error(ErrorCode code, std::uint64_t offset, std::string wanted, std::string found) {
  return Error{code, "ntfs.runlist", std::move(wanted), std::move(found), offset};
}

/// Little-endian, sign-extended from its last byte. At most 8 bytes.
std::int64_t signed_of(Bytes b) {
  std::uint64_t v = 0;
  for (std::size_t i = b.size(); i-- > 0;) v = (v << 8) | std::to_integer<std::uint64_t>(b.span()[i]);
  const unsigned shift = 64 - 8 * static_cast<unsigned>(b.size());
  return shift == 64 ? 0 : static_cast<std::int64_t>(v << shift) >> shift;
}

}  // namespace

/// Runs that follow each other on the disk become one extent, so that they are read at once.
Status Runs::add(Extent e, std::uint64_t volume_clusters, std::uint64_t offset) {
  if (e.vcn < end())
    return runlist_error(ErrorCode::corrupt, offset, fmt::format("cluster {} of the stream", end()), fmt::format("{}", e.vcn));
  if (e.lcn != kHole && (e.lcn >= volume_clusters || e.clusters > volume_clusters - e.lcn))
    return runlist_error(ErrorCode::corrupt, offset, fmt::format("clusters below {}", volume_clusters),
                         fmt::format("{} from {}", e.clusters, e.lcn));
  if (!extents_.empty() && e.vcn == end()) {
    Extent& last = extents_.back();
    const bool follows = e.lcn == kHole ? last.lcn == kHole : last.lcn != kHole && last.lcn + last.clusters == e.lcn;
    if (follows) {
      last.clusters += e.clusters;
      return ok();
    }
  }
  if (extents_.size() >= kMaxExtents) return runlist_error(ErrorCode::limit, offset, fmt::format("at most {} runs", kMaxExtents), "more");
  extents_.push_back(e);
  return ok();
}

Status Runs::append(Bytes pairs, std::uint64_t first_vcn, std::uint64_t volume_clusters) {
  std::uint64_t vcn = first_vcn;
  std::int64_t lcn = 0;
  for (std::uint64_t at = 0;;) {
    const std::uint64_t offset = pairs.base() + at;
    const auto head = pairs.try_get<std::uint8_t>(at);
    if (!head) return runlist_error(ErrorCode::truncated, offset, "a zero byte at the end", "the end of the attribute");
    if (*head == 0) return ok();
    const unsigned count_size = *head & 15U, delta_size = *head >> 4;
    const auto count = pairs.try_sub(at + 1, count_size), delta = pairs.try_sub(at + 1 + count_size, delta_size);
    if (count_size == 0 || count_size > 8 || delta_size > 8 || !count || !delta)
      return runlist_error(ErrorCode::corrupt, offset, "sizes of 1 to 8 bytes inside the attribute", fmt::format("{:#04x}", *head));
    // The count is signed on the disk too: a first bit that is set would be less than nothing.
    const std::int64_t clusters = signed_of(*count);
    std::uint64_t next = 0;
    if (clusters <= 0 || __builtin_add_overflow(vcn, static_cast<std::uint64_t>(clusters), &next) || next >> 62 != 0)
      return runlist_error(ErrorCode::corrupt, offset, "a run of at least one cluster", fmt::format("{} from {}", clusters, vcn));
    Extent e{vcn, kHole, static_cast<std::uint64_t>(clusters)};
    // No delta is a hole; NT 4 wrote holes as a delta of -1 to cluster 0.
    if (delta_size != 0 && !(lcn == 0 && signed_of(*delta) == -1)) {
      if (__builtin_add_overflow(lcn, signed_of(*delta), &lcn) || lcn < 0)
        return runlist_error(ErrorCode::corrupt, offset, "a cluster of the volume", fmt::format("{}", lcn));
      e.lcn = static_cast<std::uint64_t>(lcn);
    }
    TQ_TRY(const auto done, add(e, volume_clusters, offset));
    static_cast<void>(done);
    vcn = next;
    at += 1 + count_size + delta_size;
  }
}

std::optional<Extent> Runs::at(std::uint64_t vcn) const {
  auto it = std::upper_bound(extents_.begin(), extents_.end(), vcn, [](std::uint64_t v, const Extent& e) { return v < e.vcn; });
  if (it == extents_.begin()) return std::nullopt;
  --it;
  const std::uint64_t in = vcn - it->vcn;
  if (in >= it->clusters) return std::nullopt;
  return Extent{vcn, it->lcn == kHole ? kHole : it->lcn + in, it->clusters - in};
}

}  // namespace tq::fs::ntfs
