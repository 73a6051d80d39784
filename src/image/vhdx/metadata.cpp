#include "image/vhdx/metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "image/vhdx/checksum.hpp"
#include "image/vhdx/header.hpp"
#include "image/vhdx/locator.hpp"
#include "io/window.hpp"

namespace tq::image::vhdx_format {
namespace {

constexpr std::uint64_t kMaxDiskBytes = std::uint64_t{64} << 40;  // the format's own limit
constexpr std::uint64_t kMinBlock = kMiB, kMaxBlock = 256 * kMiB;
constexpr std::uint32_t kMaxItemBytes = 1U << 20;
constexpr std::uint32_t kFixedFlag = 1, kParentFlag = 2;  // of the file parameters

using Items = std::map<Guid, std::vector<std::byte>>;

/// A region table with a right checksum; empty when it has none.
std::vector<std::byte> whole_region_table(const io::ByteSource& file, std::uint64_t offset) {
  std::vector<std::byte> raw(kTableBytes);
  const auto n = file.read_at(offset, raw);
  if (!n || *n != raw.size()) return {};
  const auto head = *bytes_of(raw).try_get<RegionTable>(0);
  const bool whole = std::string_view(head.signature.data(), 4) == "regi" && checksum_of(bytes_of(raw)) == head.checksum;
  if (!whole || head.entries > kMaxEntries) raw.clear();
  return raw;
}

Result<std::vector<std::byte>> region_table(const io::ByteSource& file, std::vector<std::string>& notes) {
  auto raw = whole_region_table(file, kRegionTableOffsets[0]);
  if (!raw.empty()) return raw;
  raw = whole_region_table(file, kRegionTableOffsets[1]);
  if (raw.empty())
    return Error{ErrorCode::corrupt, "vhdx.region_table", "a table with a right checksum", "two damaged ones", kRegionTableOffsets[0]};
  notes.push_back("vhdx: the first region table is damaged; the second is used");
  return raw;
}

Status read_regions(const io::ByteSource& file, Parameters& out, std::vector<std::string>& notes) {
  TQ_TRY(const auto raw, region_table(file, notes));
  const auto head = *bytes_of(raw).try_get<RegionTable>(0);
  for (std::uint64_t i = 0; i < head.entries; ++i) {
    const auto e = *bytes_of(raw).try_get<RegionEntry>(sizeof head + i * sizeof(RegionEntry));  // kMaxEntries fit
    const bool known = e.id == kTableRegion || e.id == kMetadataRegion;
    if (!known && (e.required & 1) != 0) return Error{ErrorCode::unsupported, "vhdx.region", "a known region", guid_text(e.id)};
    if (!known) continue;
    if (e.offset < kHeaderAreaBytes || e.offset % kMiB != 0 || e.offset >= file.size())
      return Error{ErrorCode::corrupt, "vhdx.region.offset", "whole MiB inside the file", fmt::format("{}", std::uint64_t{e.offset})};
    (e.id == kTableRegion ? out.table : out.metadata) = {e.offset, e.size};
  }
  if (out.table.size == 0) return Error{ErrorCode::corrupt, "vhdx.region", "an allocation table", "none"};
  if (out.metadata.size < kTableBytes) return Error{ErrorCode::corrupt, "vhdx.region", "metadata", "none"};
  return ok();
}

bool known_item(const Guid& id) {
  const Guid* const known[] = {&kFileParameters, &kVirtualDiskSize, &kVirtualDiskId, &kLogicalSector, &kPhysicalSector, &kParentLocator};
  return std::any_of(std::begin(known), std::end(known), [&](const Guid* k) { return *k == id; });
}

Result<Items> read_items(const io::ByteSource& file, const Region& region) {
  std::vector<std::byte> raw(kTableBytes);
  TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(file, region.offset, raw, "vhdx.metadata"));
  const auto head = *bytes_of(raw).try_get<MetadataTable>(0);
  if (std::string_view(head.signature.data(), 8) != "metadata" || head.entries > kMaxEntries)
    return Error{ErrorCode::corrupt, "vhdx.metadata.signature", "metadata", "something else", region.offset};
  Items out;
  for (std::uint64_t i = 0; i < head.entries; ++i) {
    const auto e = *bytes_of(raw).try_get<MetadataEntry>(sizeof head + i * sizeof(MetadataEntry));
    if (!known_item(e.id) && (e.flags & kMetadataRequired) != 0)
      return Error{ErrorCode::unsupported, "vhdx.metadata.item", "a known item", guid_text(e.id)};
    if (!known_item(e.id)) continue;
    if (e.size > kMaxItemBytes || e.offset < kTableBytes || e.offset > region.size || e.size > region.size - e.offset)
      return Error{ErrorCode::corrupt, "vhdx.metadata.item", "a place inside the metadata",
                   fmt::format("offset {}, {} bytes", std::uint32_t{e.offset}, std::uint32_t{e.size})};
    std::vector<std::byte> item(e.size);
    TQ_TRY([[maybe_unused]] const auto there, io::read_exactly(file, region.offset + e.offset, item, "vhdx.metadata.item"));
    out[e.id] = std::move(item);
  }
  return out;
}

template <class T>
Result<T> item_number(const Items& items, const Guid& id, const char* place) {
  const auto at = items.find(id);
  if (at == items.end()) return Error{ErrorCode::corrupt, place, "a metadata item", "none"};
  return bytes_of(at->second).get<T>(0, place);
}

Status check(const Parameters& p) {
  if (!std::has_single_bit(p.block_bytes) || p.block_bytes < kMinBlock || p.block_bytes > kMaxBlock)
    return Error{ErrorCode::corrupt, "vhdx.metadata.block_size", "a power of two from 1 MiB to 256 MiB", fmt::format("{}", p.block_bytes)};
  if (p.sector_bytes != 512 && p.sector_bytes != 4096)
    return Error{ErrorCode::corrupt, "vhdx.metadata.logical_sector_size", "512 or 4096", fmt::format("{}", p.sector_bytes)};
  if (p.disk_bytes == 0 || p.disk_bytes > kMaxDiskBytes || p.disk_bytes % p.sector_bytes != 0)
    return Error{ErrorCode::corrupt, "vhdx.metadata.virtual_disk_size", "whole sectors, at most 64 TiB", fmt::format("{}", p.disk_bytes)};
  return ok();
}

}  // namespace

