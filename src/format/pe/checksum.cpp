#include <fmt/format.h>

#include <algorithm>

#include "core/limits.hpp"
#include "format/pe/pe.hpp"

namespace tq::format::pe {

Result<std::uint32_t> computed_checksum(const io::ByteSource& source, const Image& image) {
  if (source.size() > limits::kPeBytes)
    return Error{ErrorCode::limit, "pe.checksum", fmt::format("at most {} bytes", limits::kPeBytes),
                 fmt::format("{} bytes", source.size())};
  // An even block size keeps the 16-bit words aligned across blocks.
  std::vector<std::byte> block(std::size_t{1} << 16);
  std::uint64_t sum = 0, at = 0;
  while (at < source.size()) {
    TQ_TRY(const std::size_t n, source.read_at(at, block));
    if (n == 0) return Error{ErrorCode::truncated, "pe.checksum", fmt::format("{} bytes", source.size()), fmt::format("{} bytes", at), at};
    if (n % 2 != 0) block[n] = std::byte{0};  // the even block size leaves room: a missing last byte counts as zero
    for (std::uint64_t k = image.checksum_offset; k < image.checksum_offset + 4; ++k)
      if (k >= at && k - at < n) block[k - at] = std::byte{0};  // the field counts as zero
    for (std::size_t i = 0; i < n; i += 2)
      sum += std::to_integer<std::uint64_t>(block[i]) | (std::to_integer<std::uint64_t>(block[i + 1]) << 8);
    at += n;
  }
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint32_t>(sum + source.size());
}

Result<std::uint32_t> computed_checksum(const io::ByteSource& source) {
  TQ_TRY(const Image image, open(source));
  return computed_checksum(source, image);
}

}  // namespace tq::format::pe
