#include "fs/ntfs/lznt1.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace tq::fs::ntfs {
namespace {

constexpr std::size_t kChunk = 4096;

Error lznt1_error(std::uint64_t offset, const char* wanted, std::string found) {
  return Error{ErrorCode::corrupt, "ntfs.lznt1", wanted, std::move(found), offset};
}

/// A copy of earlier bytes of the chunk. How the 16 bits are shared between distance and length depends on how much of the
/// chunk is there: 4 bits of distance for up to 16 bytes, 12 for more than 2048.
bool copy_back(unsigned token, std::span<std::byte> chunk, std::size_t& at) {
  if (at == 0) return false;
  const auto distance_bits = std::max(4U, static_cast<unsigned>(std::bit_width(at - 1)));
  const std::size_t distance = (token >> (16U - distance_bits)) + 1U;
  const std::size_t length = (token & (0xFFFFU >> distance_bits)) + 3U;
  if (distance > at || length > chunk.size() - at) return false;
  for (std::size_t i = 0; i < length; ++i, ++at) chunk[at] = chunk[at - distance];
  return true;
}

/// One compressed chunk; returns how many bytes came out. `chunk` holds at most kChunk bytes.
Result<std::size_t> one_chunk(Bytes in, std::span<std::byte> chunk) {
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < in.size();) {
    unsigned flags = std::to_integer<unsigned>(in.span()[i++]);
    for (int bit = 0; bit < 8 && i < in.size(); ++bit, flags >>= 1) {
      if ((flags & 1U) == 0) {
        if (at == chunk.size()) return lznt1_error(in.base() + i, "at most 4096 bytes in a chunk", "more");
        chunk[at++] = in.span()[i++];
        continue;
      }
      const auto token = in.try_get<le16>(i);
      if (!token) return lznt1_error(in.base() + i, "two bytes of a copy", "the end of the chunk");
      if (!copy_back(*token, chunk, at))
        return lznt1_error(in.base() + i, "a copy inside the chunk", fmt::format("{:#06x}", std::uint16_t{*token}));
      i += 2;
    }
  }
  return at;
}

}  // namespace

Status lznt1(Bytes in, std::span<std::byte> out) {
  std::size_t done = 0;
  std::fill(out.begin(), out.end(), std::byte{});
  for (std::uint64_t i = 0; done < out.size();) {
    const auto header = in.try_get<le16>(i);
    if (!header || *header == 0) return ok();  // a zero header, or no room for one, ends the unit
    const std::uint16_t h = *header;
    const auto body = in.try_sub(i + 2, (h & 0xFFFU) + 1U);
    if ((h & 0x7000U) != 0x3000U || !body) return lznt1_error(in.base() + i, "a chunk header", fmt::format("{:#06x}", h));
    const auto chunk = out.subspan(done, std::min(kChunk, out.size() - done));
    if ((h & 0x8000U) == 0) {
      std::copy_n(body->data(), std::min<std::size_t>(body->size(), chunk.size()), chunk.begin());
    } else {
      TQ_TRY(const std::size_t n, one_chunk(*body, chunk));
      static_cast<void>(n);  // a chunk that gives less than 4096 bytes is followed by zeros
    }
    done += chunk.size();
    i += 2 + body->size();
  }
  return ok();
}

}  // namespace tq::fs::ntfs
