// Contents for volumes, and LZNT1 as Windows writes it.
#include <algorithm>
#include <array>

#include "tests/support/ntfs_builder.hpp"
#include "tests/support/ntfs_writer.hpp"

namespace tq::test {
namespace {

using Blob = std::vector<std::byte>;

std::uint32_t next(std::uint32_t& state) {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

struct Match {
  std::size_t distance = 0, length = 0;
};

/// The last place where the next three bytes were seen, by a small table: enough to find most repeats.
class Finder {
 public:
  Match longest(const Blob& b, std::size_t start, std::size_t at, std::size_t end, std::size_t most) {
    if (end - at < 3) return {};
    const std::size_t slot =
        (std::to_integer<std::size_t>(b[at]) * 31 + std::to_integer<std::size_t>(b[at + 1]) * 7 + std::to_integer<std::size_t>(b[at + 2])) %
        last_.size();
    const std::size_t seen = last_[slot];
    last_[slot] = at + 1;
    if (seen == 0 || seen - 1 < start || seen - 1 >= at) return {};
    Match m{at - (seen - 1), 0};
    while (m.length < most && at + m.length < end && b[seen - 1 + m.length] == b[at + m.length]) ++m.length;
    return m.length >= 3 ? m : Match{};
  }

 private:
  std::array<std::size_t, 1024> last_{};
};

/// The body of one chunk: groups of eight literals and copies behind a byte of flags.
Blob pack_chunk(const Blob& b, std::size_t start, std::size_t end) {
  Finder finder;
  Blob out;
  std::size_t flags_at = 0;
  int bit = 8;
  for (std::size_t at = start; at < end;) {
    if (bit == 8) {
      flags_at = out.size();
      out.push_back({});
      bit = 0;
    }
    unsigned length_bits = 12;
    for (std::size_t v = at - start > 0 ? at - start - 1 : 0; v >= 16; v >>= 1) --length_bits;
    const Match m = finder.longest(b, start, at, end, (std::size_t{1} << length_bits) + 2);
    if (m.length != 0) {
      ntfs::put(out, out.size(), ((m.distance - 1) << length_bits) | (m.length - 3), 2);
      out[flags_at] |= static_cast<std::byte>(1U << bit);
      at += m.length;
    } else {
      out.push_back(b[at++]);
    }
    ++bit;
  }
  return out;
}

}  // namespace

Blob lznt1_pack(const Blob& plain) {
  Blob out;
  for (std::size_t at = 0; at < plain.size(); at += 4096) {
    const std::size_t end = std::min(plain.size(), at + 4096);
    Blob body = pack_chunk(plain, at, end);
    const bool packed = body.size() < end - at;
    if (!packed) body.assign(plain.begin() + static_cast<std::ptrdiff_t>(at), plain.begin() + static_cast<std::ptrdiff_t>(end));
    ntfs::put(out, out.size(), (packed ? 0xB000U : 0x3000U) | (body.size() - 1), 2);
    ntfs::append(out, body);
  }
  return out;
}

Blob noise(std::size_t size, std::uint32_t seed) {
  Blob out(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (auto& b : out) b = static_cast<std::byte>(next(state) >> 11);
  return out;
}

Blob prose(std::size_t size, std::uint32_t seed) {
  static constexpr const char* kWords[] = {"volume ", "record ", "cluster ", "folder ", "stream ", "the ", "of ", "a ", "and ", "is "};
  Blob out;
  std::uint32_t state = seed * 2654435761U + 1;
  while (out.size() < size) {
    const std::uint32_t r = next(state);
    if (r % 97 == 0) out.resize(out.size() + r % 9000);
    for (const char* c = kWords[r % std::size(kWords)]; *c != 0; ++c) out.push_back(static_cast<std::byte>(*c));
  }
  out.resize(size);
  return out;
}

}  // namespace tq::test
