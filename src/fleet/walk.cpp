#include "fleet/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/ascii.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"
#include "fleet/chunks.hpp"
#include "fleet/profile.hpp"
#include "fs/archive.hpp"
#include "io/folder.hpp"
#include "target/loader.hpp"
#include "target/support/find_windows.hpp"

namespace tq::fleet {
namespace {

constexpr int kDepth = 32;
constexpr std::uint64_t kManyRows = RowChunks::kChunkBytes;  // smaller inventories are read like any text

/// Logs of hives and the further files of an image belong to the file they lie beside.
bool belongs_to_another(const std::string& name, const std::vector<io::Entry>& beside) {
  const std::string lower = lower_ascii(name);
  const auto dot = lower.rfind('.');
  if (dot == std::string::npos) return false;
  const std::string end = lower.substr(dot + 1);
  const auto there = [&](const std::string& other) {
    return std::any_of(beside.begin(), beside.end(), [&](const auto& e) { return iequals(e.name, other); });
  };
  if (end == "log" || end == "log1" || end == "log2" || end == "sav") return there(name.substr(0, dot));
  if (end.size() == 3 && all_digits(end) && end != "001" && end != "000")
    return there(name.substr(0, dot) + ".001") || there(name.substr(0, dot) + ".000");
  if (end.size() == 3 && end[0] == 'e' && all_digits(end.substr(1)) && end != "e01") return there(name.substr(0, dot) + ".E01");
  if (end != "vmdk") return false;
  const std::string stem = lower.substr(0, dot);
  const auto dash = stem.rfind('-');
  if (dash == std::string::npos || !there(stem.substr(0, dash) + ".vmdk")) return false;
  const std::string part = stem.substr(dash + 1);
  return part == "flat" || ((part[0] == 's' || part[0] == 'f') && all_digits(part.substr(1)));
}

/// The root of a Windows volume, a Windows folder, or a folder of hives that bear their names.
bool is_machine(const std::string& path, const std::vector<io::Entry>& entries) {
  for (const auto& e : entries) {
    if (e.kind == io::EntryKind::file && target::is_hive_name(e.name)) return true;
    if (e.kind != io::EntryKind::folder || !(iequals(e.name, "Windows") || iequals(e.name, "System32"))) continue;
    target::Input in;
    in.label = in.path = path;
    in.kind = io::HostKind::folder;
    for (const auto* l : target::all())
      if (std::string_view(l->kind) == "tree" && l->accepts(in)) return true;
  }
  return false;
}

bool has_hives(const fs::Tree& tree, const std::string& folder, int depth) {
  const auto entries = tree.list(folder);
  if (!entries || depth > kDepth) return false;
  for (const auto& e : *entries) {
    const std::string path = folder.empty() ? e.name : folder + "/" + e.name;
    if (e.kind == io::EntryKind::file && (target::is_hive_name(e.name) || istarts_with(e.name, "ntoskrnl."))) return true;
    if (e.kind == io::EntryKind::folder && has_hives(tree, path, depth + 1)) return true;
  }
  return false;
}

/// An archive without hives or kernels is a parcel of texts, each a machine or a list of them.
bool is_parcel(const std::string& path) {
  auto file = io::open_file(path);
  if (!file) return false;
  const auto archive = fs::open_archive(*std::move(file), path);
  return archive && !has_hives(**archive, "", 0);
}

ItemKind kind_of(const std::string& path, bool mapped) {
  const auto in = target::look_at(path, {});
  if (!in || in->kind != io::HostKind::file) return ItemKind::target;
  if (fs::looks_like_archive(bytes_of(in->head))) return is_parcel(path) ? ItemKind::archive : ItemKind::target;
  return in->size > kManyRows && has_rows(in->head_text, mapped) ? ItemKind::inventory : ItemKind::target;
}

class Walker {
 public:
  Walker(const std::string& root, bool mapped, const std::function<Status(const Item&)>& each,
         const std::function<void(const std::string&, const Error&)>& unread)
      : root_(root), mapped_(mapped), each_(each), unread_(unread) {}

