#include "target/support/find_windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include "core/path.hpp"
#include "core/text.hpp"
#include "fs/overlay.hpp"
#include "target/support/drive_names.hpp"

namespace tq::target {
namespace {

std::string below(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

std::string_view parent_of(std::string_view path) {
  const auto cut = path.find_last_of('/');
  return cut == std::string_view::npos ? std::string_view{} : path.substr(0, cut);
}

/// Setup keeps what it replaces, or is about to install, in folders of its own at the root.
const char* not_in_use(std::string_view folder) {
  if (istarts_with(folder, "Windows.old")) return "an earlier installation";
  if (istarts_with(folder, "$Windows.~") || istarts_with(folder, "Windows.~")) return "files of a setup";
  if (is_shadow_copy(folder)) return "a shadow copy, the state of an earlier day";
  return nullptr;
}

class Finder {
 public:
  Finder(std::shared_ptr<const fs::Tree> tree, Search search)
      : tree_(std::move(tree)), depth_(search == Search::volume ? 1 : kSearchDepth) {}

  FoundWindows run() {
    queue_.push_back({"", 0});
    for (std::size_t listed = 0; !queue_.empty(); ++listed) {
      if (listed >= kSearchFolders) {
        found_.notes.push_back(fmt::format("more than {} folders: the search for Windows stopped", kSearchFolders));
        break;
      }
      const Place at = std::move(queue_.front());
      queue_.pop_front();
      look_into(at);
    }
    std::sort(windows_.begin(), windows_.end());
    put_drives_together();
    return std::move(found_);
  }

 private:
  struct Place {
    std::string path;
    int depth;
  };

  void look_into(const Place& at) {
    const auto entries = tree_->list(at.path);
    if (!entries) return may_be_missing(at.path, entries.error());
    if (const auto gap = tree_->gap(at.path)) may_be_missing(at.path, *gap);
    const auto has = [&](std::string_view name) {
      return std::any_of(entries->begin(), entries->end(),
                         [&](const io::Entry& e) { return iequals(e.name, name) && e.kind == io::EntryKind::folder; });
    };
    if (has("System32")) return take(at.path);
    bool hives = false;
    for (const auto& e : *entries) {
      if (e.kind == io::EntryKind::file) hives = hives || is_hive_name(e.name);
      if (e.kind == io::EntryKind::folder) descend(at, e.name);
    }
    if (hives) found_.hive_folders.push_back(at.path);
    if (at.depth == 0) volume_kind(*entries);
  }

  void may_be_missing(const std::string& folder, const Error& why) {
    found_.notes.push_back(fmt::format("{}: a Windows in it may be missing: {}", folder.empty() ? "/" : folder, why.text()));
  }

  void descend(const Place& at, const std::string& name) {
    const std::string path = below(at.path, name);
    const char* why = not_in_use(name);
    if (why == nullptr && at.depth + 1 < depth_) return queue_.push_back({path, at.depth + 1});
    if (why == nullptr) {  // as deep as it goes: one name is looked up, the folder is not listed
      if (tree_->list(path + "/System32")) take(path);
      return;
    }
    for (const char* windows : {"/Windows", "/WINNT", ""})
      if (tree_->list(path + windows + "/System32")) return found_.notes.push_back(fmt::format("{}{}: {}, not read", path, windows, why));
    if (is_shadow_copy(name)) found_.notes.push_back(fmt::format("{}: {}, not read", path, why));
  }

  void take(const std::string& path) {
    // Only the preinstallation environment has these; it is what recovery and setup boot into.
    for (const char* pe : {"wpeinit.exe", "winpeshl.exe", "winpeshl.ini"})
      if (tree_->real_path(below(path, std::string("System32/") + pe)))
        return found_.notes.push_back(fmt::format("{}: Windows PE, a recovery or setup system and no machine", path.empty() ? "/" : path));
    windows_.push_back(path);
  }

  void volume_kind(const std::vector<io::Entry>& entries) {
    const auto has = [&](std::string_view name) {
      return std::any_of(entries.begin(), entries.end(), [&](const io::Entry& e) { return iequals(e.name, name); });
    };
    if (has("Windows") || has("WINNT")) return;
    if (tree_->list("Recovery/WindowsRE"))
      found_.notes.emplace_back("a recovery volume (Recovery/WindowsRE)");
    else if (has("bootmgr") || has("ntldr") || tree_->list("EFI/Microsoft/Boot"))
      found_.notes.emplace_back("a boot volume");
  }

  /// "uploads/auto/C%3A/Windows" and "uploads/ntfs/%5C%5C.%5CC%3A/Windows" are one drive of one machine.
  [[nodiscard]] static std::string drive_of(std::string_view windows) {
    const std::string_view folder = parent_of(windows);
    const char letter = drive_letter(last_component(folder));
    if (letter == 0) return std::string(windows);
    std::string_view collection = parent_of(folder);
    if (is_accessor(last_component(collection))) collection = parent_of(collection);
    return fmt::format("{}/{}:/{}", collection, letter, lower_ascii(last_component(windows)));
  }

  void put_drives_together() {
    std::map<std::string, std::vector<std::string>> drives;
    std::vector<std::string> order;
    for (const auto& w : windows_) {
      auto& places = drives[drive_of(w)];
      if (places.empty()) order.push_back(drive_of(w));
      places.push_back(w);
    }
    for (const auto& drive : order) {
      const auto& places = drives[drive];
      if (places.size() == 1) {
        found_.roots.push_back({tree_, places.front()});
        continue;
      }
      std::vector<std::string> folders;
      for (const auto& p : places) folders.emplace_back(parent_of(p));
      found_.roots.push_back({fs::overlay(tree_, folders), std::string(last_component(places.front()))});
    }
  }

  std::shared_ptr<const fs::Tree> tree_;
  int depth_;
  std::deque<Place> queue_;
  std::vector<std::string> windows_;
  FoundWindows found_;
};

}  // namespace

bool is_hive_name(std::string_view name) { return iequals(name, "SOFTWARE") || iequals(name, "SYSTEM") || iequals(name, "COMPONENTS"); }

FoundWindows find_windows(const std::shared_ptr<const fs::Tree>& tree, Search search) { return Finder(tree, search).run(); }

}  // namespace tq::target
