// Runs: which clusters of the volume hold the clusters of a stream.
#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::fs::ntfs {

inline constexpr std::uint64_t kHole = ~std::uint64_t{0};

struct Extent {
  std::uint64_t vcn = 0;      ///< first cluster in the stream
  std::uint64_t lcn = kHole;  ///< first cluster in the volume; kHole: reads as zeros
  std::uint64_t clusters = 0;
};

/// Extents in order of vcn, without overlap; what lies between two of them was lost.
class Runs {
 public:
  /// Decodes mapping pairs that begin at `first_vcn` and appends them. Errors: corrupt (sizes, overlap, clusters outside of the
  /// volume), truncated, limit. What came before the error stays.
  Status append(Bytes pairs, std::uint64_t first_vcn, std::uint64_t volume_clusters);
  /// The part from `vcn` on to the end of its extent; nullopt when it was lost or lies past the end.
  [[nodiscard]] std::optional<Extent> at(std::uint64_t vcn) const;
  [[nodiscard]] const std::vector<Extent>& extents() const { return extents_; }
  /// The cluster after the last one that is known.
  [[nodiscard]] std::uint64_t end() const { return extents_.empty() ? 0 : extents_.back().vcn + extents_.back().clusters; }

 private:
  Status add(Extent e, std::uint64_t volume_clusters, std::uint64_t offset);
  std::vector<Extent> extents_;
};

}  // namespace tq::fs::ntfs
