// Every name of a volume, one after the other.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "fs/ntfs/bounds.hpp"
#include "fs/ntfs/reparse.hpp"
#include "fs/ntfs/volume.hpp"

namespace tq::fs::ntfs {
namespace {

Error bound(const std::string& place, std::string wanted) { return Error{ErrorCode::limit, place, std::move(wanted), "more"}; }

void add_streams(File& file, WalkEntry& out) {
  for (const Piece& p : file.pieces(AttributeType::data)) {
    const Attribute& a = *p.attribute;
    if (a.name.empty() || a.first_vcn != 0) continue;
    // The size stands at one place for runs and at another for a value in the record.
    const std::uint64_t size =
        a.resident ? std::uint64_t{a.whole.try_get<le32>(16).value_or(le32{})} : a.whole.try_get<le64>(48).value_or(le64{});
    out.streams.push_back({utf16_to_utf8(a.name), size});
  }
  std::sort(out.streams.begin(), out.streams.end(), [](const StreamInfo& a, const StreamInfo& b) { return a.name < b.name; });
}

}  // namespace

struct NtfsVolume::Walker {
  struct Level {
    std::string path;
    std::vector<FolderEntry> entries;  ///< the next one last
  };
  const NtfsVolume* volume;
  const std::function<bool(const WalkEntry&)>* visit;
  std::vector<Level> levels{};
  std::set<std::uint64_t> entered{};
  std::size_t names = 0;
  bool whole = true;

  /// Goes into a folder; what of it is damaged is added to `lost`.
  void enter(Reference folder, const std::string& path, std::vector<Error>& lost) {
    // Hard links to folders do not exist on a sound volume; on another they would make the walk endless.
    if (!entered.insert(folder.number()).second) {
      lost.push_back({ErrorCode::corrupt, volume->cite(path), "a folder in one place", "one met before"});
      return volume->medium_->journal.lose(lost.back());
    }
    if (levels.size() >= kMaxWalkDepth) {
      whole = false;
      lost.push_back(bound(volume->cite(path), "folders less deep"));
      return volume->medium_->journal.lose(lost.back());
    }
    auto listing = volume->visible(folder, volume->cite(path));
    if (!listing) {
      lost.push_back(listing.error());
      return volume->medium_->journal.lose(lost.back());
    }
    lost.insert(lost.end(), listing->lost.begin(), listing->lost.end());
    std::sort(listing->entries.begin(), listing->entries.end(),
              [](const FolderEntry& a, const FolderEntry& b) { return utf16_to_utf8(a.name.name) > utf16_to_utf8(b.name.name); });
    levels.push_back({path, std::move(listing->entries)});
  }

  void describe(const FolderEntry& e, WalkEntry& out) const {
    auto file = File::load(*volume->medium_, volume->mft_, e.file);
    if (!file) {
      out.lost.push_back(file.error());
      return volume->medium_->journal.lose(file.error());
    }
    add_streams(*file, out);
    if (out.kind != io::EntryKind::file) return;
    auto s = volume->default_stream(*file);
    if (!s) {
      out.lost.push_back(s.error());
      return;
    }
    out.size = s->size;
    if (s->damage) out.lost.push_back(*s->damage);
  }

  bool run() {
    std::vector<Error> of_root;
    enter(kRootReference, {}, of_root);
    while (!levels.empty()) {
      if (levels.back().entries.empty()) {
        levels.pop_back();
        continue;
      }
      const FolderEntry e = std::move(levels.back().entries.back());
      levels.back().entries.pop_back();
      if (++names > volume->medium_->bounds.walk_names) {
        volume->medium_->journal.lose(bound(volume->cite({}), fmt::format("at most {} names", volume->medium_->bounds.walk_names)));
        return false;
      }
      if (!(*visit)(one(e))) return false;
    }
    return whole;
  }

  /// Describes the entry and, for a folder, makes its content the next to come.
  WalkEntry one(const FolderEntry& e) {
    const io::Entry entry = volume->entry_of(e);
    WalkEntry out;
    out.path = levels.back().path + (levels.back().path.empty() ? "" : "/") + entry.name;
    out.kind = entry.kind;
    out.size = entry.size;
    out.modified = entry.modified;
    out.reference = e.file.raw;
    describe(e, out);
    if (out.kind == io::EntryKind::folder) enter(e.file, out.path, out.lost);
    return out;
  }

  static constexpr Reference kRootReference{well_known::kRoot};
};

bool NtfsVolume::walk(const std::function<bool(const WalkEntry&)>& visit) const { return Walker{this, &visit}.run(); }

}  // namespace tq::fs::ntfs
