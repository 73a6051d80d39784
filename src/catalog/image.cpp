#include "catalog/image.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/hash.hpp"
#include "core/text.hpp"

namespace tq::catalog {
namespace {

constexpr std::uint32_t kMaxTables = 256;
constexpr std::uint32_t kMaxRowWords = 256;

Error damage(std::string place, std::string wanted, std::string found, std::optional<std::uint64_t> offset = std::nullopt) {
  return {ErrorCode::corrupt, std::move(place), std::move(wanted),
          std::move(found),   offset,           "use another catalog file, or leave --catalog out to use the built-in one"};
}

/// The one place where bytes become words. le32 has alignment 1 and no padding, so any position will do.
std::span<const le32> words_in(Bytes b) {
  return {reinterpret_cast<const le32*>(b.data()), static_cast<std::size_t>(b.size() / sizeof(le32))};
}

bool good_date(std::uint32_t v) {
  if (v == 0) return true;
  return Date::parse(fmt::format("{:04}-{:02}-{:02}", v / 10000, v / 100 % 100, v % 100)).has_value();
}

Date to_date(std::uint32_t v) { return {static_cast<int>(v / 10000), static_cast<int>(v / 100 % 100), static_cast<int>(v % 100)}; }

std::uint32_t enum_count(Field f) {
  switch (f) {
    case Field::flag: return 2;
    case Field::arches: return 32;
    case Field::kind: return kCount<UpdateKind>;
    case Field::basis: return kCount<VersionBasis>;
    case Field::confidence: return kCount<Confidence>;
    case Field::verdict: return kCount<BeliefVerdict>;
    case Field::branch: return kCount<Branch>;
    case Field::treatment: return kCount<KernelTreatment>;
    case Field::product_class: return kCount<ProductClass>;
    case Field::product_arch: return kCount<ProductArch>;
    case Field::component: return kCount<Component>;
    case Field::rating: return kCount<Rating>;
    case Field::file_branch: return kCount<FileBranch>;
    case Field::correction: return kCount<CorrectionKind>;
    case Field::text:
    case Field::number:
    case Field::date:
    case Field::version:
    case Field::kb:
    case Field::kbs:
    case Field::kb_groups:
    case Field::cve:
    case Field::names:
    case Field::cves:
    case Field::update_row:
    case Field::product_row:
    case Field::provenance: return 0;
  }
  return 0;
}

}  // namespace

Result<Image> Image::open(Bytes bytes, Check check) {
  TQ_TRY(const FileHeader head, bytes.get<FileHeader>(0, "catalog.header"));
  if (head.magic != kMagic) return damage("catalog.magic", "TQCATLG", hex(*bytes.try_sub(0, head.magic.size())), 0);
  if (head.version != kFormatVersion)
    return Error{ErrorCode::unsupported,
                 "catalog.version",
                 fmt::format("{}", kFormatVersion),
                 fmt::format("{}", static_cast<std::uint32_t>(head.version)),
                 offsetof(FileHeader, version),
                 "the catalog was written for another version of this program"};
  if (head.file_size != bytes.size())
    return damage("catalog.file_size", fmt::format("{} bytes", bytes.size()),
                  fmt::format("{} bytes", static_cast<std::uint64_t>(head.file_size)), offsetof(FileHeader, file_size));
  // The hash does not cover the header: whatever may be written there must be tested here.
  if (std::any_of(head.reserved.begin(), head.reserved.end(), [](std::uint8_t b) { return b != 0; }))
    return damage("catalog.reserved", "zeros", hex(Bytes(std::as_bytes(std::span(head.reserved)))), offsetof(FileHeader, reserved));
  Image image;
  image.bytes_ = bytes;
  image.sha256_ = hex(Bytes(std::as_bytes(std::span(head.sha256))));
  if (check == Check::everything) {
    const std::string found = sha256_hex(bytes.from(sizeof(FileHeader)));
    if (found != image.sha256_) return damage("catalog.sha256", image.sha256_, found, offsetof(FileHeader, sha256));
  }
  if (auto s = image.read_directory(head.table_count); !s) return s.error();
  if (auto s = image.require_tables(); !s) return s.error();
  if (check == Check::everything)
    if (auto s = image.check_rows(); !s) return s.error();
  return image;
}

Status Image::read_directory(std::uint32_t tables) {
  if (tables > kMaxTables)
    return damage("catalog.table_count", fmt::format("at most {}", kMaxTables), fmt::format("{}", tables),
                  offsetof(FileHeader, table_count));
  for (std::uint32_t i = 0; i < tables; ++i) {
    const std::uint64_t at = sizeof(FileHeader) + std::uint64_t{i} * sizeof(DirectoryEntry);
    TQ_TRY(const DirectoryEntry e, bytes_.get<DirectoryEntry>(at, "catalog.directory"));
    if (auto s = add_table(e, at); !s) return s;
  }
  return ok();
}

Status Image::add_table(const DirectoryEntry& e, std::uint64_t at) {
  const auto id = static_cast<TableId>(static_cast<std::uint32_t>(e.id));
  const std::string place = fmt::format("catalog.table[{}]", static_cast<std::uint32_t>(e.id));
  if (e.id >= kTableIds) return ok();  // of a later program
  if (has(id)) return damage(place, "each table once", "a second one", at);
  if (e.row_words > kMaxRowWords)
    return damage(place + ".row_words", fmt::format("at most {}", kMaxRowWords), fmt::format("{}", static_cast<std::uint32_t>(e.row_words)),
                  at);
  const std::uint64_t size = e.row_words == 0 ? std::uint64_t{e.rows} : std::uint64_t{e.rows} * e.row_words * sizeof(le32);
  TQ_TRY(const Bytes body, bytes_.sub(e.offset, size, place.c_str()));
  // Only the strings are bytes; a table of another id may not pretend to be.
  if ((id == TableId::strings) != (e.row_words == 0))
    return damage(place + ".row_words", "0 for strings only", fmt::format("{}", static_cast<std::uint32_t>(e.row_words)), at);
  if (id == TableId::strings) strings_ = body;
  const Schema* s = find_schema(id);
  if (s != nullptr && e.row_words < catalog::row_words(*s))
    return damage(place + ".row_words", fmt::format("at least {}", catalog::row_words(*s)),
                  fmt::format("{}", static_cast<std::uint32_t>(e.row_words)), at);
  const auto i = static_cast<std::size_t>(id);
  tables_[i] = {words_in(body), e.row_words, id == TableId::strings ? 0 : static_cast<std::uint32_t>(e.rows)};
  present_[i] = true;
  return ok();
}

Status Image::require_tables() const {
  struct Shape {
    TableId id;
    std::uint32_t row_words;
  };
  constexpr Shape kShapes[] = {{TableId::strings, 0},          {TableId::words, 1},         {TableId::groups, 2},
                               {TableId::kb_index, 2},         {TableId::provenances, 4},   {TableId::update_links, 4},
                               {TableId::fixes_by_product, 1}, {TableId::product_links, 2}, {TableId::set_links, 4},
                               {TableId::set_members, 1},      {TableId::fixes_by_set, 1},  {TableId::cve_links, 2},
                               {TableId::sets_of_cves, 1}};
  for (const Shape& shape : kShapes) {
    const std::string place = fmt::format("catalog.table[{}]", static_cast<std::uint32_t>(shape.id));
    if (!has(shape.id)) return damage(place, "present", "absent");
    if (table(shape.id).row_words != shape.row_words)
      return damage(place + ".row_words", fmt::format("{}", shape.row_words), fmt::format("{}", table(shape.id).row_words));
  }
  for (const Schema& s : schemas())
    if (!has(s.id)) return damage("catalog.table." + std::string(s.stem), "present", "absent");
  return check_index();
}

/// find_kb() trusts the index to be sorted and to stay inside the updates, so this is looked at in every open.
Status Image::check_index() const {
  const Table& index = table(TableId::kb_index);
  const Table& updates = table(TableId::updates);
  if (index.rows != updates.rows) return damage("catalog.kb_index", fmt::format("{} rows", updates.rows), fmt::format("{}", index.rows));
  for (std::uint32_t i = 0; i < index.rows; ++i) {
    const std::uint32_t kb = index.words[std::size_t{i} * 2], row = index.words[std::size_t{i} * 2 + 1];
    if (row >= updates.rows || updates.words[std::size_t{row} * updates.row_words] != kb)
      return damage(fmt::format("catalog.kb_index[{}]", i), "the row of its KB", fmt::format("row {}", row));
    if (i > 0 && index.words[std::size_t{i} * 2 - 2] >= kb)
      return damage(fmt::format("catalog.kb_index[{}]", i), "KBs in rising order", fmt::format("{}", kb));
  }
  return ok();
}

/// Each pair of words from column `at` of `links` is a range inside `into`.
Status Image::check_ranges(TableId links, std::uint32_t at, TableId into) const {
  const Table& t = table(links);
  for (std::uint32_t row = 0; row < t.rows; ++row) {
    const std::size_t i = std::size_t{row} * t.row_words + at;
    if (std::uint64_t{t.words[i]} + t.words[i + 1] > table(into).rows)
      return damage(fmt::format("catalog.table[{}][{}]", static_cast<std::uint32_t>(links), row), "a range inside its table", "another");
  }
  return ok();
}

/// Each word of `references` is a row of `into`.
Status Image::check_references(TableId references, TableId into) const {
  const Table& t = table(references);
  for (std::uint32_t row = 0; row < t.rows; ++row)
    if (t.words[row] >= table(into).rows)
      return damage(fmt::format("catalog.table[{}][{}]", static_cast<std::uint32_t>(references), row), "a row of its table",
                    fmt::format("{}", static_cast<std::uint32_t>(t.words[row])));
  return ok();
}

Status Image::check_links() const {
  struct Length {
    TableId links, rows;
  };
  for (const Length& l : {Length{TableId::update_links, TableId::updates}, Length{TableId::product_links, TableId::products},
                          Length{TableId::cve_links, TableId::cves}, Length{TableId::fixes_by_product, TableId::fixes},
                          Length{TableId::fixes_by_set, TableId::fixes}})
    if (table(l.links).rows != table(l.rows).rows)
      return damage(fmt::format("catalog.table[{}].rows", static_cast<std::uint32_t>(l.links)), fmt::format("{}", table(l.rows).rows),
                    fmt::format("{}", table(l.links).rows));
  struct Range {
    TableId links;
    std::uint32_t at;
    TableId into;
  };
  for (const Range& r : {Range{TableId::update_links, 0, TableId::fixes}, Range{TableId::update_links, 2, TableId::words},
                         Range{TableId::product_links, 0, TableId::fixes_by_product}, Range{TableId::set_links, 0, TableId::set_members},
                         Range{TableId::set_links, 2, TableId::fixes_by_set}, Range{TableId::cve_links, 0, TableId::sets_of_cves}})
    if (auto s = check_ranges(r.links, r.at, r.into); !s) return s;
  for (const auto& [references, into] :
       {std::pair{TableId::fixes_by_product, TableId::fixes}, std::pair{TableId::fixes_by_set, TableId::fixes},
        std::pair{TableId::set_members, TableId::cves}, std::pair{TableId::sets_of_cves, TableId::set_links}})
    if (auto s = check_references(references, into); !s) return s;
  return ok();
}

Status Image::check_rows() const {
  if (auto s = check_links(); !s) return s;
  const Table& shared = table(TableId::provenances);
  for (std::uint32_t i = 0; i < shared.rows; ++i) {
    const auto w = shared.words.subspan(std::size_t{i} * 4, 4);
    if (!good_text(w[0]) || !good_text(w[1]) || w[2] >= kCount<Confidence> || !good_text(w[3]))
      return damage(fmt::format("catalog.provenances[{}]", i), "values in bounds", "others");
  }
  const Table& groups = table(TableId::groups);
  for (std::uint32_t i = 0; i < groups.rows; ++i)
    if (!good(Field::kbs, groups.words[std::size_t{i} * 2], groups.words[std::size_t{i} * 2 + 1]))
      return damage(fmt::format("catalog.groups[{}]", i), "a range inside words", "another");
  for (const Schema& s : schemas())
    for (std::uint32_t row = 0; row < table(s.id).rows; ++row)
      if (auto st = check_row(s, row); !st) return st;
  return ok();
}

Status Image::check_row(const Schema& s, std::uint32_t row) const {
  const Table& t = table(s.id);
  std::size_t at = std::size_t{row} * t.row_words;
  for (const Column& c : s.stored) {
    const std::uint32_t n = words_of(c.field);
    const std::uint32_t a = t.words[at], b = n == 2 ? static_cast<std::uint32_t>(t.words[at + 1]) : 0;
    if (!good(c.field, a, b))
      return damage(fmt::format("catalog.{}[{}].{}", s.stem, row, c.name), "a value in bounds", fmt::format("{} {}", a, b));
    at += n;
  }
  return ok();
}

bool Image::good(Field f, std::uint32_t a, std::uint32_t b) const {
  switch (f) {
    case Field::text: return good_text(a);
    case Field::number:
    case Field::cve:
    case Field::version: return true;
    case Field::update_row: return a < table(TableId::updates).rows;
    case Field::product_row: return a < table(TableId::products).rows;
    case Field::provenance: return a < table(TableId::provenances).rows;
    case Field::cves: return a < table(TableId::set_links).rows;
    case Field::kb: return a <= 99999999;
    case Field::date: return good_date(a);
    case Field::kbs: return std::uint64_t{a} + b <= table(TableId::words).rows;
    case Field::kb_groups: return std::uint64_t{a} + b <= table(TableId::groups).rows;
    default: return a < enum_count(f);
  }
}

bool Image::good_text(std::uint32_t offset) const {
  const auto n = strings_.try_get<le32>(offset);
  return n && strings_.holds(std::uint64_t{offset} + sizeof(le32), *n) && is_utf8(text(offset));
}

std::string_view Image::text(std::uint32_t offset) const {
  const auto n = strings_.try_get<le32>(offset);
  if (!n) return {};
  const auto b = strings_.try_sub(std::uint64_t{offset} + sizeof(le32), *n);
  return b ? b->chars() : std::string_view{};
}

std::span<const le32> Image::range(TableId id, std::uint32_t first, std::uint32_t count) const {
  const Table& t = table(id);
  if (std::uint64_t{first} + count > t.rows) return {};
  return t.words.subspan(first, count);
}

std::span<const le32> Image::linked(TableId links, std::uint32_t row, std::uint32_t at, TableId into) const {
  const Table& t = table(links);
  if (row >= t.rows) return {};
  const std::size_t i = std::size_t{row} * t.row_words + at;
  return range(into, t.words[i], t.words[i + 1]);
}

KbList Image::group(std::uint32_t i) const {
  const Table& t = table(TableId::groups);
  if (i >= t.rows) return {};
  return list(t.words[std::size_t{i} * 2], t.words[std::size_t{i} * 2 + 1]);
}

RowReader::RowReader(const Image& image, TableId id, std::uint32_t row) : image_(&image) {
  const Table& t = image.table(id);
  words_ = t.words.subspan(std::size_t{row} * t.row_words, t.row_words);
}

Date RowReader::date() { return to_date(number()); }

std::optional<FileVersion> RowReader::version() {
  const std::uint32_t high = number(), low = number();
  if (high == 0 && low == 0) return std::nullopt;
  return FileVersion{static_cast<std::uint16_t>(high >> 16), static_cast<std::uint16_t>(high & 0xFFFF),
                     static_cast<std::uint16_t>(low >> 16), static_cast<std::uint16_t>(low & 0xFFFF)};
}

KbList RowReader::kbs() {
  const std::uint32_t first = number(), count = number();
  return image_->list(first, count);
}

Arches RowReader::arches() {
  const std::uint32_t bits = number();
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
}

}  // namespace tq::catalog
