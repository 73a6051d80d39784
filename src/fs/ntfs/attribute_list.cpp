#include "fs/ntfs/attribute_list.hpp"

#include <fmt/format.h>

namespace tq::fs::ntfs {
namespace {

struct EntryHeader {
  le32 type;
  le16 length;
  std::uint8_t name_length, name_offset;
  le64 first_vcn, record;
  le16 id;
};
static_assert(OnDisk<EntryHeader> && sizeof(EntryHeader) == 26);

}  // namespace

AttributeList parse_attribute_list(Bytes b) {
  AttributeList out;
  for (std::uint64_t at = 0; at < b.size();) {
    const auto h = b.try_get<EntryHeader>(at);
    const auto whole = h ? b.try_sub(at, h->length) : std::nullopt;
    const auto name = whole ? whole->try_sub(h->name_offset, std::uint64_t{h->name_length} * 2) : std::nullopt;
    if (!whole || h->length < sizeof(EntryHeader) || (h->name_length != 0 && !name)) {
      out.damage = Error{ErrorCode::corrupt, "ntfs.attribute_list", fmt::format("an entry inside the {} bytes", b.size()),
                         fmt::format("one at {:#x} that reaches out", at), b.base() + at};
      return out;
    }
    ListEntry e{h->type, h->id, {}, h->first_vcn, Reference{h->record}};
    for (std::size_t i = 0; i < h->name_length; ++i) e.name += static_cast<char16_t>(std::uint16_t{*name->try_get<le16>(2 * i)});
    out.entries.push_back(std::move(e));
    at += h->length;
  }
  return out;
}

}  // namespace tq::fs::ntfs
