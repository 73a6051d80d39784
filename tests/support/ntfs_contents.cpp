// Contents that are not stored as they are: compressed and sparse ones.
#include <algorithm>

#include "tests/support/ntfs_builder.hpp"
#include "tests/support/ntfs_writer.hpp"

namespace tq::test::ntfs {

RunsOf packed_runs(Clusters& clusters, const Blob& content, std::uint32_t pieces) {
  RunsOf r{{}, content.size(), content.size(), 1, 4};
  const std::size_t unit = std::size_t{16} * clusters.size();
  for (std::size_t at = 0; at < content.size(); at += unit) {
    Blob part(content.begin() + static_cast<std::ptrdiff_t>(at),
              content.begin() + static_cast<std::ptrdiff_t>(std::min(content.size(), at + unit)));
    const bool zeros = std::all_of(part.begin(), part.end(), [](std::byte x) { return x == std::byte{}; });
    part.resize(unit);
    Blob packed = lznt1_pack(part);
    std::uint64_t n = zeros ? 0 : clusters.for_bytes(packed.size());
    if (n >= 16) {
      packed = part;
      n = 16;
    }
    auto runs = clusters.take(n, n > 1 ? pieces : 1);
    packed.resize(n * clusters.size());
    clusters.write(runs, packed);
    r.runs.insert(r.runs.end(), runs.begin(), runs.end());
    if (n < 16) r.runs.push_back({kHole, 16 - n});
  }
  return r;
}

RunsOf sparse_runs(Clusters& clusters, const Blob& content) {
  RunsOf r{{}, content.size(), content.size(), 0x8000, 0};
  for (std::size_t at = 0; at < content.size(); at += clusters.size()) {
    const std::size_t end = std::min<std::size_t>(content.size(), at + clusters.size());
    const Blob part(content.begin() + static_cast<std::ptrdiff_t>(at), content.begin() + static_cast<std::ptrdiff_t>(end));
    const bool zeros = std::all_of(part.begin(), part.end(), [](std::byte x) { return x == std::byte{}; });
    const auto runs = zeros ? std::vector<Run>{{kHole, 1}} : clusters.take(1);
    clusters.write(runs, part);
    const bool joins = !r.runs.empty() && (zeros ? r.runs.back().lcn == kHole
                                                 : r.runs.back().lcn != kHole && r.runs.back().lcn + r.runs.back().clusters == runs[0].lcn);
    if (joins)
      ++r.runs.back().clusters;
    else
      r.runs.push_back(runs[0]);
  }
  return r;
}

}  // namespace tq::test::ntfs
