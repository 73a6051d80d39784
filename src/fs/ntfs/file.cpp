#include "fs/ntfs/file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

Error file_error(const char* field, const Record& r, std::string wanted, std::string found) {
  return Error{ErrorCode::corrupt, std::string("ntfs.file.") + field, std::move(wanted), std::move(found), r.offset};
}

/// A record that was used for a part of an earlier file of the same number is no part of this one; 0 leaves the sequence open.
bool is_part_of(const Record& part, const Record& base) {
  return part.in_use && part.base.number() == base.number && (part.base.sequence() == 0 || part.base.sequence() == base.sequence);
}

}  // namespace

Result<File> File::load(Medium& medium, Mft& mft, Reference reference) {
  TQ_TRY(auto record, mft.record(reference.number()));
  if (!record->in_use) return file_error("record", *record, "a record in use", fmt::format("record {} is free", record->number));
  if (record->base.number() != 0)
    return file_error("record", *record, "the base record of a file", fmt::format("a part of record {}", record->base.number()));
  // The number counts up whenever the record is used again: an old reference must not give another file's bytes.
  if (reference.sequence() != 0 && reference.sequence() != record->sequence)
    return file_error("sequence", *record, fmt::format("{}", reference.sequence()), fmt::format("{}, a later file", record->sequence));
  File f(medium, mft, std::move(record));
  if (f.base_->damage) f.lose(*f.base_->damage);
  f.read_list();
  return f;
}

void File::lose(const Error& e) {
  medium_->journal.lose(e);
  if (!damage_) damage_ = e;
}

void File::read_list() {
  std::vector<Piece> list;
  for (const Attribute& a : base_->attributes)
    if (a.type == kAttributeList) list.push_back({base_, &a});
  if (list.empty()) return;
  auto s = assemble(*medium_, list);
  auto bytes = s ? read_whole(*medium_, *s, kMaxAttributeList) : Result<std::vector<std::byte>>(s.error());
  if (!bytes) return lose(bytes.error());  // what lies in the base record is still read
  list_ = parse_attribute_list(Bytes(*bytes, s->offset));
  if (list_->damage) lose(*list_->damage);
}

/// Only the records that hold what is asked for are read.
void File::add_from_list(const ListEntry& e, std::vector<Piece>& out) {
  auto r = e.record.number() == base_->number ? Result<std::shared_ptr<const Record>>(base_) : mft_->record(e.record.number());
  if (!r) return lose(r.error());
  if (*r != base_ && !is_part_of(**r, *base_))
    return lose(file_error("attribute_list", **r, fmt::format("a part of record {}", base_->number),
                           fmt::format("record {}, a part of {}", (*r)->number, (*r)->base.number())));
  const auto same = [&](const Attribute& a) { return a.type == e.type && a.id == e.id && a.name == e.name && a.first_vcn == e.first_vcn; };
  const auto it = std::find_if((*r)->attributes.begin(), (*r)->attributes.end(), same);
  if (it == (*r)->attributes.end())
    return lose(file_error("attribute_list", **r, fmt::format("attribute {:#x} with id {}", e.type, e.id), "no such attribute"));
  out.push_back({*r, &*it});
}

std::vector<Piece> File::pieces(AttributeType type) {
  std::vector<Piece> out;
  const auto number = static_cast<std::uint32_t>(type);
  if (!list_) {
    for (const Attribute& a : base_->attributes)
      if (a.type == number) out.push_back({base_, &a});
    return out;
  }
  for (const ListEntry& e : list_->entries)
    if (e.type == number) add_from_list(e, out);
  return out;
}

std::vector<Piece> File::pieces(AttributeType type, std::u16string_view name) {
  std::vector<Piece> out;
  const auto number = static_cast<std::uint32_t>(type);
  if (!list_) {
    for (const Attribute& a : base_->attributes)
      if (a.type == number && a.name == name) out.push_back({base_, &a});
    return out;
  }
  for (const ListEntry& e : list_->entries)
    if (e.type == number && e.name == name) add_from_list(e, out);
  return out;
}

Result<Stream> File::stream(AttributeType type, std::u16string_view name) {
  auto found = pieces(type, name);
  if (!found.empty()) {
    TQ_TRY(Stream s, assemble(*medium_, std::move(found)));
    // A file that ends early because a record of its list was lost must say so when that part is read.
    if (s.damage)
      medium_->journal.lose(*s.damage);
    else if (damage_ && !s.resident && s.runs.end() < (s.size + medium_->geometry.cluster_size - 1) / medium_->geometry.cluster_size)
      s.damage = damage_;
    return s;
  }
  if (damage_) return *damage_;
  return Error{ErrorCode::not_found, "ntfs.file.attribute", fmt::format("attribute {:#x}", static_cast<std::uint32_t>(type)), "none",
               base_->offset};
}

}  // namespace tq::fs::ntfs
