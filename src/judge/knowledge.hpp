// The catalog as the judge wants it: for each Windows the updates made for it, sorted, with their links resolved once.
// Building a view costs a millisecond; judging a machine with it costs microseconds.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/level.hpp"
#include "judge/exposure_table.hpp"
#include "judge/migration/standpoint.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::judge {

/// Part of a machine that Microsoft's data names: Windows itself (always the first), a browser, a framework, ...
struct Part {
  catalog::Component kind = catalog::Component::os;
  std::string_view name, version;  ///< ".NET Framework", "4.6.2"
};

/// A range of one of the view's lists.
struct Range {
  std::uint32_t first = 0, count = 0;
};

/// An update repairs something in one part.
struct Slot {
  std::uint32_t entry = 0;
  std::uint32_t part = 0;
  Range children;  ///< of View::slot_children: the numbers under which a machine may list it for this part
  std::optional<FileVersion> fixed_build;
};

/// A slot that repairs a CVE, with its part at hand: the loop over these is the longest of all.
struct CveRef {
  std::uint32_t slot = 0;
  std::uint32_t part = 0;
};

struct Entry {
  catalog::Update update;
  catalog::Line line = catalog::Line::single;
  bool offered = true;  ///< made for this product; a client's view also holds the server's monthly line, to tell its level
  Range slots, replaces, replaced_by, children, files;
  Range needs;  ///< of View::need_groups: of each group one has to be in place first
};

struct ChildKb {
  std::uint32_t kb = 0;
  std::string_view framework;
};

inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

/// KB -> entry in one step: a machine has thousands of packages, and each is looked up once. Open addressing, never full.
class KbIndex {
 public:
  /// `kbs`: one for each entry, none twice.
  void build(const std::vector<std::uint32_t>& kbs);
  /// kNone when no entry has it.
  [[nodiscard]] std::uint32_t of(std::uint32_t kb) const {
    if (cells_.empty()) return kNone;
    for (std::size_t at = start(kb);; at = (at + 1) & (cells_.size() - 1)) {
      if (cells_[at].entry == kNone) return kNone;
      if (cells_[at].kb == kb) return cells_[at].entry;
    }
  }

 private:
  struct Cell {
    std::uint32_t kb = 0, entry = kNone;
  };
  [[nodiscard]] std::size_t start(std::uint32_t kb) const { return (kb * 0x9E3779B1U >> 15) & (cells_.size() - 1); }
  std::vector<Cell> cells_;  ///< a power of two, at most half of them taken
};

/// Whose line a slot is of, as far as it matters to a CVE.
enum class SlotLine : std::uint8_t { rollup, explorer, other };

/// Everything the catalog holds for one Windows.
struct View {
  catalog::Product product;
  std::vector<Part> parts;
  std::vector<Entry> entries;        ///< by release, then KB
  std::vector<std::uint32_t> by_kb;  ///< entries, rising by KB
  std::vector<Slot> slots;           ///< by entry
  std::vector<std::uint32_t> links;  ///< entries: what replaces what, inside one line only
  std::vector<ChildKb> children;
  std::vector<catalog::UpdateFile> files;
  std::vector<catalog::RevisionRange> ranges;
  std::vector<model::CveId> cves;        ///< rising
  std::vector<std::uint32_t> exploited;  ///< rows of cves on CISA's list
  std::vector<catalog::Line> lines;      ///< beside entries: what most loops look at first
  std::vector<std::uint32_t> kbs;        ///< beside entries
  std::vector<CveRef> cve_refs;          ///< the ways to be repaired that occur, each grouped by part
  std::vector<Range> cve_groups;         ///< ranges of cve_refs: a month's CVEs are mostly repaired by the same updates
  std::vector<std::uint32_t> cve_group;  ///< beside cves: which of cve_groups
  std::vector<SlotLine> slot_lines;      ///< beside slots
  KbIndex index;
  std::vector<std::uint32_t> slot_children;  ///< KBs, by slot
  std::vector<Range> need_groups;            ///< ranges of need_entries
  std::vector<std::uint32_t> need_entries;
  std::vector<std::uint32_t> sha2_needers;   ///< entries that cannot be installed without SHA-2 support
  std::vector<std::uint32_t> kernel_levels;  ///< of the monthly line: those known to ship a kernel, by release
  std::uint32_t line_first = 0;              ///< entries before this one were released before the line began
  Date line_start;                           ///< first monthly rollup; !known(): this Windows has no such line

  std::array<std::vector<std::uint32_t>, catalog::kCount<catalog::Line>> by_line;  ///< entries of each line, by release

  [[nodiscard]] const std::vector<std::uint32_t>& of(catalog::Line l) const { return by_line[static_cast<std::size_t>(l)]; }
  /// The entry of a KB; nullptr when this Windows has none.
  [[nodiscard]] const Entry* find(std::uint32_t kb) const {
    const auto i = index.of(kb);
    return i == kNone ? nullptr : &entries[i];
  }
  [[nodiscard]] std::uint32_t index_of(const Entry& e) const { return static_cast<std::uint32_t>(&e - entries.data()); }
  template <class T>
  [[nodiscard]] std::span<const T> range(const std::vector<T>& list, Range r) const {
    return std::span<const T>(list).subspan(r.first, r.count);
  }
  /// The branch whose revisions hold this version: NT 6.0's own, and Internet Explorer's, which share the windows.
  [[nodiscard]] std::optional<catalog::Branch> branch_of(const FileVersion& v) const;
};

/// A row of bypass_indicators, its words in the form in which they are compared.
struct Indicator {
  std::string id, type;
  std::string subject;             ///< lower case, forward slashes
  std::vector<std::string> paths;  ///< those in the subject's prose, below the Windows folder
};
std::vector<Indicator> indicators_of(const catalog::Catalog& catalog);

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
  [[nodiscard]] const catalog::KernelLadder& ladder() const { return ladder_; }
  [[nodiscard]] std::span<const Indicator> indicators() const { return indicators_; }

 private:
  [[nodiscard]] const catalog::Product* product_for(const model::Facts& facts) const;
  catalog::Catalog catalog_;
  std::vector<catalog::Product> windows_;  ///< products that are a Windows
  std::vector<catalog::Goal> goals_;
  Upgrades upgrades_;
  ExposureTable exposure_;
  std::vector<FileVersion> release_kernels_;
  catalog::KernelLadder ladder_;
  std::vector<Indicator> indicators_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::uint32_t, std::unique_ptr<const View>> views_;  ///< by row of the product
};

/// Builds the view of one product. Never fails: a link to something that is not there is left out.
View make_view(const catalog::Catalog& catalog, const catalog::Product& product);

}  // namespace tq::judge
