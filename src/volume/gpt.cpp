#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.hpp"
#include "volume/support/table.hpp"

namespace tq::volume {
namespace {

constexpr std::string_view kSignature = "EFI PART";
constexpr std::uint32_t kEntryBytes = 128, kMaxEntryBytes = 4096;
constexpr std::uint64_t kMaxTableBytes = std::uint64_t{1} << 20;  // 8192 entries of the usual size; the usual table has 128

struct Header {
  std::array<char, 8> signature;
  le32 revision, header_bytes, checksum, reserved;
  le64 my_lba, other_lba, first_usable, last_usable;
  std::array<std::byte, 16> disk_guid;
  le64 entries_lba;
  le32 entries, entry_bytes, entries_checksum;
};
static_assert(OnDisk<Header> && sizeof(Header) == 92);

struct Entry {
  std::array<std::byte, 16> type, id;
  le64 first_lba, last_lba, attributes;
  std::array<std::byte, 72> name;
};
static_assert(OnDisk<Entry> && sizeof(Entry) == kEntryBytes);

/// A header that was found good, and its entries.
struct Copy {
  Header header{};
  std::vector<std::byte> entries;
  std::optional<Error> entries_damage;
};

std::uint32_t crc_of(std::span<const std::byte> b) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(b.data()), static_cast<uInt>(b.size())));
}

Error damaged(const std::string& place, const std::string& wanted, const std::string& found, std::uint64_t at) {
  return {ErrorCode::corrupt, place, wanted, found, at};
}

/// The first three fields are stored little-endian, the rest as it is read.
std::string guid_text(const std::array<std::byte, 16>& g) {
  static constexpr std::array<std::size_t, 16> kOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  std::string out;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02X}", static_cast<unsigned>(g[kOrder[i]]));
  }
  return out;
}

std::string name_text(const std::array<std::byte, 72>& name) {
  std::size_t n = 0;
  while (n + 1 < name.size() && (name[n] != std::byte{0} || name[n + 1] != std::byte{0})) n += 2;
  return utf16le_to_utf8(Bytes(std::span(name).first(n)));
}

Result<Header> read_header(const io::ByteSource& disk, std::uint64_t lba, std::uint32_t sector_size) {
  if (lba >= disk.size() / sector_size)
    return damaged("volume.gpt.header", "a sector inside the disk", fmt::format("sector {}", lba),
                   lba <= UINT32_MAX ? lba * sector_size : 0);
  const std::uint64_t at = lba * sector_size;
  TQ_TRY(auto sector, read_exactly(disk, at, sector_size, "volume.gpt.header"));
  const Bytes b(std::span<const std::byte>(sector), at);
  TQ_TRY(const Header h, b.get<Header>(0, "volume.gpt.header"));
  const std::string_view signature(h.signature.data(), h.signature.size());
  if (signature != kSignature) return damaged("volume.gpt.header.signature", "EFI PART", printable(signature), at);
  if (h.header_bytes < sizeof(Header) || h.header_bytes > sector_size)
    return damaged("volume.gpt.header.size", fmt::format("{} to {}", sizeof(Header), sector_size), fmt::to_string(+h.header_bytes),
                   at + 12);
  std::fill_n(sector.begin() + 16, 4, std::byte{0});  // the checksum is made with its own field empty
  const std::uint32_t crc = crc_of(std::span(sector).first(h.header_bytes));
  if (crc != h.checksum)
    return damaged("volume.gpt.header.checksum", fmt::format("0x{:08x}", crc), fmt::format("0x{:08x}", +h.checksum), at + 16);
  if (h.my_lba != lba) return damaged("volume.gpt.header.my_lba", fmt::to_string(lba), fmt::to_string(+h.my_lba), at + 24);
  return h;
}

Result<Copy> read_copy(const io::ByteSource& disk, std::uint64_t lba, std::uint32_t sector_size) {
  Copy c;
  TQ_TRY(c.header, read_header(disk, lba, sector_size));
  const std::uint64_t at = lba * sector_size;
  const std::uint64_t bytes = std::uint64_t{c.header.entries} * c.header.entry_bytes;
  if (c.header.entry_bytes < kEntryBytes || c.header.entry_bytes > kMaxEntryBytes || c.header.entry_bytes % 8 != 0)
    return damaged("volume.gpt.header.entry_size", fmt::format("{} to {}", kEntryBytes, kMaxEntryBytes),
                   fmt::to_string(+c.header.entry_bytes), at + 84);
  if (bytes > kMaxTableBytes)
    return Error{ErrorCode::limit, "volume.gpt.header.entries", fmt::format("at most {} bytes of entries", kMaxTableBytes),
                 fmt::format("{} bytes", bytes), at + 80};
  if (c.header.entries_lba >= disk.size() / sector_size)
    return damaged("volume.gpt.header.entries_lba", "a sector inside the disk", fmt::to_string(+c.header.entries_lba), at + 72);
  TQ_TRY(c.entries, read_exactly(disk, c.header.entries_lba * sector_size, bytes, "volume.gpt.entries"));
  const std::uint32_t crc = crc_of(c.entries);
  if (crc != c.header.entries_checksum)
    c.entries_damage = damaged("volume.gpt.entries.checksum", fmt::format("0x{:08x}", +c.header.entries_checksum),
                               fmt::format("0x{:08x}", crc), c.header.entries_lba * sector_size);
  return c;
}

