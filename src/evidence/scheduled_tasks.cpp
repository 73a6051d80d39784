// Scheduled tasks: their names from the registry's cache, what they start from the files of System32\Tasks.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/listing.hpp"
#include "evidence/support/note.hpp"
#include "format/task/task.hpp"

namespace tq::evidence {
namespace {

constexpr std::size_t kMostTasks = 4096;  // honest machines have a few hundred
constexpr std::size_t kFolders = 1024;    // Microsoft's own are some sixty
constexpr std::size_t kDepth = 16;

/// Names only: what a task starts lies there in a form that is not documented.
bool from_cache(const target::Registry& reg, const std::string& key, model::Facts& facts, bool& cut) {
  static constexpr std::array<std::string_view, 1> kNames = {"Path"};
  const auto rows = reg.rows(key, kNames);
  if (!rows) return false;
  auto& tasks = facts.configuration.tasks;
  for (const auto& row : *rows) {
    const std::string path = row.values[0] ? row.values[0]->text().value_or("") : std::string{};
    if (path.empty()) continue;
    if (tasks.size() == kMostTasks) {
      cut = true;
      break;
    }
    tasks.push_back({path, {}, reg.cite(key + "\\" + row.name, "Path")});
  }
  return true;
}

std::string commands(const format::task::Task& t) {
  std::string all;
  for (const auto& a : t.actions) all += (all.empty() ? "" : "; ") + a.command;
  return all;
}

class TaskFolder {
 public:
  TaskFolder(const target::Source& source, model::Facts& facts)
      : source_(source), tree_(*source.tree), root_(source.windows + "/System32/Tasks"), facts_(facts) {}

  /// False: there is no such folder.
  bool read() {
    folders_.push_back({root_, 0});
    // The list grows while it is walked; the limit keeps a tree of folders without end from growing it on.
    for (std::size_t i = 0; i < folders_.size(); ++i)
      if (!read_folder(folders_[i].path, folders_[i].depth) && i == 0) return false;
    return true;
  }
  [[nodiscard]] std::size_t damaged() const { return damaged_; }
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  struct Folder {
    std::string path;
    std::size_t depth;
  };

  /// False: it could not be listed. `path` is a copy: the list of folders grows meanwhile.
  /// NOLINTNEXTLINE(performance-unnecessary-value-param)
  bool read_folder(const std::string path, std::size_t depth) {
    const Listing listing = list_folder(source_, path);
    if (listing.lost || (!listing.there && depth != 0)) ++damaged_;
    for (const auto& e : listing.entries) {
      const std::string below = path + "/" + e.name;
      if (e.kind == io::EntryKind::folder) {
        if (depth < kDepth && folders_.size() < kFolders)
          folders_.push_back({below, depth + 1});
        else
          cut_ = true;
      } else if (e.kind == io::EntryKind::file) {
        read_task(below);
      }
    }
    return listing.there;
  }

  void read_task(const std::string& path) {
    auto& tasks = facts_.configuration.tasks;
    std::string name = path.substr(root_.size());
    std::replace(name.begin(), name.end(), '/', '\\');
    // The own tasks of Windows are many and come with every Windows: their names are known, their files are not opened.
    if (istarts_with(name, "\\Microsoft\\Windows\\")) return;
    if (tasks.size() == kMostTasks) {
      cut_ = true;
      return;
    }
    const auto bytes = fs::read_file(tree_, path, format::task::kSizeLimit);
    const auto task = bytes ? format::task::read(bytes_of(*bytes)) : Result<format::task::Task>(bytes.error());
    if (!task || task->lost) ++damaged_;
    note(std::move(name), task ? commands(*task) : std::string{}, tree_.cite(path));
  }

  void note(std::string name, std::string command, std::string where) {
    for (auto& t : facts_.configuration.tasks) {
      if (!iequals(t.path, name)) continue;
      t.command = std::move(command);
      t.where = std::move(where);
      return;
    }
    facts_.configuration.tasks.push_back({std::move(name), std::move(command), std::move(where)});
  }

  const target::Source& source_;
  const fs::Tree& tree_;
  const std::string root_;
  model::Facts& facts_;
  std::vector<Folder> folders_;
  std::size_t damaged_ = 0;
  bool cut_ = false;
};

void collect_scheduled_tasks(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SOFTWARE");
  const std::string key = std::string(kCurrentVersion) + "\\Schedule\\TaskCache\\Tasks";
  bool cut = false, cache = false, cache_whole = false;
  if (reg != nullptr) {
    const target::Certainty sure(*reg);
    cache = from_cache(*reg, key, facts, cut);
    cache_whole = sure.whole(key);
  }
  std::size_t damaged = 0;
  bool files = false;
  if (source.tree) {
    TaskFolder folder(source, facts);
    files = folder.read();
    damaged = folder.damaged();
    cut = cut || folder.cut();
  }
  auto& c = facts.configuration;
  if (!cache && !files) return;
  if (!cut && damaged == 0 && (files || cache_whole)) c.tasks_read = model::Tri::yes;
  cover(facts, "tasks", model::CoverageStatus::read,
        fmt::format("{} tasks{}{}{}", c.tasks.size(), cut ? "; the rest was not read" : "",
                    files ? "" : "; names only, without System32\\Tasks",
                    damaged != 0 ? fmt::format("; {} could not be read", damaged) : std::string()));
}

}  // namespace

extern const Collector scheduled_tasks;
const Collector scheduled_tasks{"scheduled_tasks", collect_scheduled_tasks};

}  // namespace tq::evidence
