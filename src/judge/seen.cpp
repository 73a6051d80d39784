#include "judge/seen.hpp"

#include <algorithm>

namespace tq::judge {

using model::PackageState;

int rank(PackageState s) {
  switch (s) {
    case PackageState::installed: return 0;
    case PackageState::superseded: return 1;
    case PackageState::pending_install: return 2;
    case PackageState::pending_removal: return 3;
    case PackageState::partial: return 4;
    case PackageState::broken: return 5;
    case PackageState::unknown: return 6;
    case PackageState::staged_or_superseded: return 7;
    case PackageState::staged: return 8;
    case PackageState::in_progress: return 9;
    case PackageState::absent: return 10;
  }
  return 11;
}

SeenUpdates::SeenUpdates(const model::Facts& facts, const View* view) : view_(view) {
  if (view != nullptr) of_entry_.assign(view->entries.size(), kNone);
  all_.reserve(facts.packages.size() + facts.hotfixes.size());
  for (std::uint32_t i = 0; i < facts.packages.size(); ++i) take_package(facts.packages[i], i);
  next_hotfix_.assign(facts.hotfixes.size(), kNone);
  for (std::uint32_t i = 0; i < facts.hotfixes.size(); ++i) take_hotfix(facts.hotfixes[i], i);
  sort_others();
}

/// KBs that the view has no entry of are put together afterwards, when they are sorted.
Seen& SeenUpdates::slot_of(std::uint32_t kb) {
  if (kb == last_kb_ && last_row_ != kNone) return all_[last_row_];
  last_kb_ = kb;
  const auto entry = view_ != nullptr ? view_->index.of(kb) : kNone;
  if (entry != kNone && of_entry_[entry] != kNone) {
    last_row_ = of_entry_[entry];
    return all_[last_row_];
  }
  last_row_ = static_cast<std::uint32_t>(all_.size());
  if (entry != kNone)
    of_entry_[entry] = last_row_;
  else
    others_.push_back(last_row_);
  all_.emplace_back().kb = kb;
  return all_.back();
}

namespace {

void add_package(Seen& s, PackageState state, std::uint32_t row, const FileVersion& version) {
  if (!s.package || rank(state) < rank(s.state)) s.state = state;
  s.package = true;
  s.first_package = std::min(s.first_package, row);
  s.version = std::max(s.version, version);
}

}  // namespace

void SeenUpdates::take_package(const model::Package& p, std::uint32_t row) {
  const bool present = model::present(p.state);
  if (p.state == PackageState::partial || p.state == PackageState::broken) broken_.push_back(row);
  if (p.child) {
    if (present && p.kb != 0 && p.kb != last_child_) children_.push_back(row);
    if (present) last_child_ = p.kb;
    return;
  }
  if (p.kb != 0) return add_package(slot_of(p.kb), p.state, row, present ? p.version.value_or(FileVersion{}) : FileVersion{});
  constexpr std::uint16_t kLeastBuild = 1000;
  if (present && p.version && p.version->major >= kLeastBuild) numbered_by_build_.push_back(row);
}

void SeenUpdates::take_hotfix(const model::Hotfix& h, std::uint32_t row) {
  if (h.kb == 0 || !h.succeeded) return;
  Seen& s = slot_of(h.kb);
  (h.source == "msi_updates" ? s.msi : s.listed) = true;
  if (s.first_hotfix == kNone)
    s.first_hotfix = row;
  else
    next_hotfix_[s.last_hotfix] = row;
  s.last_hotfix = row;
}

void SeenUpdates::sort_others() {
  std::sort(others_.begin(), others_.end(), [&](auto a, auto b) { return all_[a].kb != all_[b].kb ? all_[a].kb < all_[b].kb : a < b; });
  std::size_t n = 0;
  for (const auto row : others_) {
    if (n == 0 || all_[others_[n - 1]].kb != all_[row].kb)
      others_[n++] = row;
    else
      join(all_[others_[n - 1]], all_[row]);
  }
  others_.resize(n);
}

void SeenUpdates::join(Seen& into, const Seen& more) {
  if (more.package) add_package(into, more.state, more.first_package, more.version);
  into.listed = into.listed || more.listed;
  into.msi = into.msi || more.msi;
  if (more.first_hotfix == kNone) return;
  if (into.first_hotfix == kNone)
    into.first_hotfix = more.first_hotfix;
  else
    next_hotfix_[into.last_hotfix] = more.first_hotfix;
  into.last_hotfix = more.last_hotfix;
}

const Seen* SeenUpdates::find(std::uint32_t kb) const {
  if (const auto entry = view_ != nullptr ? view_->index.of(kb) : kNone; entry != kNone) return at(entry);
  const auto it = std::lower_bound(others_.begin(), others_.end(), kb, [&](auto row, auto k) { return all_[row].kb < k; });
  return it != others_.end() && all_[*it].kb == kb ? &all_[*it] : nullptr;
}

}  // namespace tq::judge
