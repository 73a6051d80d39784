#include "fs/ntfs/record.hpp"

#include <fmt/format.h>

#include "fs/ntfs/fixup.hpp"

namespace tq::fs::ntfs {
namespace {

struct RecordHeader {
  std::array<char, 4> signature;
  le16 table_offset, table_count;
  le64 log_sequence;
  le16 sequence, links, attributes, flags;
  le32 used, allocated;
  le64 base;
  le16 next_id, pad;
  le32 number;  ///< only where the update sequence begins behind it: since NT 5.1
};
static_assert(OnDisk<RecordHeader> && sizeof(RecordHeader) == 48);

struct AttributeHeader {
  le32 type, length;
  std::uint8_t non_resident, name_length;
  le16 name_offset, flags, id;
};
static_assert(OnDisk<AttributeHeader> && sizeof(AttributeHeader) == 16);

constexpr std::uint32_t kEnd = 0xFFFFFFFF;
constexpr std::uint16_t kInUse = 1, kFolder = 2;

Error record_error(const char* field, std::uint64_t offset, std::string wanted, std::string found) {
  return Error{ErrorCode::corrupt, std::string("ntfs.record.") + field, std::move(wanted), std::move(found), offset};
}

std::u16string units_of(Bytes b) {
  std::u16string s(b.size() / 2, u'\0');
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = static_cast<char16_t>(std::uint16_t{*b.try_get<le16>(2 * i)});
  return s;
}

/// The attribute at the start of `b`, which ends where the used part of the record ends.
Result<Attribute> parse_attribute(Bytes b) {
  TQ_TRY(const auto h, b.get<AttributeHeader>(0, "ntfs.record.attribute"));
  const auto whole = b.try_sub(0, h.length);
  if (!whole || h.length < 24 || h.length % 8 != 0)
    return record_error("attribute.length", b.base() + 4, fmt::format("24 to {} bytes", b.size()),
                        fmt::format("{}", std::uint32_t{h.length}));
  Attribute a;
  a.type = h.type;
  a.id = h.id;
  a.flags = h.flags;
  a.resident = h.non_resident == 0;
  a.whole = *whole;
  const auto name = whole->try_sub(h.name_offset, std::uint64_t{h.name_length} * 2);
  if (h.name_length != 0 && !name)
    return record_error("attribute.name", b.base() + 9, "a name inside the attribute",
                        fmt::format("{} characters at {:#x}", h.name_length, std::uint16_t{h.name_offset}));
  if (h.name_length != 0) a.name = units_of(*name);
  if (!a.resident) {
    TQ_TRY(const std::uint64_t first, whole->get<le64>(16, "ntfs.record.attribute.first_cluster"));
    a.first_vcn = first;
  }
  return a;
}

/// Stops at the first attribute whose length cannot be: where the next one would begin is not known then.
void parse_attributes(Record& r, const RecordHeader& h) {
  const Bytes all(r.bytes, r.offset);
  // A length that is too great is no reason to lose attributes that end well before it.
  if (h.used > all.size())
    r.damage = record_error("used", r.offset + 24, fmt::format("at most {}", all.size()), fmt::format("{}", std::uint32_t{h.used}));
  const Bytes used = *all.try_sub(0, std::min<std::uint64_t>(h.used, all.size()));
  for (std::uint64_t at = h.attributes;;) {
    const auto type = used.try_get<le32>(at);
    if (type && *type == kEnd) return;
    if (!type) {
      r.damage = record_error("attributes", r.offset + at, "an end mark", "the end of the record");
      return;
    }
    auto a = parse_attribute(used.from(at));
    if (!a) {
      r.damage = a.error();
      return;
    }
    at += a->whole.size();
    r.attributes.push_back(*std::move(a));
  }
}

}  // namespace

Result<std::shared_ptr<const Record>> parse_record(std::vector<std::byte> raw, std::uint64_t number, std::uint64_t offset) {
  auto r = std::make_shared<Record>();
  r->number = number;
  r->offset = offset;
  r->bytes = std::move(raw);
  TQ_TRY(const auto fixed, apply_fixups(r->bytes, "FILE", offset));
  static_cast<void>(fixed);
  TQ_TRY(const auto h, Bytes(r->bytes, offset).get<RecordHeader>(0, "ntfs.record"));
  // A record of another number means that the way here was wrong: better no file than the wrong one.
  if (h.table_offset >= sizeof(RecordHeader) && h.number != static_cast<std::uint32_t>(number))
    return record_error("number", offset + 44, fmt::format("{}", static_cast<std::uint32_t>(number)),
                        fmt::format("{}", std::uint32_t{h.number}));
  r->sequence = h.sequence;
  r->in_use = (h.flags & kInUse) != 0;
  r->folder = (h.flags & kFolder) != 0;
  r->base = Reference{h.base};
  parse_attributes(*r, h);
  return std::shared_ptr<const Record>(std::move(r));
}

Result<Bytes> resident_value(const Attribute& a) {
  if (!a.resident) return record_error("attribute", a.whole.base() + 8, "a resident attribute", "one with runs");
  TQ_TRY(const std::uint32_t size, a.whole.get<le32>(16, "ntfs.record.attribute.value"));
  TQ_TRY(const std::uint16_t at, a.whole.get<le16>(20, "ntfs.record.attribute.value"));
  if (auto v = a.whole.try_sub(at, size)) return *v;
  return record_error("attribute.value", a.whole.base() + 16, "a value inside the attribute", fmt::format("{} bytes at {:#x}", size, at));
}

}  // namespace tq::fs::ntfs
