// Inventories with a machine per row: CSV with a header, one JSON object per line, or one JSON array of objects.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/version.hpp"

namespace tq::format::inventory {

/// What a column can mean. The names of each are in columns.cpp.
enum class Key { name, product, version, service_pack, arch, site, updates, kernel, build };
inline constexpr std::size_t kKeys = 9;
const char* to_string(Key k);

/// Columns that the user names: empty = found by the known names.
struct Mapping {
  std::array<std::string, kKeys> column;
};
/// "name=HOST,version=OS Build": Error usage for an unknown key or a missing column name.
Result<Mapping> parse_map(std::string_view text);

struct Row {
  std::uint32_t line = 0;  ///< from 1; in a JSON array the number of the object
  std::string name;        ///< may be empty
  std::string product;
  std::string version_text;  ///< as it stands: "6.0.6003 Service Pack 2 Build 6003", "6.0 (6003)"
  std::optional<std::uint16_t> major, minor;
  std::optional<std::uint32_t> build, revision;
  bool builds_disagree = false;  ///< the row gives two build numbers that differ
  std::optional<int> service_pack;
  std::string arch;  ///< x86, x64, ia64, arm64 or empty
  std::string site;
  std::string kernel_text;
  std::optional<FileVersion> kernel;
  std::vector<std::uint32_t> kbs;      ///< sorted, unique
  bool updates_given = false;          ///< the row has a cell that names updates, or says that there are none
  std::vector<std::string> other_ids;  ///< ids that are no KB
  std::optional<Error> cut;  ///< what is not in it: a last cell within which the text ended, updates that it announces, or too many
  std::vector<std::pair<std::string, std::string>> labels;  ///< all other columns that are not empty, in their order
};

/// The rows of one name, put together: the first value of each kind, all updates, all labels.
struct Machine : Row {
  std::uint32_t rows = 1;
  std::vector<Error> conflicts;  ///< rows that say something else than the first one did, or were cut
  bool updates_cut = false;      ///< a row that was cut, or lost, may have held more of its updates
};

inline constexpr std::uint64_t kRows = 10'000'000;
inline constexpr std::size_t kFieldBytes = 4096;  ///< longer cells are cut, except the list of updates
inline constexpr std::size_t kLabels = 256;       ///< per machine

/// Reads row by row; memory does not grow with the number of rows. The text must outlive the reader.
class Reader {
 public:
  /// Errors: not_found (no header with a known column, or a mapped column is not there), limit (text too long).
  static Result<Reader> open(std::string_view utf8, const Mapping& mapping = {});
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// The next row that can be read; nullopt at the end. Damaged rows are counted and named in losses().
  std::optional<Row> next();
  [[nodiscard]] const std::vector<Error>& losses() const;  ///< at most limits::kLossesListed
  [[nodiscard]] std::uint64_t lost_rows() const;
  /// May a lost row have been one of the machine of that name? False where the lost ones name others.
  [[nodiscard]] bool may_have_lost(std::string_view name) const;

 private:
  class Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct Inventory {
  std::vector<Machine> machines;  ///< in the order in which each first appears
  std::vector<Error> losses;
  std::uint64_t rows = 0, lost_rows = 0;
};
/// Reads all rows and joins those of one name (case ignored). Rows without a name stay by themselves.
Result<Inventory> parse(std::string_view utf8, const Mapping& mapping = {});

/// Puts another row of the same machine to it, or rows that were put together already. `m.kbs` is no longer sorted.
void join(Machine& m, Row&& row);
void join(Machine& m, Machine&& more);

/// True when the header or the first object has a column for the product, its version or its kernel, or names together with
/// updates. Lists of updates of one machine (qfe) are none.
bool looks_like(std::string_view utf8);

}  // namespace tq::format::inventory
