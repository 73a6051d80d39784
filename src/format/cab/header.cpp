#include <fmt/format.h>

#include "format/cab/cab.hpp"

namespace tq::format::cab {
namespace {

/// CFHEADER of [MS-CAB]; the reserved area follows when bit 2 of flags is set.
struct RawHeader {
  le32 magic, reserved1, size, reserved2, files_offset, reserved3;
  std::uint8_t minor, major;
  le16 folders, files, flags, set_id, index;
};
static_assert(OnDisk<RawHeader> && sizeof(RawHeader) == 36);

constexpr std::uint32_t kMagic = 0x4643534D;  // "MSCF"
constexpr std::uint16_t kPrevious = 1, kNext = 2, kReserve = 4;
constexpr std::uint64_t kReserveSizes = 36, kReserveArea = 40, kSignatureArea = 20;
constexpr std::uint32_t kSignatureMark = 0x00100000;

/// The area of a signed cabinet: mark, offset and size of the signature, 8 bytes of zero.
void signature(Bytes file, Header& h) {
  const auto reserve = file.try_get<le16>(kReserveSizes);
  if (!reserve || *reserve < kSignatureArea) return;
  const auto mark = file.try_get<le32>(kReserveArea), offset = file.try_get<le32>(kReserveArea + 4),
             size = file.try_get<le32>(kReserveArea + 8);
  if (!mark || !offset || !size || *mark != kSignatureMark || *size == 0) return;
  const SignaturePlace place{*offset, *size};
  if (file.holds(place.offset, place.size))
    h.signature = place;
  else
    h.lost.push_back({ErrorCode::truncated, "cab.signature", fmt::format("{} bytes", place.size),
                      fmt::format("a file of {} bytes", file.size()), place.offset, "copy the file again"});
}

}  // namespace

bool is_cabinet(Bytes head) {
  const auto magic = head.try_get<le32>(0);
  return magic && *magic == kMagic;
}

Result<Header> read_header(Bytes file) {
  TQ_TRY(const auto raw, file.get<RawHeader>(0, "cab.header"));
  if (raw.magic != kMagic)
    return Error{ErrorCode::corrupt, "cab.header.signature", "MSCF", fmt::format("{:#010x}", std::uint32_t{raw.magic}), file.base()};
  Header h;
  h.size = raw.size;
  h.files_offset = raw.files_offset;
  h.folders = raw.folders;
  h.files = raw.files;
  h.flags = raw.flags;
  h.set_id = raw.set_id;
  h.index = raw.index;
  h.has_previous = (h.flags & kPrevious) != 0;
  h.has_next = (h.flags & kNext) != 0;
  if (h.size > file.size())
    h.lost.push_back({ErrorCode::truncated, "cab.header.cbCabinet", fmt::format("{} bytes", h.size), fmt::format("{}", file.size()),
                      file.base() + 8, "copy the file again"});
  if ((h.flags & kReserve) != 0) signature(file, h);
  return h;
}

}  // namespace tq::format::cab
