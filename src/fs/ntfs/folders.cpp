#include "fs/ntfs/folders.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "fs/ntfs/reparse.hpp"

namespace tq::fs::ntfs {
namespace {

constexpr std::size_t kOpened = 16;

Error missing(const std::string& shown, const std::string& wanted, const char* found) {
  return Error{ErrorCode::not_found, shown, wanted, found};
}

/// The entry that a name means among those that equal it without case.
const FolderEntry* chosen(const std::vector<FolderEntry>& entries, std::u16string_view name) {
  const FolderEntry* best = nullptr;
  const auto rank = [&](const FolderEntry& e) { return (e.name.space == NameSpace::dos ? 2 : 0) + (e.name.name == name ? 0 : 1); };
  for (const FolderEntry& e : entries)
    if (best == nullptr || rank(e) < rank(*best) || (rank(e) == rank(*best) && utf16_to_utf8(e.name.name) < utf16_to_utf8(best->name.name)))
      best = &e;
  return best;
}

}  // namespace

/// A folder whose record or root is lost is opened all the same: its error stands in place of the index.
Result<Folders::Opened> Folders::load(Reference folder, const std::string& shown) {
  Opened o;
  o.folder = folder;
  auto file = File::load(*medium_, *mft_, folder);
  if (!file) {
    o.error = file.error();
    return o;
  }
  if (!file->folder()) return missing(shown, "a folder", "a file");
  const auto tag = reparse_tag(*medium_, *file);
  if (tag && *tag && is_link(**tag)) return missing(shown, "a folder", "a link, which is not followed");
  auto index = Index::open(*medium_, *upcase_, *file);
  if (index)
    o.index = *std::move(index);
  else
    o.error = index.error();
  return o;
}

Result<Folders::Opened*> Folders::open(Reference folder, const std::string& shown) {
  const auto it = std::find_if(recent_.begin(), recent_.end(), [&](const Opened& o) { return o.folder.raw == folder.raw; });
  if (it != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, it);
    return &recent_.front();
  }
  TQ_TRY(auto opened, load(folder, shown));
  recent_.push_front(std::move(opened));
  if (recent_.size() > kOpened) recent_.pop_back();
  return &recent_.front();
}

void Folders::complete(Opened& opened, const std::string& shown, Listing& listing) {
  for (const Error& e : listing.lost) medium_->journal.lose(e);
  // A large folder with one lost block may be asked for hundreds of names: its records are read once.
  if (!opened.recovered) opened.recovered = parents_.children(opened.folder);
  std::vector<FolderEntry> more = *opened.recovered;
  // The index is believed where it still speaks: a name of the records that it has too is no second entry.
  const auto key = [](const FolderEntry& e) { return std::pair(e.file.number(), e.name.name); };
  std::vector<std::pair<std::uint64_t, std::u16string>> known;
  known.reserve(listing.entries.size());
  for (const FolderEntry& e : listing.entries) known.push_back(key(e));
  std::sort(known.begin(), known.end());
  std::erase_if(more, [&](const FolderEntry& e) { return std::binary_search(known.begin(), known.end(), key(e)); });
  listing.entries.insert(listing.entries.end(), more.begin(), more.end());
  medium_->journal.note("folder \"" + printable(shown, true) + "\": index damaged, the files' own records are asked" +
                        (parents_.complete() ? "" : "; names may still be missing"));
}

Result<Listing> Folders::list(Reference folder, const std::string& shown) {
  TQ_TRY(Opened * o, open(folder, shown));
  Listing listing;
  if (o->index) {
    auto all = o->index->all();
    listing = {std::move(all.entries), std::move(all.lost)};
  } else {
    listing.lost.push_back(*o->error);
  }
  o->listed = true;
  if (listing.lost.empty()) return listing;
  complete(*o, shown, listing);
  if (!parents_.complete()) o->gap = listing.lost.front();
  if (listing.entries.empty() && !o->index) return listing.lost.front();
  return listing;
}

std::optional<Error> Folders::gap(Reference folder, const std::string& shown) {
  const auto o = open(folder, shown);
  if (!o) return std::nullopt;
  if (!(*o)->listed) static_cast<void>(list(folder, shown));
  return (*o)->gap;
}

Result<FolderEntry> Folders::find(Reference folder, std::string_view name, const std::string& shown) {
  TQ_TRY(Opened * o, open(folder, shown));
  const std::u16string wanted = utf8_to_utf16(name);
  Listing found;
  if (o->index) {
    auto some = o->index->find(wanted);
    found = {std::move(some.entries), std::move(some.lost)};
  } else {
    found.lost.push_back(*o->error);
  }
  if (found.entries.empty() && !found.lost.empty()) {
    complete(*o, shown, found);
    std::erase_if(found.entries, [&](const FolderEntry& e) { return upcase_->compare(e.name.name, wanted) != 0; });
    // Some record is lost, and it may be just this name's: that is no "not found".
    if (found.entries.empty() && !parents_.complete()) return found.lost.front();
  }
  const FolderEntry* e = chosen(found.entries, wanted);
  if (e == nullptr) return missing(shown, std::string(name), "no such entry");
  return e->name.space == NameSpace::dos ? with_long_name(*e) : *e;
}

/// The long name stands beside the 8.3 one in the file's record, in the same folder; without it the 8.3 name must do.
FolderEntry Folders::with_long_name(FolderEntry e) {
  auto file = File::load(*medium_, *mft_, e.file);
  if (!file) return e;
  for (const Piece& p : file->pieces(AttributeType::file_name)) {
    const auto value = resident_value(*p.attribute);
    const auto name = value ? parse_file_name(*value) : Result<FileName>(value.error());
    if (name && name->space == NameSpace::win32 && name->parent.number() == e.name.parent.number()) {
      e.name.name = name->name;
      e.name.space = name->space;
      break;
    }
  }
  return e;
}

}  // namespace tq::fs::ntfs
