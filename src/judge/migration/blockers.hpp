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
  /// `kind`: one of the three above. `to`: the release at the end of the path; null for a rehost, which keeps its own.
  [[nodiscard]] std::vector<model::Blocker> of_path(std::string_view kind, const catalog::Release* to) const;

 private:
  struct Noted {
    const Upgrades::Note* note;
    std::vector<std::string> evidence;
  };
  void look_for_programs(const model::Facts& facts);
  void look_for_setup(const model::Facts& facts);
  void look_for_gaps(const model::Facts& facts);

  std::vector<Noted> notes_;
  std::vector<model::Blocker> everywhere_;  ///< of in-place and clean installs
  std::vector<model::Blocker> moving_;      ///< of clean installs and rehosts
  std::vector<model::Blocker> new_system_;  ///< of clean installs
  std::vector<model::Blocker> gaps_;        ///< what was not read
};

}  // namespace tq::judge
