// The catalog as the judge wants it: for each Windows the updates made for it, sorted, with their links resolved once.
// Building a view costs a millisecond; judging a machine with it costs microseconds.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/level.hpp"
#include "judge/migration/standpoint.hpp"
#include "judge/exposure_table.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::judge {

/// Part of a machine that Microsoft's data names: Windows itself (always the first), a browser, a framework, ...
struct Part {
  catalog::Component kind = catalog::Component::os;
  std::string_view name, version;  ///< ".NET Framework", "4.6.2"
};

/// An update repairs something in one part.
struct Slot {
  std::uint32_t entry = 0;
  std::uint32_t part = 0;
  std::optional<FileVersion> fixed_build;
};

/// A slot that repairs a CVE, with its part at hand: the loop over these is the longest of all.
struct CveRef {
  std::uint32_t slot = 0;
  std::uint32_t part = 0;
};

/// A range of one of the view's lists.
struct Range {
  std::uint32_t first = 0, count = 0;
};

struct Entry {
  catalog::Update update;
  catalog::Line line = catalog::Line::single;
  bool offered = true;  ///< made for this product; a client's view also holds the server's monthly line, to tell its level
  Range slots, replaces, replaced_by, children, files;
};

struct ChildKb {
  std::uint32_t kb = 0;
  std::string_view framework;
};

/// Everything the catalog holds for one Windows.
struct View {
  catalog::Product product;
  std::vector<Part> parts;
  std::vector<Entry> entries;                                  ///< by release, then KB
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_kb;  ///< (KB, entry), rising
  std::vector<Slot> slots;                                     ///< by entry
  std::vector<std::uint32_t> links;                            ///< entries: what replaces what, inside one line only
  std::vector<ChildKb> children;
  std::vector<catalog::UpdateFile> files;
  std::vector<catalog::RevisionRange> ranges;
  std::vector<model::CveId> cves;        ///< rising
  std::vector<std::uint8_t> exploited;   ///< beside cves: on CISA's list
  std::vector<catalog::Line> lines;      ///< beside entries: what most loops look at first
  std::vector<std::uint32_t> kbs;        ///< beside entries
  std::vector<CveRef> cve_refs;          ///< the ways to be repaired that occur, each grouped by part
  std::vector<Range> cve_groups;         ///< ranges of cve_refs: a month's CVEs are mostly repaired by the same updates
  std::vector<std::uint32_t> cve_group;  ///< beside cves: which of cve_groups
  std::uint32_t line_first = 0;          ///< entries before this one were released before the line began
  Date line_start;                       ///< first monthly rollup; !known(): this Windows has no such line

  std::array<std::vector<std::uint32_t>, catalog::kCount<catalog::Line>> by_line;  ///< entries of each line, by release

  [[nodiscard]] const std::vector<std::uint32_t>& of(catalog::Line l) const { return by_line[static_cast<std::size_t>(l)]; }
  /// The entry of a KB; nullptr when this Windows has none.
  [[nodiscard]] const Entry* find(std::uint32_t kb) const;
  [[nodiscard]] std::uint32_t index_of(const Entry& e) const { return static_cast<std::uint32_t>(&e - entries.data()); }
  template <class T>
  [[nodiscard]] std::span<const T> range(const std::vector<T>& list, Range r) const {
    return std::span<const T>(list).subspan(r.first, r.count);
  }
  /// The branch whose revisions hold this version: NT 6.0's own, and Internet Explorer's, which share the windows.
  [[nodiscard]] std::optional<catalog::Branch> branch_of(const FileVersion& v) const;
};

/// What is worked out from a catalog once. May be asked from several threads.
class Knowledge {
 public:
  explicit Knowledge(catalog::Catalog catalog);

  [[nodiscard]] const catalog::Catalog& catalog() const { return catalog_; }
  /// The view that fits the machine best; nullptr when the catalog has no such product. What the facts leave open is taken as
  /// a full x64 server, since the lines of updates are the same for all of them.
  [[nodiscard]] const View* view_for(const model::Facts& facts) const;
  /// A kernel version that Windows was released with: an inventory may have read it from a language file.
  [[nodiscard]] bool release_kernel(const FileVersion& v) const;
  [[nodiscard]] std::span<const catalog::Goal> goals() const { return goals_; }
  [[nodiscard]] const Upgrades& upgrades() const { return upgrades_; }
  [[nodiscard]] const ExposureTable& exposure() const { return exposure_; }
  /// catalog::level_of_kernel, worked out once for each kernel: machines of one month have the same.
  [[nodiscard]] std::shared_ptr<const catalog::LevelMatch> level_of(const FileVersion& kernel) const;

 private:
  [[nodiscard]] const catalog::Product* product_for(const model::Facts& facts) const;
  catalog::Catalog catalog_;
  std::vector<catalog::Product> windows_;  ///< products that are a Windows
  std::vector<catalog::Goal> goals_;
  Upgrades upgrades_;
  ExposureTable exposure_;
  std::vector<FileVersion> release_kernels_;
  mutable std::mutex mutex_;
  mutable std::map<FileVersion, std::shared_ptr<const catalog::LevelMatch>> levels_;
  mutable std::unordered_map<std::uint32_t, std::unique_ptr<const View>> views_;  ///< by row of the product
};

/// Builds the view of one product. Never fails: a link to something that is not there is left out.
View make_view(const catalog::Catalog& catalog, const catalog::Product& product);

}  // namespace tq::judge
