#include "format/msi/compound.hpp"

#include <fmt/format.h>

#include <set>

namespace tq::format::msi {
namespace {

constexpr std::uint64_t kSignature = 0xE11AB1A1E011CFD0;
constexpr std::uint32_t kHeaderBytes = 512, kEntryBytes = 128, kShortBytes = 64;
constexpr std::uint32_t kLastSector = 0xFFFFFFFA, kEndOfChain = 0xFFFFFFFE, kNoEntry = 0xFFFFFFFF;
constexpr std::uint64_t kListInHeader = 76, kSectorsInHeader = 109;
constexpr std::uint8_t kStream = 2, kRoot = 5;

struct Entry {
  std::uint8_t name[64];
  le16 name_bytes;
  std::uint8_t type, colour;
  le32 left, right, child;
  std::uint8_t class_id[16];
  le32 flags;
  le64 created, modified;
  le32 start;
  le64 size;
};
static_assert(sizeof(Entry) == kEntryBytes);

Error bad(const char* place, std::string wanted, std::string found, std::uint64_t offset) {
  return {ErrorCode::corrupt, place, std::move(wanted), std::move(found), offset};
}

std::u16string name_of(const Entry& e) {
  std::u16string name;
  // The length counts the NUL at the end.
  for (std::size_t i = 0; i + 3 < e.name_bytes && i + 1 < sizeof e.name; i += 2)
    name.push_back(static_cast<char16_t>(e.name[i] | e.name[i + 1] << 8));
  return name;
}

void append(std::vector<std::byte>& out, Bytes b) { out.insert(out.end(), b.span().begin(), b.span().end()); }

}  // namespace

bool CompoundFile::probe(Bytes file) { return file.try_get<le64>(0).value_or(le64{}) == kSignature; }

Result<CompoundFile> CompoundFile::open(Bytes file, std::uint32_t most_entries) {
  CompoundFile f(file, most_entries);
  TQ_TRY([[maybe_unused]] const auto done, f.read_header());
  return f;
}

Status CompoundFile::read_header() {
  if (!probe(file_)) return bad("msi.header.signature", "D0CF11E0A1B11AE1", "something else", 0);
  TQ_TRY(const Bytes h, file_.sub(0, kHeaderBytes, "msi.header"));
  const auto number = [&h](std::uint64_t at) -> std::uint32_t { return *h.try_get<le32>(at); };
  const std::uint16_t shift = *h.try_get<le16>(30), short_shift = *h.try_get<le16>(32);
  if ((shift != 9 && shift != 12) || short_shift != 6)
    return bad("msi.header.sector_shift", "9 or 12, and 6 for short ones", fmt::format("{} and {}", shift, short_shift), 30);
  sector_bytes_ = 1U << shift;
  cutoff_ = number(56);
  TQ_TRY([[maybe_unused]] const auto fat, read_fat(number(44), number(68), number(72)));
  if (number(64) != 0) {
    const auto table = gather(number(60), "msi.short_fat");
    if (!table) lost_.push_back(table.error());
    for (std::uint64_t at = 0; table && at + 4 <= table->size(); at += 4) short_fat_.push_back(*bytes_of(*table).try_get<le32>(at));
  }
  read_directory(number(48));
  return ok();
}

std::optional<Bytes> CompoundFile::sector(std::uint32_t n) const {
  // The header fills the place of one sector, whatever their size.
  const std::uint64_t at = (std::uint64_t{n} + 1) * sector_bytes_;
  if (at >= file_.size()) return std::nullopt;
  // Writers may cut the last sector short.
  return file_.try_sub(at, std::min<std::uint64_t>(sector_bytes_, file_.size() - at));
}

/// The table of sectors is itself in sectors: the first 109 are named by the header, the others by a chain of lists.
Status CompoundFile::read_fat(std::uint32_t sectors, std::uint32_t next_list, std::uint32_t lists) {
  const std::uint64_t most = file_.size() / sector_bytes_ + 1;
  if (sectors > most || lists > most) return bad("msi.header.fat_sectors", fmt::format("at most {}", most), std::to_string(sectors), 44);
  std::vector<std::uint32_t> places;
  for (std::uint64_t i = 0; i < kSectorsInHeader && places.size() < sectors; ++i)
    places.push_back(*file_.try_get<le32>(kListInHeader + 4 * i));
  const std::uint64_t each = sector_bytes_ / 4 - 1;
  for (std::uint32_t i = 0; i < lists && places.size() < sectors; ++i) {
    const auto list = sector(next_list);
    if (!list || list->size() < sector_bytes_) return bad("msi.fat_list", "a sector inside the file", std::to_string(next_list), 68);
    for (std::uint64_t k = 0; k < each && places.size() < sectors; ++k) places.push_back(*list->try_get<le32>(4 * k));
    next_list = *list->try_get<le32>(4 * each);
  }
  for (const auto p : places) {
    const auto s = sector(p);
    if (!s) lost_.push_back(bad("msi.fat", "a sector inside the file", std::to_string(p), kListInHeader));
    for (std::uint64_t at = 0; at < sector_bytes_; at += 4)
      fat_.push_back(s ? std::uint32_t{s->try_get<le32>(at).value_or(le32{})} : kLastSector);
  }
  return ok();
}

Result<std::vector<std::uint32_t>> CompoundFile::chain(const std::vector<std::uint32_t>& table, std::uint32_t start,
                                                       const char* what) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t n = start; n != kEndOfChain; n = table[n]) {
    // No chain is longer than its table: a longer one is a circle.
    if (n >= table.size() || out.size() >= table.size())
      return bad(what, "a chain of sectors that ends", n >= table.size() ? fmt::format("sector {}", n) : "a circle", 0);
    out.push_back(n);
  }
  return out;
}

