// One table of the compiled catalog while it is being built: cells in, words out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/csv_source.hpp"
#include "catalog/format.hpp"

namespace tq::catalog {

/// What all tables share: each text once, KB lists, alternatives of requirements.
struct Pools {
  std::string strings;
  std::map<std::string, std::uint32_t, std::less<>> known;
  std::vector<std::uint32_t> words;
  std::vector<std::uint32_t> groups;                                  ///< pairs: first, count
  std::vector<std::uint32_t> names;                                   ///< texts that stand for rows of another table; not stored
  std::map<std::vector<std::uint32_t>, std::uint32_t> sets;           ///< CVEs (as CveId, rising) -> number of the set
  std::map<std::array<std::uint32_t, 4>, std::uint32_t> provenances;  ///< source, retrieved, confidence, note -> row

  std::uint32_t text(std::string_view s);
  /// The text at an offset that text() returned.
  [[nodiscard]] std::string_view view(std::uint32_t offset) const;
};

/// Where a stored row was written, so that a later check can name it.
struct Origin {
  std::string file;
  std::size_t line = 0;
};

/// Appends the words of one cell to `out`. nullopt when done, else what a cell of this field must look like.
std::optional<std::string> encode(Field field, std::string_view cell, Pools& pools, std::vector<std::uint32_t>& out);

/// True for the words that stand for "nobody wrote it down": such a row is unconfirmed.
bool is_no_source(std::string_view source);
/// True for a text that dresses up one of those words as a source.
bool is_vague_source(std::string_view source);

}  // namespace tq::catalog
