// The compiled catalog: layout of the file, and the one description of each table that compiler and reader share.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/bytes.hpp"

namespace tq::catalog {

// File = header, table directory, tables. Everything is little-endian 32-bit words (see docs/catalog.md).
inline constexpr std::array<char, 8> kMagic = {'T', 'Q', 'C', 'A', 'T', 'L', 'G', '\n'};
inline constexpr std::uint32_t kFormatVersion = 2;

struct FileHeader {
  std::array<char, 8> magic;
  le32 version;
  le32 table_count;
  le64 file_size;
  std::array<std::uint8_t, 32> sha256;  ///< of everything behind the header
  std::array<std::uint8_t, 8> reserved;
};
static_assert(sizeof(FileHeader) == 64 && OnDisk<FileHeader>);

/// Where a table lies.
struct DirectoryEntry {
  le32 id;
  le32 row_words;  ///< words in a row; 0 = a table of bytes
  le32 rows;       ///< rows, or bytes of a table of bytes
  le32 offset;     ///< from the start of the file
};
static_assert(sizeof(DirectoryEntry) == 16 && OnDisk<DirectoryEntry>);

/// Numbers are stored: never reuse one. A reader passes over ids it does not know, so later tables do no harm.
enum class TableId : std::uint32_t {
  strings = 1,
  words = 2,
  groups = 3,
  kb_index = 4,          ///< KB, row of updates; rising
  provenances = 5,       ///< source, retrieved, confidence, note: each combination once
  update_links = 6,      ///< per update: first and count in fixes, first and count of what supersedes it in words
  fixes_by_product = 7,  ///< rows of fixes, by product
  product_links = 8,     ///< per product: first and count in fixes_by_product
  set_links = 9,         ///< per set of CVEs: first and count in set_members, first and count in fixes_by_set
  set_members = 10,      ///< rows of cves
  fixes_by_set = 11,     ///< rows of fixes, by set
  cve_links = 12,        ///< per CVE: first and count in sets_of_cves
  sets_of_cves = 13,     ///< sets
  meta = 16,
  updates = 17,
  builds = 18,
  lifecycle = 19,
  features = 20,
  // 21 held upgrade paths as prose
  beliefs = 22,
  goals = 23,
  esu_ids = 24,
  esu_years = 25,
  bypass_indicators = 26,
  revision_ranges = 27,
  kernel_exceptions = 28,
  // 29 was exposure_defaults: texts for people, which nothing could judge by
  products = 30,
  cves = 31,
  fixes = 32,
  children = 33,
  corrections = 34,
  files = 35,
  components = 36,
  families = 37,
  exposure_settings = 38,
  exposure_cves = 39,
  releases = 40,
  editions = 41,
  upgrade_hops = 42,
  upgrade_bars = 43,
  rehosts = 44,
  migration_notes = 45,
  esu_terms = 46,
  software_lifecycle = 47
};
inline constexpr std::uint32_t kTableIds = 64;  ///< ids this program can know are below

/// How a CSV cell becomes words of a row.
enum class Field : std::uint8_t {
  text,       ///< 1 word: offset into `strings` (a length word, then UTF-8)
  number,     ///< 1 word
  flag,       ///< 1 word: y/n -> 1/0
  date,       ///< 1 word: year*10000 + month*100 + day; 0 = empty cell
  version,    ///< 2 words: major<<16|minor, build<<16|revision; both 0 = empty cell
  kb,         ///< 1 word
  kbs,        ///< 2 words: first and count in `words`; cell "1;2;3"
  kb_groups,  ///< 2 words: first and count in `groups`; cell "1;2|3" = 1 and (2 or 3)
  arches,     ///< 1 word: bit 0 x86, 1 x64, 2 ia64, 3 arm, 4 arm64; cell "x86;x64"
  kind,
  basis,
  confidence,
  verdict,
  branch,
  treatment,
  product_class,
  product_arch,
  component,
  rating,
  file_branch,
  correction,   ///< 1 word: the enum's number
  cve,          ///< 1 word: see CveId
  names,        ///< 2 words: first and count in the compiler's own pool; cell "a;b"; never stored
  cves,         ///< 1 word: number of the set; cell "CVE-2019-0708;CVE-2019-0709"
  update_row,   ///< 1 word: row of updates; never in a CSV
  product_row,  ///< 1 word: row of products; never in a CSV
  provenance    ///< 1 word: row of provenances; never in a CSV
};
constexpr std::uint32_t words_of(Field f) {
  return f == Field::version || f == Field::kbs || f == Field::kb_groups || f == Field::names ? 2 : 1;
}

struct Column {
  std::string_view name;
  Field field = Field::text;
  bool required = false;  ///< an empty cell is an error
};

/// One CSV file name and one stored table. The last four columns of every CSV are the provenance, stored as one word.
struct Schema {
  TableId id = TableId::meta;
  std::string_view stem;            ///< file name without ".csv"
  std::span<const Column> columns;  ///< in the order of the CSV header
  std::span<const Column> stored;   ///< in the order of the words of a row
  std::uint32_t key_columns = 1;    ///< leading columns that must be unique together
};

/// Every table that comes from CSV, in the order of its ids.
std::span<const Schema> schemas();
const Schema* find_schema(std::string_view stem);
const Schema* find_schema(TableId id);
std::uint32_t row_words(const Schema& s);
/// Position of a stored column's first word in its row; the column must exist.
std::uint32_t word_of(TableId id, std::string_view column);

}  // namespace tq::catalog
