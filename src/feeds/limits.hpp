// What a feed may ask for. Microsoft's own of 2026 stay below a tenth of each of these.
#pragma once

#include <cstdint>

namespace tq::feeds::limits {
inline constexpr std::uint64_t kDocumentBytes = std::uint64_t{1} << 30;  ///< of one document, unpacked
inline constexpr std::uint64_t kTextBytes = std::uint64_t{1} << 20;      ///< of one text that is kept: an element, a cell
inline constexpr std::uint64_t kTokenBytes = std::uint64_t{4} << 20;     ///< of one XML tag with its attributes
inline constexpr std::uint64_t kListBytes = std::uint64_t{64} << 20;     ///< of a KEV list, or a table of files
inline constexpr std::uint64_t kStatements = 20'000'000;
inline constexpr std::uint32_t kNames = 2'000'000;       ///< products, CVEs, updates, texts, rows of a table: each
inline constexpr std::uint32_t kSupersedes = 10'000;     ///< of one update
inline constexpr std::uint32_t kProductsOfFix = 10'000;  ///< named by one remediation
inline constexpr std::uint32_t kXmlDepth = 64;
inline constexpr std::uint32_t kMonths = 50'000;  ///< in one folder
}  // namespace tq::feeds::limits
