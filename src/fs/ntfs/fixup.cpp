#include "fs/ntfs/fixup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/bytes.hpp"
#include "core/text.hpp"

namespace tq::fs::ntfs {
namespace {

struct Header {
  std::array<char, 4> signature;
  le16 table_offset;
  le16 table_count;  ///< the counter itself and one entry a stride
};
static_assert(OnDisk<Header> && sizeof(Header) == 8);

std::string place(const char (&signature)[5], const char* field) { return std::string("ntfs.") + lower_ascii(signature) + "." + field; }

}  // namespace

Status apply_fixups(std::span<std::byte> block, const char (&signature)[5], std::uint64_t offset) {
  const Bytes b(block, offset);
  TQ_TRY(const auto h, b.get<Header>(0, "ntfs.record"));
  const std::string_view found(h.signature.data(), 4);
  if (found != std::string_view(signature, 4))
    return Error{ErrorCode::corrupt, place(signature, "signature"), signature, "\"" + printable(found, true) + "\"", offset};
  const std::size_t count = h.table_count, table = h.table_offset;
  // The stride is 512 bytes even where sectors are larger; a count for larger ones is taken as it comes.
  const std::size_t stride = count < 2 ? 0 : block.size() / (count - 1);
  const bool fits = stride >= 512 && stride % 512 == 0 && stride * (count - 1) == block.size() && b.holds(table, count * 2);
  if (!fits || table < sizeof(Header) || table % 2 != 0 || table + count * 2 > stride - 2)
    return Error{ErrorCode::corrupt, place(signature, "update_sequence"), fmt::format("a table for {} bytes", block.size()),
                 fmt::format("{} entries at {:#x}", count, table), offset + 4};
  const auto counter = block.subspan(table, 2);
  for (std::size_t i = 1; i < count; ++i) {
    const std::size_t end = i * stride - 2;
    if (!std::equal(counter.begin(), counter.end(), block.begin() + static_cast<std::ptrdiff_t>(end)))
      return Error{ErrorCode::corrupt, place(signature, "update_sequence"),
                   fmt::format("counter {:#06x} at the end of sector {}", std::uint16_t{*b.try_get<le16>(table)}, i - 1),
                   fmt::format("{:#06x}, a torn write", std::uint16_t{*b.try_get<le16>(end)}), offset + end};
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(table + i * 2), 2, block.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return ok();
}

}  // namespace tq::fs::ntfs
