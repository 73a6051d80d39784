// The volume as a tree of files.
#include "fs/ntfs/volume.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/limits.hpp"
#include "core/path.hpp"
#include "core/text.hpp"
#include "fs/ntfs/bounds.hpp"
#include "fs/ntfs/log_state.hpp"
#include "fs/ntfs/reparse.hpp"

namespace tq::fs::ntfs {
namespace {

constexpr Reference kRoot = Reference{well_known::kRoot};

/// The error as the user knows the place, with what the reader calls it behind.
Error at_path(Error e, const std::string& shown) {
  if (e.place != shown) e.found = e.place.empty() ? e.found : e.place + ": " + e.found;
  e.place = shown;
  return e;
}

/// Name and stream of the last component, cut at its first colon: "file:stream", "file:stream:$DATA", "file::$DATA".
struct StreamPath {
  std::string file, stream;
};
std::optional<StreamPath> split_stream(std::string_view path) {
  const auto slash = path.rfind('/');
  const auto colon = path.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view stream = path.substr(colon + 1);
  constexpr std::string_view kType = ":$DATA";
  if (stream.size() >= kType.size() && iequals(stream.substr(stream.size() - kType.size()), kType)) stream.remove_suffix(kType.size());
  return StreamPath{std::string(path.substr(0, colon)), std::string(stream)};
}

}  // namespace

NtfsVolume::NtfsVolume(std::shared_ptr<Medium> medium, Mft mft, std::string label)
    : medium_(std::move(medium)),
      mft_(std::move(mft)),
      upcase_(*medium_, mft_),
      folders_(*medium_, mft_, upcase_),
      label_(std::move(label)) {
  while (label_.size() > 1 && label_.back() == '/') label_.pop_back();
  const Geometry& g = medium_->geometry;
  info_.serial = g.serial;
  info_.sector_size = g.sector_size;
  info_.cluster_size = g.cluster_size;
  info_.record_size = g.record_size;
  info_.size = g.size;
  if (medium_->disk.size() < g.size)
    medium_->journal.note(fmt::format("the volume is cut: {} of {} bytes are there", medium_->disk.size(), g.size));
  read_volume_state(*medium_, mft_, info_);
}

std::string NtfsVolume::cite(std::string_view path) const { return path.empty() ? label_ : label_ + "/" + std::string(path); }

Result<NtfsVolume::Found> NtfsVolume::resolve(std::string_view path) const {
  Found at{kRoot, std::nullopt, {}};
  for (const std::string& part : path_components(path)) {
    const std::string here = cite(at.real);
    if (part == "..") return Error{ErrorCode::usage, here, "a path below the target", ".."};
    auto next = folders_.find(at.file, part, here);
    if (!next) return at_path(next.error(), here);
    at.real += (at.real.empty() ? "" : "/") + utf16_to_utf8(next->name.name);
    at.file = next->file;
    at.name = std::move(next->name);
  }
  return at;
}

Result<std::string> NtfsVolume::real_path(std::string_view path) const {
  TQ_TRY(const Found f, resolve(path));
  return f.real;
}

/// The index holds the tag beside the flag; old writers left it out, and then the file itself is asked.
bool NtfsVolume::is_link_entry(const FolderEntry& e) const {
  if (!e.name.reparse()) return false;
  if (e.name.reparse_tag != 0) return is_link(e.name.reparse_tag);
  auto file = File::load(*medium_, mft_, e.file);
  const auto tag = file ? reparse_tag(*medium_, *file) : Result<std::optional<std::uint32_t>>(file.error());
  return tag && *tag && is_link(**tag);
}

io::Entry NtfsVolume::entry_of(const FolderEntry& e) const {
  io::Entry out;
  out.name = utf16_to_utf8(e.name.name);
  out.kind = is_link_entry(e) ? io::EntryKind::link : e.name.folder() ? io::EntryKind::folder : io::EntryKind::file;
  out.size = out.kind == io::EntryKind::file ? e.name.size : 0;
  out.modified = e.name.modified;
  return out;
}

Result<Listing> NtfsVolume::visible(Reference folder, const std::string& shown) const {
  TQ_TRY(Listing l, folders_.list(folder, shown));
  const bool root = folder.number() == well_known::kRoot;
  // What has a name of another namespace in this folder is listed by that one.
  std::vector<std::uint64_t> long_names;
  for (const FolderEntry& e : l.entries)
    if (e.name.space != NameSpace::dos) long_names.push_back(e.file.number());
  std::sort(long_names.begin(), long_names.end());
  std::erase_if(l.entries, [&](const FolderEntry& e) {
    const bool metafile = root && e.file.number() < well_known::kFirstFree;
    // An 8.3 name whose long name was lost is all that is left of the file.
    const bool second = e.name.space == NameSpace::dos && std::binary_search(long_names.begin(), long_names.end(), e.file.number());
    if (metafile || second || e.name.name == u".") return true;
    if (can_be_in_path(e.name.name)) return false;
    l.lost.push_back({ErrorCode::corrupt, shown, "a name for a path", "\"" + printable(utf16_to_utf8(e.name.name), true) + "\""});
    medium_->journal.lose(l.lost.back());
    return true;
  });
  return l;
}

Result<std::vector<io::Entry>> NtfsVolume::list(std::string_view path) const {
  TQ_TRY(const Found f, resolve(path));
  const std::string shown = cite(f.real);
  auto listing = visible(f.file, shown);
  if (!listing) return at_path(listing.error(), shown);
  std::vector<io::Entry> out;
  out.reserve(listing->entries.size());
  for (const FolderEntry& e : listing->entries) out.push_back(entry_of(e));
  std::sort(out.begin(), out.end(), [](const io::Entry& a, const io::Entry& b) { return a.name < b.name; });
  out.erase(std::unique(out.begin(), out.end(), [](const io::Entry& a, const io::Entry& b) { return a.name == b.name; }), out.end());
  return out;
}

std::optional<Error> NtfsVolume::gap(std::string_view path) const {
  const auto f = resolve(path);
  if (!f) return std::nullopt;
  auto e = folders_.gap(f->file, cite(f->real));
  if (e) e = at_path(*std::move(e), cite(f->real));
  return e;
}

Result<Stream> NtfsVolume::named_stream(File& file, std::string_view name) const {
  const std::u16string wanted = utf8_to_utf16(name);
  for (const Piece& p : file.pieces(AttributeType::data))
    if (upcase_.compare(p.attribute->name, wanted) == 0) return file.stream(AttributeType::data, p.attribute->name);
  return file.stream(AttributeType::data, wanted);
}

Result<Stream> NtfsVolume::default_stream(File& file) const {
  TQ_TRY(const auto tag, reparse_tag(*medium_, file));
  if (tag && is_link(*tag)) return Error{ErrorCode::io, {}, "a file", "a link, which is not followed", file.record().offset};
  if (tag && !content_is_here(*tag))
    return Error{ErrorCode::unsupported, {}, "a file stored as it is", "a file " + reparse_name(*tag), file.record().offset};
  if (file.folder()) return Error{ErrorCode::unsupported, {}, "a regular file", "a folder"};
  auto s = file.stream(AttributeType::data, {});
  if (s || s.error().code != ErrorCode::not_found) return s;
  Stream empty;  // no default stream is how NTFS stores a file that has other streams only
  empty.resident = true;
  return empty;
}

Result<std::unique_ptr<io::ByteSource>> NtfsVolume::open_stream(Reference reference, std::string_view name) const {
  TQ_TRY(File file, File::load(*medium_, mft_, reference));
  TQ_TRY(Stream s, name.empty() ? default_stream(file) : named_stream(file, name));
  if (s.encrypted)
    return Error{ErrorCode::encrypted, {}, "a readable file", "a file encrypted by EFS", s.offset, "export it decrypted on its machine"};
  return stream_source(medium_, std::move(s));
}

Result<std::unique_ptr<io::ByteSource>> NtfsVolume::open_reference(std::uint64_t reference) const {
  return open_stream(Reference{reference}, {});
}

Result<std::unique_ptr<io::ByteSource>> NtfsVolume::open(std::string_view path) const {
  const auto open_at = [&](const Found& f, std::string_view stream) {
    auto r = open_stream(f.file, stream);
    return r ? std::move(r) : Result<std::unique_ptr<io::ByteSource>>(at_path(r.error(), cite(f.real)));
  };
  const auto whole = resolve(path);
  if (whole) return open_at(*whole, {});
  // A colon can be part of a name that a POSIX program wrote; only when there is no such name it divides off a stream.
  const auto parts = split_stream(path);
  if (!parts || whole.error().code != ErrorCode::not_found) return whole.error();
  TQ_TRY(const Found f, resolve(parts->file));
  return open_at(f, parts->stream);
}

}  // namespace tq::fs::ntfs
