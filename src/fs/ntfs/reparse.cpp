#include "fs/ntfs/reparse.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

struct Known {
  std::uint32_t tag;
  const char* name;
};
// Names and numbers: [MS-FSCC] 2.1.2.1.
constexpr Known kKnown[] = {
    {0x80000017, "compressed by the Windows Overlay Filter (CompactOS)"},
    {0x80000013, "deduplicated"},
    {0x80000007, "in the single-instance store"},
    {0x80000008, "backed by a WIM image"},
    {0xC0000004, "in hierarchical storage"},
    {0x80000006, "in hierarchical storage"},
    {0x80000015, "a placeholder"},
    {0x9000001C, "projected"},
};

constexpr std::uint32_t kCloud = 0x9000001A, kCloudMask = 0xFFFF0FFF;  // bits 12 to 15 tell the cloud providers apart
constexpr std::uint32_t kAppExec = 0x8000001B, kSocket = 0x80000023;

}  // namespace

Result<std::optional<std::uint32_t>> reparse_tag(Medium& medium, File& file) {
  auto s = file.stream(AttributeType::reparse_point, {});
  if (!s) {
    if (s.error().code == ErrorCode::not_found) return std::optional<std::uint32_t>{};
    return s.error();
  }
  if (s->size > kMaxReparsePoint || s->size < 4)
    return Error{ErrorCode::corrupt, "ntfs.reparse_point", "4 to 65536 bytes", fmt::format("{}", s->size), s->offset};
  std::array<std::byte, 4> head{};
  TQ_TRY(const auto done, read_metadata(medium, *s, 0, head));
  static_cast<void>(done);
  return std::optional<std::uint32_t>{*Bytes(head).try_get<le32>(0)};
}

std::string reparse_name(std::uint32_t tag) {
  const auto it = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& k) { return k.tag == tag; });
  if (it != std::end(kKnown)) return it->name;
  return (tag & kCloudMask) == kCloud ? "in a cloud store" : fmt::format("behind reparse tag {:#010x}", tag);
}

// These carry data beside the tag, but have nothing in the stream that could be mistaken.
bool content_is_here(std::uint32_t tag) { return tag == kAppExec || tag == kSocket; }

}  // namespace tq::fs::ntfs
