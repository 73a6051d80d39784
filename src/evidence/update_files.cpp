// Versions of the files that the catalog's table names, as Windows uses them: never a copy that is only staged in WinSxS,
// a driver store or a service pack's backup.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/listing.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

struct Root {
  const char* below_windows;
  int depth;  ///< folders below it that are looked into
};
// Where servicing projects files to. Left out on purpose: WinSxS, DriverStore, SoftwareDistribution, servicing, Installer.
constexpr Root kRoots[] = {{"", 0},         {"system32", 3}, {"syswow64", 3},         {"microsoft.net", 4},
                           {"assembly", 5}, {"ehome", 1},    {"../program files", 5}, {"../program files (x86)", 5}};
constexpr const char* kSkipped[] = {"winsxs", "driverstore", "catroot", "catroot2", "config", "winevt", "dllcache"};
constexpr std::size_t kMostEntries = 500000;
constexpr std::size_t kMostFilesOfOneName = 40;  // one name in several frameworks or languages

class Search {
 public:
  Search(const target::Source& source, std::set<std::string> names) : source_(source), names_(std::move(names)) {}

  void walk(const std::string& below_windows, int depth) {
    const std::string path = below_windows.empty() ? source_.windows : tree_path(source_, below_windows);
    if (path.empty() || seen_ > kMostEntries) return;
    const Listing listing = list_folder(source_, path);
    if (listing.lost && !lost_) lost_ = listing.lost;
    for (const auto& e : listing.entries) {
      if (++seen_ > kMostEntries) return;
      const std::string name = lower_ascii(e.name);
      const std::string at = below_windows.empty() ? name : below_windows + "/" + name;
      if (e.kind == io::EntryKind::file && names_.contains(name)) {
        auto& found = found_[name];
        if (found.size() == kMostFilesOfOneName)
          many_ = name;
        else
          found.push_back(at);
      } else if (e.kind == io::EntryKind::folder && depth > 0 && !skipped(name)) {
        walk(at, depth - 1);
      }
    }
  }
  /// Why files may have been overlooked; empty when none was.
  [[nodiscard]] std::string overlooked() const {
    if (seen_ > kMostEntries) return ", search cut short: too many files";
    if (!many_.empty()) return "; of " + printable(many_) + " more than " + std::to_string(kMostFilesOfOneName) + " files";
    return lost_ ? "; names may be missing: " + lost_->text() : std::string{};
  }
  [[nodiscard]] std::size_t names_found() const { return found_.size(); }
  /// Below the Windows folder.
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& [name, paths] : found_) out.insert(out.end(), paths.begin(), paths.end());
    return out;
  }

 private:
  static bool skipped(const std::string& name) {
    return std::any_of(std::begin(kSkipped), std::end(kSkipped), [&](const char* s) { return name == s; });
  }
  const target::Source& source_;
  std::set<std::string> names_;
  std::map<std::string, std::vector<std::string>> found_;
  std::optional<Error> lost_;  ///< of the first folder that could not be listed as a whole
  std::size_t seen_ = 0;
  std::string many_;  ///< a name of more files than are looked at
};

void collect_update_files(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  if (!source.tree || wanted.files.empty()) return;
  std::set<std::string> names;
  std::size_t read = 0;
  for (const auto& f : wanted.files) {
    if (f.find('/') == std::string::npos)
      names.insert(f);
    else
      read += std::size_t{add_file(source, f, facts)};
  }
  Search search(source, std::move(names));
  for (const Root& r : kRoots) search.walk(r.below_windows, r.depth);
  const auto paths = search.paths();
  std::vector<std::string> in_tree;
  for (const auto& path : paths) in_tree.push_back(tree_path(source, path));
  source.tree->expect(in_tree);
  for (const auto& path : paths) read += std::size_t{add_file(source, path, facts)};
  const std::string overlooked = search.overlooked();
  if (overlooked.empty()) facts.update_files_read = model::Tri::yes;
  cover(facts, "update_files", overlooked.empty() ? model::CoverageStatus::read : model::CoverageStatus::failed,
        fmt::format("{} of {} names found in {} files{}", search.names_found(), wanted.files.size(), read, overlooked));
}

}  // namespace

extern const Collector update_files;
const Collector update_files{"update_files", nullptr, collect_update_files};

}  // namespace tq::evidence
