#include "judge/exposure_table.hpp"

#include <algorithm>

namespace tq::judge {
namespace {

using catalog::Reads;
using Kind = model::WantedSetting::Kind;

Kind kind_of(Reads r) {
  switch (r) {
    case Reads::number: return Kind::number;
    case Reads::secret: return Kind::secret;
    case Reads::subkeys: return Kind::subkeys;
    case Reads::values: return Kind::values;
    case Reads::secret_values: return Kind::secret_values;
    case Reads::dword:
    case Reads::service:
    case Reads::firewall_rules:
    case Reads::addresses:
    case Reads::shares: break;
  }
  return Kind::dword;
}

}  // namespace

const ExposureRow* ExposureKind::row_for(std::string_view nt_version) const {
  if (nt_version.empty()) return &rows.front();
  const auto fits = [&](const ExposureRow& r) { return catalog::is_for(r.row, nt_version); };
  const auto it = std::find_if(rows.begin(), rows.end(), fits);
  return it == rows.end() ? nullptr : &*it;
}

ExposureTable::ExposureTable(const catalog::Catalog& catalog) {
  for (const auto& row : catalog.exposure_settings()) {
    const auto reads = catalog::parse_reads(row.reads);
    const auto when = catalog::parse_open_when(row.open_when);
    if (!reads || !when) continue;  // the compiler of the catalog refuses such rows; a foreign catalog may hold them
    auto it = std::find_if(kinds_.begin(), kinds_.end(), [&](const auto& k) { return k.id == row.id; });
    if (it == kinds_.end()) {
      kinds_.push_back({std::string(row.id), row.policy_key.empty() ? "" : std::string(row.id) + ".policy", *reads, {}, {}});
      it = kinds_.end() - 1;
    }
    it->rows.push_back({row, *when});
  }
  for (const auto& join : catalog.exposure_cves())
    for (auto& k : kinds_)
      if (k.id == join.exposure) k.cves.push_back(join.cve);
  for (auto& k : kinds_) std::sort(k.cves.begin(), k.cves.end());
}

std::vector<model::WantedSetting> wanted_settings(const ExposureTable& table) {
  std::vector<model::WantedSetting> out;
  for (const auto& k : table.kinds()) {
    if (!catalog::from_registry(k.reads)) continue;
    const auto& row = k.rows.front().row;
    out.push_back({k.id, std::string(row.hive), std::string(row.key), std::string(row.value), kind_of(k.reads)});
    if (!k.policy_id.empty())
      out.push_back({k.policy_id, "SOFTWARE", std::string(row.policy_key), std::string(row.policy_value), kind_of(k.reads)});
  }
  return out;
}

}  // namespace tq::judge