/// Where the copy of the header may be: where the first one says, at the disk's end, and at the end the disk had when it
/// was partitioned (images are enlarged and cut).
std::vector<std::uint64_t> places_of_backup(const io::ByteSource& disk, const Mbr* mbr, const Copy* primary, std::uint32_t sector_size) {
  std::vector<std::uint64_t> out;
  if (primary != nullptr) out.push_back(primary->header.other_lba);
  if (disk.size() / sector_size > 1) out.push_back(disk.size() / sector_size - 1);
  if (mbr != nullptr)
    for (const MbrEntry& e : mbr->entries)
      if (e.protective() && e.sectors != 0) out.push_back(std::uint64_t{e.first_lba} + e.sectors - 1);
  std::erase_if(out, [](std::uint64_t lba) { return lba <= 1; });
  return out;
}

/// The copy that is whole; else one with a good header and damaged entries; else nullopt. What was wrong is named.
std::optional<Copy> find_backup(const io::ByteSource& disk, const std::vector<std::uint64_t>& places, Table& table) {
  std::optional<Error> first_failure;
  std::optional<Copy> header_only;
  for (const std::uint64_t lba : places) {
    auto copy = read_copy(disk, lba, table.sector_size);
    if (copy && !copy->entries_damage) {
      table.notes.push_back(fmt::format("GPT: the copy in sector {} was used", lba));
      return *std::move(copy);
    }
    if (!first_failure) first_failure = copy ? copy->entries_damage : copy.error();
    if (copy && !header_only) header_only = *std::move(copy);
  }
  if (first_failure) table.lost.push_back(*first_failure);
  return header_only;
}

void add_entries(const io::ByteSource& disk, const Copy& copy, Table& table) {
  const Bytes entries(std::span<const std::byte>(copy.entries), copy.header.entries_lba * table.sector_size);
  for (std::uint32_t i = 0; i < copy.header.entries; ++i) {
    const std::uint64_t at = std::uint64_t{i} * copy.header.entry_bytes;
    const auto e = entries.try_get<Entry>(at);
    if (!e) return;
    if (std::ranges::all_of(e->type, [](std::byte b) { return b == std::byte{0}; })) continue;
    Volume v;
    v.number = i + 1;
    v.scheme = "gpt";
    v.type = guid_text(e->type);
    v.name = name_text(e->name);
    v.id = guid_text(e->id);
    v.role = gpt_role(v.type);
    const std::string place = fmt::format("volume.gpt.entry {}", i + 1);
    if (e->last_lba < e->first_lba) {
      table.lost.push_back(damaged(place, fmt::format("an end at or behind sector {}", +e->first_lba),
                                   fmt::format("sector {}", +e->last_lba), entries.base() + at));
      continue;
    }
    // An end of 2^64-1 would make the count wrap to 0; one sector less changes nothing, it is cut to the disk.
    const std::uint64_t count = std::min(e->last_lba - e->first_lba, UINT64_MAX - 1) + 1;
    add_volume(disk, table, std::move(v), {e->first_lba, count}, place, entries.base() + at);
  }
}

}  // namespace

bool has_gpt_signature(const io::ByteSource& disk, std::uint64_t lba, std::uint32_t sector_size) {
  const auto b = read_exactly(disk, lba * sector_size, kSignature.size(), "volume.gpt.header");
  return b && bytes_of(*b).chars() == kSignature;
}

void read_gpt(const io::ByteSource& disk, const Mbr* mbr, Table& table) {
  const auto primary = read_copy(disk, 1, table.sector_size);
  if (primary && !primary->entries_damage) return add_entries(disk, *primary, table);
  table.lost.push_back(primary ? *primary->entries_damage : primary.error());
  const Copy* known = primary ? &*primary : nullptr;
  const auto backup = find_backup(disk, places_of_backup(disk, mbr, known, table.sector_size), table);
  if (backup && (known == nullptr || !backup->entries_damage)) known = &*backup;
  if (known == nullptr) return;
  // Both tables are damaged, but a header is whole: entries that still make sense are worth more than none. The damage
  // is named above, and each entry is held against the disk.
  if (known->entries_damage) table.notes.emplace_back("GPT: entries used although their checksum is wrong and no copy is whole");
  add_entries(disk, *known, table);
}

}  // namespace tq::volume
