// From a kernel version to the month a machine has reached at least.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

struct LevelMatch {
  std::optional<Date> month;       ///< release day of the newest update the kernel reaches; print with month_text()
  std::vector<std::uint32_t> kbs;  ///< every update that ships this level: more than one, as a kernel does not tell them apart
  LevelHow how = LevelHow::none;
  Confidence confidence = Confidence::unconfirmed;
  bool foreign = false;  ///< no branch of Microsoft's uses this revision on this build
  std::optional<Branch> branch;
  std::string why;  ///< one sentence, for people
};

/// A lower bound, never rounded up: the newest month M with kernel >= the kernel of M (where it was measured), or
/// >= MSRC's FixedBuild of M less a small slack (where only that is known). Rows told by another file are never matched.
LevelMatch level_of_kernel(const Catalog& catalog, const FileVersion& kernel);

}  // namespace tq::catalog
