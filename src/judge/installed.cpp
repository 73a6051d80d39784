// What is in place by the machine's own word, with the sources that say so.
#include <algorithm>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

/// The sources of an update as bits: the few combinations that occur are put into words once.
class Sources {
 public:
  explicit Sources(const Case& c) : c_(c) {}

  std::uint32_t of(const Seen& s) {
    std::uint64_t bits = (s.package ? kPackages : 0U) | (s.msi ? kInstaller : 0U);
    for (auto row = s.first_hotfix; row != kNone; row = c_.seen.next_hotfix(row)) bits |= bit(c_.facts.hotfixes[row].source);
    return set_of(bits);
  }
  std::uint32_t files() { return set_of(kFiles); }
  std::vector<std::vector<std::string>> take() { return std::move(sets_); }

 private:
  static constexpr std::uint64_t kPackages = 1, kInstaller = 2, kFiles = 4;
  static constexpr std::size_t kFirstList = 3, kBits = 64;

  std::uint64_t bit(const std::string& source) {
    if (source == "msi_updates") return 0;
    if (last_ < lists_.size() && *lists_[last_] == source) return std::uint64_t{1} << (kFirstList + last_);
    for (last_ = 0; last_ < lists_.size(); ++last_)
      if (*lists_[last_] == source) return std::uint64_t{1} << (kFirstList + last_);
    // More kinds of lists than anybody has: a facts file that was made up. The update stays, this source of it is not told.
    if (kFirstList + lists_.size() >= kBits) return 0;
    lists_.push_back(&source);
    return std::uint64_t{1} << (kFirstList + last_);
  }

  /// Updates of one set mostly follow one another, and there are few sets.
  std::uint32_t set_of(std::uint64_t bits) {
    for (std::uint32_t i = 0; i < keys_.size(); ++i)
      if (keys_[i] == bits) return i;
    keys_.push_back(bits);
    auto& words = sets_.emplace_back();
    if ((bits & kPackages) != 0) words.emplace_back("cbs");
    if ((bits & kInstaller) != 0) words.emplace_back("msi_updates");
    if ((bits & kFiles) != 0) words.emplace_back("files");
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if ((bits >> (kFirstList + i) & 1) != 0) words.push_back(*lists_[i]);
    return static_cast<std::uint32_t>(keys_.size() - 1);
  }

  const Case& c_;
  std::vector<const std::string*> lists_;  ///< sources of hotfix lists, as met
  std::vector<std::uint64_t> keys_;        ///< beside sets_
  std::vector<std::vector<std::string>> sets_;
  std::size_t last_ = 0;
};

}  // namespace

void list_installed(const Case& c, const Judged* j, model::Verdict& v) {
  Sources sources(c);
  v.installed.reserve(c.seen.size());
  c.seen.each([&](const Seen& s, std::uint32_t entry) {
    if (s.package && s.state == model::PackageState::absent) return;
    if (j != nullptr && entry != kNone && j->listed[entry] != 0) return;
    v.installed.push_back({s.kb, s.package ? to_string(s.state) : "listed", sources.of(s)});
  });
  if (j != nullptr && !j->view.files.empty()) {
    for (std::uint32_t i = 0; i < j->state.size(); ++i)
      if (j->state[i] == State::present && j->reason[i] == Reason::files_new_enough && c.seen.at(i) == nullptr)
        v.installed.push_back({j->view.kbs[i], "file_versions", sources.files()});
    std::sort(v.installed.begin(), v.installed.end(), [](const auto& a, const auto& b) { return a.kb < b.kb; });
  }
  v.installed_evidence = sources.take();
}

}  // namespace tq::judge
