// The exposure rows of a catalog, read once and put by id.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/exposure.hpp"
#include "model/wanted.hpp"

namespace tq::judge {

/// One row with its small words understood.
struct ExposureRow {
  catalog::ExposureSetting row;
  catalog::OpenWhen when;
};

/// One exposure: where it is read, its rows by Windows, and the CVEs behind it.
struct ExposureKind {
  std::string id, policy_id;  ///< names of the two readings; policy_id empty: no policy
  catalog::Reads reads = catalog::Reads::dword;
  std::vector<ExposureRow> rows;
  std::vector<catalog::CveId> cves;  ///< rising

  /// The row for this Windows; nullptr: it has no such thing. An empty nt_version gives the first.
  [[nodiscard]] const ExposureRow* row_for(std::string_view nt_version) const;
};

class ExposureTable {
 public:
  explicit ExposureTable(const catalog::Catalog& catalog);
  /// In the order of the catalog.
  [[nodiscard]] const std::vector<ExposureKind>& kinds() const { return kinds_; }

 private:
  std::vector<ExposureKind> kinds_;
};

/// The readings that the table needs.
std::vector<model::WantedSetting> wanted_settings(const ExposureTable& table);

}  // namespace tq::judge
