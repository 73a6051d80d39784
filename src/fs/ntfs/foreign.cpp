#include "fs/ntfs/foreign.hpp"

#include <algorithm>
#include <string_view>

namespace tq::fs::ntfs {
namespace {

struct Signature {
  std::uint64_t offset;
  std::string_view bytes;
  const char* name;
  ErrorCode code;
};
constexpr auto kOther = ErrorCode::unsupported;
constexpr Signature kSignatures[] = {
    {3, "-FVE-FS-", "a BitLocker volume", ErrorCode::encrypted},
    {3, "EXFAT   ", "exFAT", kOther},
    {3, "ReFS", "ReFS", kOther},
    {82, "FAT32   ", "FAT32", kOther},
    {54, "FAT1", "FAT", kOther},
    {0, "XFSB", "XFS", kOther},
    {0, std::string_view("LUKS\xba\xbe", 6), "a LUKS volume", ErrorCode::encrypted},
    {1080, std::string_view("\x53\xef", 2), "ext2, ext3 or ext4", kOther},
    {1024, "H+", "HFS+", kOther},
    {4086, "SWAPSPACE2", "Linux swap", kOther},
    {32769, "CD001", "ISO 9660", kOther},
    {65600, "_BHRfS_M", "Btrfs", kOther},
};

}  // namespace

std::optional<Error> other_filesystem(const io::ByteSource& source) {
  for (const Signature& s : kSignatures) {
    std::array<std::byte, 16> there{};
    const auto part = std::span(there).first(s.bytes.size());
    const auto n = source.read_at(s.offset, part);
    if (!n || *n != part.size() || Bytes(part).chars() != s.bytes) continue;
    const bool locked = s.code == ErrorCode::encrypted;
    return Error{s.code, "ntfs.boot", "NTFS", s.name, s.offset, locked ? "unlock it and give the unlocked volume" : ""};
  }
  return std::nullopt;
}

}  // namespace tq::fs::ntfs
