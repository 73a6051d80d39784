// CVEs that exactly the same updates repair are missing together: a set of thousands is a handful of atoms.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.hpp"
#include "model/verdict.hpp"

namespace tq::fleet {

class Atoms {
 public:
  explicit Atoms(const catalog::Catalog& catalog);

  struct Member {
    model::CveId cve = 0;
    std::uint32_t atom = 0;  ///< the group it belongs to
    std::uint32_t lone = 0;  ///< an atom of its own, for a set that holds only part of the group
    bool exploited = false;
  };
  [[nodiscard]] std::span<const Member> members() const { return members_; }
  /// The atoms whose members together are exactly these CVEs; rising. CVEs that the catalog does not know are left out.
  [[nodiscard]] std::vector<std::uint32_t> of(std::span<const model::CveId> cves) const;

 private:
  std::vector<Member> members_;            ///< by row of the catalog
  std::vector<std::uint32_t> group_size_;  ///< by atom
  std::unordered_map<model::CveId, std::uint32_t> row_of_;
};

}  // namespace tq::fleet
