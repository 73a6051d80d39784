// What was seen while following: events per lane, places where lanes part, and why an analysis is not complete.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/value.hpp"

namespace tq::analysis {

/// A place where a version decides.
struct Split {
  std::uint32_t rva = 0;
  std::string words;               ///< "build == 6002"
  std::uint8_t origin = 0;         ///< which source, plus 1
  LaneMask yes = 0, no = 0;        ///< lanes for which the words hold, and do not
  std::vector<std::uint64_t> saw;  ///< per lane: the number that was compared
  std::vector<std::uint32_t> path;
};

class Record {
 public:
  /// An event that lanes can be told apart by. It counts once all lanes have come as far: see commit.
  void event(std::uint64_t hash, LaneMask lanes) { staged_.emplace_back(mix(hash, context_), lanes); }
  /// Which following of a function the events to come belong to. A function that is followed again, with arguments that tell more,
  /// shows something new: what it may do with arguments that nobody knows would cover it.
  void context(std::uint64_t c) { context_ = c; }
  [[nodiscard]] std::uint64_t context() const { return context_; }
  /// All lanes are together again: what was seen so far can be compared.
  void commit() {
    for (const auto& [hash, lanes] : staged_) events_[hash] |= lanes;
    staged_.clear();
  }
  /// The analysis ended with lanes apart: what they did since is no ground for a comparison.
  void discard() { staged_.clear(); }
  /// Lanes whose events so far are the same as those of `lane`.
  [[nodiscard]] LaneMask alike(unsigned lane, LaneMask all) const;
  /// A place where lanes part; met again, its lanes are put together.
  void split(const Split& s);
  /// Why the answer cannot be complete, in words for people.
  void reason(std::string why) {
    if (reasons_.size() < kMostReasons) reasons_.insert(std::move(why));
  }
  /// A branch hung on something that may differ between the lanes of the two masks, in an unknown way.
  void possible(LaneMask a, LaneMask b, std::uint32_t rva);
  /// May these two lanes differ in a way that was not worked out?
  [[nodiscard]] bool is_possible(unsigned a, unsigned b) const { return (possible_[a] >> b & 1) != 0; }
  /// Where the first of those branches stands.
  [[nodiscard]] std::uint32_t possible_at() const { return possible_at_; }
  [[nodiscard]] const std::map<std::uint32_t, Split>& splits() const { return splits_; }
  [[nodiscard]] const std::set<std::string>& reasons() const { return reasons_; }
  /// What was seen -> the lanes that showed it.
  [[nodiscard]] const std::unordered_map<std::uint64_t, LaneMask>& events() const { return events_; }
  /// Places where lanes part, and what only some of them showed.
  [[nodiscard]] std::size_t decisions(LaneMask all) const {
    const auto apart = [all](const auto& event) { return event.second != all; };
    return splits_.size() + static_cast<std::size_t>(std::count_if(events_.begin(), events_.end(), apart));
  }
  /// Grows with every reason and possible difference.
  [[nodiscard]] std::size_t unclear() const {
    std::size_t n = reasons_.size();
    for (const LaneMask m : possible_) n += static_cast<std::size_t>(std::popcount(m));
    return n;
  }
  /// Number of a source by its name, plus 1.
  std::uint8_t origin(const std::string& name);
  [[nodiscard]] const std::vector<std::string>& origins() const { return origins_; }
  /// Constants that versions were compared with, as builds.
  std::set<std::uint32_t> critical;

 private:
  static constexpr std::size_t kMostReasons = 20, kMostSplits = 2000;
  std::unordered_map<std::uint64_t, LaneMask> events_;
  std::vector<std::pair<std::uint64_t, LaneMask>> staged_;
  std::uint64_t context_ = 0;
  std::map<std::uint32_t, Split> splits_;
  std::set<std::string> reasons_;
  std::array<LaneMask, kMostLanes> possible_{};
  std::uint32_t possible_at_ = 0;
  std::vector<std::string> origins_;
};

}  // namespace tq::analysis
