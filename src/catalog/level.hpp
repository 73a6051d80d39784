// From a kernel version to the month a machine has reached at least.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.hpp"

namespace tq::catalog {

/// How a month was found. `fixed_build` is only a claim: MSRC's number is not always the kernel's.
enum class LevelHow : std::uint8_t { none, kernel_exact, kernel_at_least, fixed_build };
constexpr const char* to_string(LevelHow h) {
  switch (h) {
    case LevelHow::none: return "none";
    case LevelHow::kernel_exact: return "kernel_exact";
    case LevelHow::kernel_at_least: return "kernel_at_least";
    case LevelHow::fixed_build: return "fixed_build";
  }
  return "?";
}

/// The month that a kernel proves, and how surely.
struct LevelMatch {
  std::optional<Date> month;       ///< release day of the newest update the kernel reaches; print with month_text()
  std::vector<std::uint32_t> kbs;  ///< every update that ships this level: more than one, as a kernel does not tell them apart
  LevelHow how = LevelHow::none;
  Confidence confidence = Confidence::unconfirmed;
  bool foreign = false;  ///< no branch of Microsoft's uses this revision on this build
  std::optional<Branch> branch;
  std::string why;  ///< one sentence, for people
};

/// What kernels tell, read out of a catalog once: a match then looks at some two hundred numbers and at no text.
class KernelLadder {
 public:
  explicit KernelLadder(Catalog catalog);

  /// A lower bound, never rounded up: the newest month M with kernel >= the kernel of M (where it was measured), or
  /// >= MSRC's FixedBuild of M less a small slack (where only that is known). Rows told by another file are never matched.
  [[nodiscard]] LevelMatch match(const FileVersion& kernel) const;

 private:
  /// An update of the monthly line, as far as kernels are concerned.
  struct Rung {
    std::uint32_t kb = 0;
    Date released;
    FileVersion version;
    std::optional<FileVersion> least;  ///< the lowest kernel that shows it; nullopt: the kernel cannot
    VersionBasis basis = VersionBasis::none;
    Confidence confidence = Confidence::unconfirmed;
    std::string_view file;               ///< what its version is of, with basis other_file
    std::optional<FileVersion> highest;  ///< of what the row says of versions, MSRC's number included
  };
  /// The line of one NT version, by release, then KB.
  struct Line {
    std::uint16_t major = 0, minor = 0;
    std::vector<Rung> rungs;
  };
  struct Range {
    std::uint16_t major = 0, minor = 0;
    std::uint32_t build = 0, first = 0, last = 0;
    Branch branch = Branch::gdr;
  };
  /// Where a revision stands among Microsoft's own. `known`: the catalog has ranges for this build at all.
  struct Place {
    bool known = false;
    std::optional<Branch> branch;
  };
  using Found = std::vector<const Rung*>;

  Line& line_for(const FileVersion& version);
  void measure(Line& line) const;
  [[nodiscard]] std::span<const Rung> line_of(const FileVersion& kernel) const;
  [[nodiscard]] Place place_of(const FileVersion& kernel) const;
  [[nodiscard]] Found newest_reached(const FileVersion& kernel) const;
  [[nodiscard]] LevelMatch below_the_line(const FileVersion& kernel, const Place& place) const;
  [[nodiscard]] std::string untold(const FileVersion& kernel, const Date& matched) const;
  [[nodiscard]] LevelMatch describe(const FileVersion& kernel, const Found& found) const;
  [[nodiscard]] LevelMatch counted_as(const FileVersion& kernel, const KernelException& k) const;

  Catalog catalog_;  ///< keeps the texts of the rungs
  std::vector<Line> lines_;
  std::vector<Range> ranges_;
  std::vector<KernelException> exceptions_;
};

/// The same for a single kernel: makes the ladder and throws it away.
LevelMatch level_of_kernel(const Catalog& catalog, const FileVersion& kernel);

}  // namespace tq::catalog
