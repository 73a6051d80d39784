// What stands in the way on this machine, or has to move along: only what its facts name.
#pragma once

#include <string_view>
#include <vector>

#include "judge/migration/standpoint.hpp"
#include "model/verdict.hpp"

namespace tq::judge {

inline constexpr const char* kInPlace = "in_place";
inline constexpr const char* kCleanInstall = "clean_install";
inline constexpr const char* kRehost = "rehost";

/// The facts are looked through once; paths of one machine then take their part.
class Blockers {
 public:
  Blockers(const model::Facts& facts, const Standpoint& at, const Upgrades& upgrades);
  /// Rows of what take() gives. `kind`: one of the three above. `to`: the release at the end of the path; null for a rehost, which keeps
  /// its own.
  [[nodiscard]] std::vector<std::uint32_t> of_path(std::string_view kind, const catalog::Release* to) const;
  [[nodiscard]] std::vector<model::Blocker> take() { return std::move(all_); }

 private:
  using Rows = std::vector<std::uint32_t>;
  void look_for_programs(const model::Facts& facts);
  void look_for_setup(const model::Facts& facts);
  void look_for_gaps(const model::Facts& facts);

  void add(Rows& to, model::Blocker blocker);
  template <class List, class Counts, class Says>
  void add_list(Rows& to, const char* kind, const char* one, const char* many, const List& list, Counts counts, Says says);

  std::vector<model::Blocker> all_;
  std::vector<const Upgrades::Note*> notes_;  ///< those that hold; rows of all_ from the first on
  Rows everywhere_;                           ///< of in-place and clean installs
  Rows moving_;                               ///< of clean installs and rehosts
  Rows new_system_;                           ///< of clean installs
  Rows gaps_;                                 ///< what was not read
};

}  // namespace tq::judge
