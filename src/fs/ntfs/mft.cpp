#include "fs/ntfs/mft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fs/ntfs/attribute_list.hpp"
#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

/// $MFTMirr holds the first four records, or as many as fill one cluster.
std::uint64_t mirrored(const Geometry& g) { return std::max<std::uint64_t>(4, g.cluster_size / g.record_size); }

constexpr auto kData = static_cast<std::uint32_t>(AttributeType::data);

std::vector<Piece> unnamed(const std::shared_ptr<const Record>& r, std::uint32_t type) {
  std::vector<Piece> out;
  for (const Attribute& a : r->attributes)
    if (a.type == type && a.name.empty()) out.push_back({r, &a});
  return out;
}

}  // namespace

Result<std::shared_ptr<const Record>> Mft::record_at(Medium& medium, std::uint64_t cluster, std::uint64_t number) {
  const Geometry& g = medium.geometry;
  if (cluster >= g.clusters)
    return Error{ErrorCode::corrupt, "ntfs.boot.mft_cluster", fmt::format("below {}", g.clusters), fmt::format("{}", cluster)};
  const std::uint64_t offset = cluster * g.cluster_size + number * g.record_size;
  std::vector<std::byte> raw(g.record_size);
  TQ_TRY(const auto done, medium.disk.read_cached(offset, raw, raw.size()));
  static_cast<void>(done);
  return parse_record(std::move(raw), number, offset);
}

Result<Mft> Mft::open_at(Medium& medium, std::uint64_t cluster) {
  TQ_TRY(const auto first, record_at(medium, cluster, well_known::kMft));
  TQ_TRY(Stream s, assemble(medium, unnamed(first, kData)));
  if (s.resident || s.unit != 0 || !s.runs.at(0))
    return Error{ErrorCode::corrupt, "ntfs.mft", "a table in plain runs", "none", first->offset};
  Mft mft(medium, std::move(s));
  mft.add_listed_runs(*first);
  if (mft.stream_.damage) medium.journal.lose(*mft.stream_.damage);
  return mft;
}

Result<Mft> Mft::open(Medium& medium) {
  auto main = open_at(medium, medium.geometry.mft_cluster);
  if (main && !main->stream_.damage) return main;
  auto copy = open_at(medium, medium.geometry.mirror_cluster);
  if (!copy || (main && copy->stream_.damage)) return main;
  medium.journal.note("$MFT: its first record is damaged, the copy in $MFTMirr is used");
  if (!main) medium.journal.lose(main.error());
  return copy;
}

/// The runs of a table in many pieces lie in records of the table itself: each piece is read through those before it.
void Mft::add_listed_runs(const Record& first) {
  const auto it =
      std::find_if(first.attributes.begin(), first.attributes.end(), [](const Attribute& a) { return a.type == kAttributeList; });
  if (it == first.attributes.end()) return;
  const auto self = std::make_shared<Record>(first);
  auto s = assemble(*medium_, unnamed(self, kAttributeList));
  auto bytes = s ? read_whole(*medium_, *s, kMaxAttributeList) : Result<std::vector<std::byte>>(s.error());
  if (!bytes) {
    stream_.damage = bytes.error();
    return;
  }
  AttributeList list = parse_attribute_list(Bytes(*bytes, s->offset));
  if (list.damage) medium_->journal.lose(*list.damage);
  std::erase_if(list.entries, [](const ListEntry& e) { return e.type != kData || !e.name.empty() || e.first_vcn == 0; });
  std::sort(list.entries.begin(), list.entries.end(), [](const ListEntry& a, const ListEntry& b) {
    return std::pair(a.first_vcn, a.record.raw) < std::pair(b.first_vcn, b.record.raw);
  });
  for (const ListEntry& e : list.entries) {
    auto r = record(e.record.number());
    if (!r) {
      if (!stream_.damage) stream_.damage = r.error();
      continue;
    }
    for (const Attribute& a : (*r)->attributes)
      if (a.type == kData && a.name.empty() && !a.resident && a.first_vcn == e.first_vcn && a.first_vcn >= stream_.runs.end())
        static_cast<void>(append_runs(*medium_, a, stream_));
  }
}

Result<std::shared_ptr<const Record>> Mft::main_copy(std::uint64_t number) {
  const Geometry& g = medium_->geometry;
  if (number >= records())
    return Error{ErrorCode::corrupt, "ntfs.mft", fmt::format("a record below {}", records()), fmt::format("record {}", number)};
  const std::uint64_t at = number * g.record_size;
  std::vector<std::byte> raw(g.record_size);
  TQ_TRY(const auto done, read_metadata(*medium_, stream_, at, raw));
  static_cast<void>(done);
  return parse_record(std::move(raw), number, place_of(*medium_, stream_, at));
}

Result<std::shared_ptr<const Record>> Mft::record(std::uint64_t number) {
  auto main = main_copy(number);
  if (main || number >= mirrored(medium_->geometry)) return main;
  auto copy = record_at(*medium_, medium_->geometry.mirror_cluster, number);
  if (!copy) return main;
  medium_->journal.lose(main.error());
  medium_->journal.note(fmt::format("$MFT: record {} is damaged, its copy in $MFTMirr is used", number));
  return copy;
}

}  // namespace tq::fs::ntfs
