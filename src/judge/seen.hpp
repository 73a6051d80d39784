// What a machine names, put together by KB in one pass over its packages and lists. Every later step looks up, none searches.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "judge/knowledge.hpp"

namespace tq::judge {

/// One KB of the machine. Children (Package_<n>_for_KB...) do not speak for their parent and are left out.
struct Seen {
  std::uint32_t kb = 0;
  model::PackageState state = model::PackageState::absent;  ///< the strongest word of several packages
  bool package = false, listed = false, msi = false;
  std::uint32_t first_package = kNone;                      ///< row of Facts::packages
  std::uint32_t first_hotfix = kNone, last_hotfix = kNone;  ///< rows of Facts::hotfixes
  FileVersion version;                                      ///< the highest of the packages that are in place; 0.0.0.0: none

  [[nodiscard]] bool in_place() const { return model::present(state) || (!package && (listed || msi)); }
  [[nodiscard]] bool package_present() const { return package && model::present(state); }
  /// A list names it, or Windows Installer does.
  [[nodiscard]] bool named() const { return listed || msi; }
};

/// The strongest word of several packages of one KB comes first.
int rank(model::PackageState s);

class SeenUpdates {
 public:
  /// `view` may be nullptr. Both must outlive this.
  SeenUpdates(const model::Facts& facts, const View* view);

  /// What the machine names of an entry of the view; nullptr: it does not name it.
  [[nodiscard]] const Seen* at(std::uint32_t entry) const { return of_entry_[entry] == kNone ? nullptr : &all_[of_entry_[entry]]; }
  /// The same of any KB.
  [[nodiscard]] const Seen* find(std::uint32_t kb) const;
  [[nodiscard]] bool package_present(std::uint32_t entry) const {
    const Seen* s = at(entry);
    return s != nullptr && s->package_present();
  }
  [[nodiscard]] std::size_t size() const { return all_.size(); }  ///< at least as many as each() calls
  /// Calls f(seen, entry) rising by KB; entry is kNone where the view has none.
  template <class F>
  void each(F f) const {
    std::size_t next = 0;
    for (const auto entry : view_ != nullptr ? std::span<const std::uint32_t>(view_->by_kb) : std::span<const std::uint32_t>()) {
      if (of_entry_[entry] == kNone) continue;
      const Seen& s = all_[of_entry_[entry]];
      for (; next < others_.size() && all_[others_[next]].kb < s.kb; ++next) f(all_[others_[next]], kNone);
      f(s, entry);
    }
    for (; next < others_.size(); ++next) f(all_[others_[next]], kNone);
  }

  /// Rows of Facts::packages, in their order: partly installed or broken ones.
  [[nodiscard]] std::span<const std::uint32_t> broken() const { return broken_; }
  /// In place, without a KB, and of a version whose first number is a build: Package_for_RollupFix is among them.
  [[nodiscard]] std::span<const std::uint32_t> numbered_by_build() const { return numbered_by_build_; }
  /// Children in place, one for each run of packages with the same KB.
  [[nodiscard]] std::span<const std::uint32_t> children() const { return children_; }
  /// The next hotfix of the same KB; kNone behind the last.
  [[nodiscard]] std::uint32_t next_hotfix(std::uint32_t row) const { return next_hotfix_[row]; }

 private:
  void take_package(const model::Package& p, std::uint32_t row);
  void take_hotfix(const model::Hotfix& h, std::uint32_t row);
  Seen& slot_of(std::uint32_t kb);
  void sort_others();
  void join(Seen& into, const Seen& more);

  const View* view_;
  std::vector<Seen> all_;
  std::vector<std::uint32_t> of_entry_;  ///< by entry: rows of all_
  std::vector<std::uint32_t> others_;    ///< rows of all_ without an entry, rising by KB
  std::vector<std::uint32_t> broken_, numbered_by_build_, children_, next_hotfix_;
  std::uint32_t last_kb_ = 0, last_row_ = kNone;  ///< packages of one KB lie side by side
  std::uint32_t last_child_ = 0;
};

}  // namespace tq::judge