Result<std::vector<std::byte>> CompoundFile::gather(std::uint32_t start, const char* what) const {
  TQ_TRY(const auto sectors, chain(fat_, start, what));
  std::vector<std::byte> out;
  for (const auto n : sectors) {
    const auto s = sector(n);
    if (!s) return bad(what, "a sector inside the file", std::to_string(n), 0);
    append(out, *s);
  }
  return out;
}

void CompoundFile::read_directory(std::uint32_t start) {
  const auto bytes = gather(start, "msi.directory");
  if (!bytes) return lost_.push_back(bytes.error());
  const Bytes all = bytes_of(*bytes);
  const auto root = all.try_get<Entry>(0);
  if (!root || root->type != kRoot) return lost_.push_back(bad("msi.directory.root", "an entry of type 5", "another", 0));
  if (root->size != 0) {
    auto content = gather(root->start, "msi.short_sectors");
    if (content)
      short_sectors_ = *std::move(content);
    else
      lost_.push_back(content.error());
  }
  std::vector<std::uint32_t> open{root->child};
  std::set<std::uint32_t> seen;
  while (!open.empty()) {
    const std::uint32_t n = open.back();
    open.pop_back();
    if (n == kNoEntry || !seen.insert(n).second) continue;
    if (seen.size() > most_entries_)
      return lost_.push_back(Error{ErrorCode::limit, "msi.directory", fmt::format("at most {} entries", most_entries_), "more"});
    const auto e = all.try_get<Entry>(std::uint64_t{n} * kEntryBytes);
    if (!e) {
      lost_.push_back(bad("msi.directory.entry", "an entry inside the directory", std::to_string(n), 0));
      continue;
    }
    open.push_back(e->left);
    open.push_back(e->right);
    // Files of version 3 leave the upper half of the size undefined.
    if (e->type == kStream)
      streams_.push_back({name_of(*e), sector_bytes_ == 512 ? e->size & 0xFFFFFFFF : std::uint64_t{e->size}, e->start});
  }
}

Result<std::vector<std::byte>> CompoundFile::read(const Stream& s) const {
  if (s.size > file_.size()) return bad("msi.stream.size", "less than the file", std::to_string(s.size), 0);
  std::vector<std::byte> out;
  if (s.size == 0) return out;
  if (s.size >= cutoff_) {
    TQ_TRY(out, gather(s.start, "msi.stream"));
  } else {
    TQ_TRY(const auto pieces, chain(short_fat_, s.start, "msi.short_stream"));
    for (const auto n : pieces) {
      const auto piece = bytes_of(short_sectors_).try_sub(std::uint64_t{n} * kShortBytes, kShortBytes);
      if (!piece) return bad("msi.short_stream", "a short sector that is there", std::to_string(n), 0);
      append(out, *piece);
    }
  }
  if (out.size() < s.size) return bad("msi.stream", fmt::format("{} bytes", s.size), fmt::format("{}", out.size()), 0);
  out.resize(s.size);
  return out;
}

}  // namespace tq::format::msi
