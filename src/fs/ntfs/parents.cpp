#include "fs/ntfs/parents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

constexpr std::uint64_t kPiece = 262144;
constexpr std::uint64_t kHighestRecord = 0xFFFFFFFF;  // NTFS has at most 2^32 - 1 files

}  // namespace

/// A free record says so. One that was never used looks like one that a bad sector wiped: the table's bitmap tells them apart,
/// and where it is lost every such record may have been a file.
bool Parents::worth_parsing(Bytes raw, std::uint64_t number) const {
  constexpr std::uint32_t kFile = 0x454C4946;  // "FILE"
  if (raw.try_get<le32>(0).value_or(le32{}) == kFile) return (raw.try_get<le16>(22).value_or(le16{}) & 1U) != 0;
  const std::uint64_t at = number / 8;
  if (!in_use_) return true;
  return at < in_use_->size() && ((*in_use_)[at] & (std::byte{1} << (number % 8))) != std::byte{0};
}

void Parents::load_in_use() {
  auto table = File::load(*medium_, *mft_, Reference{well_known::kMft});
  const auto s = table ? table->stream(AttributeType::bitmap, {}) : Result<Stream>(table.error());
  auto bytes = s ? read_whole(*medium_, *s, kMaxMftBitmap) : Result<std::vector<std::byte>>(s.error());
  if (bytes)
    in_use_ = *std::move(bytes);
  else
    medium_->journal.lose(bytes.error());
}

void Parents::add(std::vector<std::byte> raw, std::uint64_t number, std::uint64_t offset) {
  if (!worth_parsing(bytes_of(raw), number)) return;
  const auto record = parse_record(std::move(raw), number, offset);
  if (!record || (*record)->damage) {
    medium_->journal.lose(record ? *(*record)->damage : record.error());
    complete_ = false;
  }
  if (!record) return;
  // Names of a file with many links can lie in its further records; they count for the file.
  const std::uint64_t file = (*record)->base.number() != 0 ? (*record)->base.number() : number;
  for (const Attribute& a : (*record)->attributes) {
    if (a.type != static_cast<std::uint32_t>(AttributeType::file_name)) continue;
    const auto value = resident_value(a);
    const auto name = value ? parse_file_name(*value) : Result<FileName>(value.error());
    const bool full = links_.size() >= medium_->bounds.parent_links;
    if (full && !std::exchange(full_, true))
      medium_->journal.lose(
          Error{ErrorCode::limit, "ntfs.mft.names", fmt::format("at most {} names", medium_->bounds.parent_links), "more", offset});
    if (!name || full || name->parent.number() > kHighestRecord || file > kHighestRecord) {
      complete_ = false;
      continue;
    }
    links_.emplace_back(static_cast<std::uint32_t>(name->parent.number()), static_cast<std::uint32_t>(file));
  }
}

void Parents::scan_extent(const Extent& e) {
  const Geometry& g = medium_->geometry;
  if (e.vcn > mft_->stream().size / g.cluster_size) return;
  const std::uint64_t start = e.vcn * g.cluster_size;
  const std::uint64_t end = std::min(start + std::min(e.clusters * g.cluster_size, bytes_left_), mft_->records() * g.record_size);
  std::vector<std::byte> piece;
  // A record that begins in this extent and ends in the next is read through the stream like any other.
  for (std::uint64_t at = (start + g.record_size - 1) / g.record_size * g.record_size; at < end; at += piece.size()) {
    piece.resize(std::min(kPiece, (end - at + g.record_size - 1) / g.record_size * g.record_size));
    bytes_left_ -= std::min<std::uint64_t>(bytes_left_, piece.size());
    if (const auto got = read_plain(medium_->disk, g, mft_->stream(), at, piece); !got) {
      medium_->journal.lose(got.error());
      complete_ = false;
      return;
    }
    for (std::size_t i = 0; i < piece.size(); i += g.record_size) {
      const auto first = piece.begin() + static_cast<std::ptrdiff_t>(i);
      add({first, first + static_cast<std::ptrdiff_t>(g.record_size)}, (at + i) / g.record_size,
          place_of(*medium_, mft_->stream(), at + i));
    }
  }
}

void Parents::scan() {
  scanned_ = true;
  load_in_use();
  // Runs that overlap could ask for more than there is.
  bytes_left_ = medium_->disk.size();
  std::uint64_t known = 0;
  for (const Extent& e : mft_->stream().runs.extents()) {
    if (e.vcn != known) complete_ = false;
    known = e.vcn + e.clusters;
    if (e.lcn != kHole) scan_extent(e);
  }
  if (mft_->stream().damage || bytes_left_ == 0) complete_ = false;
  std::sort(links_.begin(), links_.end());
  links_.erase(std::unique(links_.begin(), links_.end()), links_.end());
  in_use_.reset();
}

std::vector<FolderEntry> Parents::children(Reference folder) {
  if (!scanned_) scan();
  std::vector<FolderEntry> out;
  const auto number = static_cast<std::uint32_t>(std::min(folder.number(), kHighestRecord));
  for (auto it = std::lower_bound(links_.begin(), links_.end(), std::pair{number, 0U}); it != links_.end() && it->first == number; ++it) {
    auto file = File::load(*medium_, *mft_, Reference::of(it->second));
    if (!file) continue;  // an extension of a record that is lost itself: the scan has said so
    for (const Piece& p : file->pieces(AttributeType::file_name)) {
      const auto value = resident_value(*p.attribute);
      auto name = value ? parse_file_name(*value) : Result<FileName>(value.error());
      const bool here =
          name && name->parent.number() == folder.number() && (folder.sequence() == 0 || name->parent.sequence() == folder.sequence());
      if (!here || it->second == folder.number()) continue;
      if (file->folder()) name->flags |= FileName::kFolder;
      out.push_back({Reference::of(it->second, file->record().sequence), *std::move(name)});
    }
  }
  return out;
}

}  // namespace tq::fs::ntfs
