#include "fs/ntfs/file_name.hpp"

#include <fmt/format.h>

namespace tq::fs::ntfs {
namespace {

struct NameHeader {
  le64 parent;
  le64 created, modified, changed, accessed;
  le64 allocated, size;
  le32 flags, reparse_tag;
  std::uint8_t length, space;
};
static_assert(OnDisk<NameHeader> && sizeof(NameHeader) == 66);

}  // namespace

Result<FileName> parse_file_name(Bytes b) {
  TQ_TRY(const auto h, b.get<NameHeader>(0, "ntfs.file_name"));
  TQ_TRY(const Bytes units, b.sub(sizeof(NameHeader), std::uint64_t{h.length} * 2, "ntfs.file_name.name"));
  if (h.length == 0 || h.space > 3)
    return Error{ErrorCode::corrupt, "ntfs.file_name", "a name of namespace 0 to 3",
                 fmt::format("{} characters, namespace {}", h.length, h.space), b.base() + 64};
  FileName n;
  n.parent = Reference{h.parent};
  n.modified = FileTime{h.modified};
  n.size = h.size;
  n.flags = h.flags;
  n.reparse_tag = h.reparse_tag;
  n.space = static_cast<NameSpace>(h.space);
  n.name.reserve(h.length);
  for (std::uint64_t i = 0; i < units.size(); i += 2) n.name += static_cast<char16_t>(std::uint16_t{*units.try_get<le16>(i)});
  return n;
}

// "/" is legal for NTFS itself; POSIX programs and attackers can write it. Paths of a tree could not tell it from a separator.
bool can_be_in_path(std::u16string_view name) {
  return name != u"." && name != u".." && name.find_first_of(std::u16string_view(u"/\0", 2)) == std::u16string_view::npos;
}

}  // namespace tq::fs::ntfs