  Status folder(const std::string& below, int depth) {
    const std::string path = root_ + below;
    const auto opened = io::Folder::open(path);
    const auto entries = opened ? opened->list("") : Result<std::vector<io::Entry>>(opened.error());
    if (!entries || depth > kDepth) {
      unread_(below, entries ? Error{ErrorCode::limit, path, fmt::format("at most {} folders deep", kDepth), "more"} : entries.error());
      return ok();
    }
    if (is_machine(path, *entries)) return each_({below, ItemKind::target});
    for (const auto& e : *entries) {
      const std::string next = below + "/" + e.name;
      if (e.kind == io::EntryKind::folder) {
        TQ_TRY([[maybe_unused]] const auto done, folder(next, depth + 1));
      } else if (e.kind == io::EntryKind::file && !belongs_to_another(e.name, *entries)) {
        TQ_TRY([[maybe_unused]] const auto done, each_({next, small(e) ? ItemKind::target : kind_of(root_ + next, mapped_)}));
      }
    }
    return ok();
  }

 private:
  /// Too small for many rows; an archive may be as small as it likes.
  [[nodiscard]] static bool small(const io::Entry& e) {
    const std::string name = lower_ascii(e.name);
    for (const char* end : {".txt", ".csv", ".json", ".ndjson", ".log"})
      if (name.ends_with(end)) return e.size <= kManyRows;
    return false;
  }

  std::string root_;
  bool mapped_;
  const std::function<Status(const Item&)>& each_;
  const std::function<void(const std::string&, const Error&)>& unread_;
};

/// `told`: how many parts there are, when the user says so.
Result<Shard> from_scheduler(std::optional<std::uint64_t> told) {
  const auto number = [](const char* name) -> std::optional<std::uint64_t> {
    const char* s = std::getenv(name);
    std::uint64_t n = 0;
    return s != nullptr && parse_u64(s, n) ? std::optional(n) : std::nullopt;
  };
  if (const auto id = number("SLURM_ARRAY_TASK_ID")) {
    const std::uint64_t first = number("SLURM_ARRAY_TASK_MIN").value_or(0);
    if (const auto count = told ? told : number("SLURM_ARRAY_TASK_COUNT"); count && *id >= first && *id - first < *count)
      return Shard{*id - first, *count};
    return Error{ErrorCode::usage,  "--shard auto", "SLURM_ARRAY_TASK_COUNT with ids that follow each other", "another array", {},
                 "give --shard I/N"};
  }
  if (const auto index = number("JOB_COMPLETION_INDEX")) {
    const auto count = told ? told : number("JOB_COMPLETIONS");
    if (count && *index < *count) return Shard{*index, *count};
    return Error{ErrorCode::usage,
                 "--shard auto",
                 "JOB_COMPLETIONS beside JOB_COMPLETION_INDEX",
                 count ? "a smaller number" : "none",
                 {},
                 "set it to the job's completions"};
  }
  return Error{ErrorCode::usage,  "--shard auto", "SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX in the environment", "neither", {},
               "give --shard I/N"};
}

}  // namespace

bool Shard::holds(std::string_view path) const {
  while (path.starts_with('/')) path.remove_prefix(1);
  return count <= 1 || static_cast<std::uint64_t>(short_hash(path)) % count == index;
}

Result<Shard> parse_shard(const std::string& text) {
  const auto slash = text.find('/');
  Shard s;
  if (text == "auto") return from_scheduler(std::nullopt);
  if (text.starts_with("auto/") && parse_u64(text.substr(slash + 1), s.count)) return from_scheduler(s.count);
  if (slash != std::string::npos && parse_u64(text.substr(0, slash), s.index) && parse_u64(text.substr(slash + 1), s.count) &&
      s.index < s.count)
    return s;
  return Error{ErrorCode::usage, "--shard", "I/N with 0 <= I < N, auto, or auto/N", text};
}

Status walk(const std::string& root, bool mapped, const std::function<Status(const Item&)>& each,
            const std::function<void(const std::string& path, const Error&)>& unread) {
  if (io::host_kind(root) == io::HostKind::folder) return Walker(root, mapped, each, unread).folder("", 0);
  return each({"", kind_of(root, mapped)});
}

}  // namespace tq::fleet
