#include "analysis/record.hpp"

#include <algorithm>

namespace tq::analysis {

LaneMask Record::alike(unsigned lane, LaneMask all) const {
  LaneMask same = all;
  for (const auto& [hash, lanes] : events_) same &= (lanes >> lane & 1) != 0 ? lanes : ~lanes;
  return same;
}

void Record::split(const Split& s) {
  const auto it = splits_.find(s.rva);
  if (it == splits_.end()) {
    if (splits_.size() < kMostSplits) splits_.emplace(s.rva, s);
    return;
  }
  it->second.yes |= s.yes;
  it->second.no |= s.no;
}

void Record::possible(LaneMask a, LaneMask b, std::uint32_t rva) {
  for (unsigned i = 0; i < kMostLanes; ++i) {
    if ((a >> i & 1) != 0) possible_[i] |= b;
    if ((b >> i & 1) != 0) possible_[i] |= a;
  }
  if (possible_at_ == 0) possible_at_ = rva;
}

std::uint8_t Record::origin(const std::string& name) {
  const auto it = std::find(origins_.begin(), origins_.end(), name);
  if (it != origins_.end()) return static_cast<std::uint8_t>(it - origins_.begin() + 1);
  if (origins_.size() >= 250) return 0;
  origins_.push_back(name);
  return static_cast<std::uint8_t>(origins_.size());
}

}  // namespace tq::analysis