Result<Parameters> read_parameters(const io::ByteSource& file, std::vector<std::string>& notes) {
  Parameters out;
  TQ_TRY([[maybe_unused]] const auto regions, read_regions(file, out, notes));
  TQ_TRY(const Items items, read_items(file, out.metadata));
  TQ_TRY(out.block_bytes, item_number<le32>(items, kFileParameters, "vhdx.metadata.block_size"));
  TQ_TRY(out.disk_bytes, item_number<le64>(items, kVirtualDiskSize, "vhdx.metadata.virtual_disk_size"));
  TQ_TRY(out.sector_bytes, item_number<le32>(items, kLogicalSector, "vhdx.metadata.logical_sector_size"));
  TQ_TRY(const std::uint32_t flags, bytes_of(items.at(kFileParameters)).get<le32>(4, "vhdx.metadata.flags"));
  out.fixed = (flags & kFixedFlag) != 0;
  out.has_parent = (flags & kParentFlag) != 0;
  TQ_TRY([[maybe_unused]] const auto fine, check(out));
  if (!out.has_parent) return out;
  const auto locator = items.find(kParentLocator);
  if (locator == items.end()) return Error{ErrorCode::corrupt, "vhdx.parent_locator", "a locator of the parent", "none"};
  TQ_TRY([[maybe_unused]] const auto located, read_locator(bytes_of(locator->second), out));
  return out;
}

}  // namespace tq::image::vhdx_format
