#include "fs/ntfs/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "fs/ntfs/bounds.hpp"
#include "fs/ntfs/fixup.hpp"

namespace tq::fs::ntfs {
namespace {

struct RootHeader {
  le32 type, collation, block_size;
  std::uint8_t clusters_per_block;
  std::array<std::uint8_t, 3> pad;
};
static_assert(OnDisk<RootHeader> && sizeof(RootHeader) == 16);

struct NodeHeader {  ///< offsets count from its own first byte
  le32 entries, used, allocated, flags;
};
static_assert(OnDisk<NodeHeader> && sizeof(NodeHeader) == 16);

struct IndexEntryHeader {
  le64 file;
  le16 length, key_length, flags, pad;
};
static_assert(OnDisk<IndexEntryHeader> && sizeof(IndexEntryHeader) == 16);

constexpr std::uint64_t kNodeInBlock = 24;
constexpr std::uint16_t kHasChild = 1, kLast = 2;
constexpr std::u16string_view kName = u"$I30";

struct Entry {
  IndexEntryHeader header{};
  std::optional<std::uint64_t> child;
  std::optional<FileName> name;  ///< none in the last entry of a node
  std::optional<Error> bad_name;
  std::uint64_t offset = 0;
};

Result<Entry> parse_entry(Bytes node, std::uint64_t at) {
  Entry e;
  e.offset = node.base() + at;
  TQ_TRY(e.header, node.get<IndexEntryHeader>(at, "ntfs.index.entry"));
  TQ_TRY(const Bytes whole, node.sub(at, e.header.length, "ntfs.index.entry.length"));
  const bool has_child = (e.header.flags & kHasChild) != 0;
  if (whole.size() < sizeof(IndexEntryHeader) + (has_child ? 8 : 0))
    return Error{ErrorCode::corrupt, "ntfs.index.entry.length", "at least 16 bytes", fmt::format("{}", whole.size()), e.offset + 8};
  if (has_child) e.child = *whole.try_get<le64>(whole.size() - 8);
  if ((e.header.flags & kLast) != 0) return e;
  // A bad name costs its own entry only: where the next one begins is known.
  const auto key = whole.sub(sizeof(IndexEntryHeader), e.header.key_length, "ntfs.index.entry.key");
  auto name = key ? parse_file_name(*key) : Result<FileName>(key.error());
  if (name)
    e.name = *std::move(name);
  else
    e.bad_name = name.error();
  return e;
}

}  // namespace

struct Index::Walk {
  std::optional<std::u16string_view> wanted;  ///< none: everything
  Outcome out;
  std::set<std::uint64_t> visited;
  std::u16string last;  ///< the name before, to see whether the order holds
  bool past = false;    ///< everything that follows is greater than what is wanted
};

Result<Index> Index::open(Medium& medium, UpCase& upcase, File& folder) {
  Index x(medium, upcase);
  TQ_TRY(const Stream root, folder.stream(AttributeType::index_root, kName));
  if (!root.resident) return Error{ErrorCode::corrupt, "ntfs.index.root", "a resident root", "one with runs", root.offset};
  x.root_ = root.value;
  x.root_offset_ = root.offset;
  TQ_TRY(const auto h, Bytes(x.root_, root.offset).get<RootHeader>(0, "ntfs.index.root"));
  if (h.type != static_cast<std::uint32_t>(AttributeType::file_name))
    return Error{ErrorCode::corrupt, "ntfs.index.root.type", "an index of names", fmt::format("{:#x}", std::uint32_t{h.type}), root.offset};
  const std::uint32_t size = h.block_size;
  x.block_size_ = std::has_single_bit(size) && size >= kMinIndexBlock && size <= kMaxIndexBlock ? size : medium.geometry.index_block_size;
  // The boot sector states a size too; the folder's own is the one its blocks were written with.
  x.vcn_unit_ = medium.geometry.cluster_size <= x.block_size_ ? medium.geometry.cluster_size : 512;
  auto blocks = folder.stream(AttributeType::index_allocation, kName);
  if (blocks) {
    x.blocks_ = *std::move(blocks);
    x.blocks_->unit = 0;
  } else {
    x.blocks_lost_ = blocks.error();
  }
  return x;
}

Result<Index::Block> Index::read_block(std::uint64_t vcn) {
  if (!blocks_) return *blocks_lost_;
  std::uint64_t at = 0;
  if (__builtin_mul_overflow(vcn, std::uint64_t{vcn_unit_}, &at) || at > blocks_->size || block_size_ > blocks_->size - at)
    return Error{ErrorCode::corrupt, "ntfs.index.child", fmt::format("a block inside {} bytes", blocks_->size),
                 fmt::format("number {}", vcn), blocks_->offset};
  Block block{std::vector<std::byte>(block_size_), place_of(*medium_, *blocks_, at)};
  TQ_TRY(const auto done, read_metadata(*medium_, *blocks_, at, block.bytes));
  static_cast<void>(done);
  TQ_TRY(const auto fixed, apply_fixups(block.bytes, "INDX", block.offset));
  static_cast<void>(fixed);
  const std::uint64_t own = *Bytes(block.bytes).try_get<le64>(16);
  // Each block knows its number: a block that a wrong run led to is somebody else's.
  if (own != vcn)
    return Error{ErrorCode::corrupt, "ntfs.index.block.number", fmt::format("{}", vcn), fmt::format("{}", own), block.offset + 16};
  return block;
}

void Index::visit_block(Walk& walk, std::uint64_t vcn, int depth) {
  const std::uint64_t at = blocks_ ? blocks_->offset : root_offset_;
  const auto past = [&](const char* place, std::string most) {
    walk.out.lost.push_back(Error{ErrorCode::limit, place, std::move(most), "more", at});
  };
  if (depth > kMaxIndexDepth) return past("ntfs.index.depth", fmt::format("at most {} levels", kMaxIndexDepth));
  if (walk.visited.size() >= medium_->bounds.index_blocks)
    return past("ntfs.index.blocks", fmt::format("at most {} blocks", medium_->bounds.index_blocks));
  if (!walk.visited.insert(vcn).second) {
    walk.out.lost.push_back(Error{ErrorCode::corrupt, "ntfs.index.child", "a block met once", fmt::format("number {} again", vcn), at});
    return;
  }
  const auto block = read_block(vcn);
  if (!block) {
    walk.out.lost.push_back(block.error());
    return;
  }
  visit_node(walk, Bytes(block->bytes, block->offset), kNodeInBlock, depth);
}

/// In order: what hangs before an entry comes before it. Depth and blocks are bounded by visit_block.
void Index::visit_node(Walk& walk, Bytes node, std::uint64_t header, int depth) {
  const auto lose = [&walk](Error e) { walk.out.lost.push_back(std::move(e)); };
  const auto h = node.try_get<NodeHeader>(header);
  const auto used = h ? node.try_sub(header, std::min<std::uint64_t>(h->used, node.size() - header)) : std::nullopt;
  if (!used) return lose(Error{ErrorCode::truncated, "ntfs.index.node", "a node header", "the end", node.base()});
  for (std::uint64_t at = h->entries; !walk.past;) {
    const auto e = parse_entry(*used, at);
    if (!e) return lose(e.error());
    if (const auto most = medium_->bounds.folder_names; walk.out.entries.size() >= most && (e->header.flags & kLast) == 0)
      return lose(Error{ErrorCode::limit, "ntfs.index.entries", fmt::format("at most {} names", most), "more", e->offset});
    at += e->header.length;
    // Below what is wanted: neither the entry nor what hangs before it can be it.
    const int order = e->name && walk.wanted ? upcase_->compare(e->name->name, *walk.wanted) : 0;
    if (e->child && order >= 0) visit_block(walk, *e->child, depth + 1);
    if (walk.past || (e->header.flags & kLast) != 0) return;
    if (e->bad_name)
      lose(*e->bad_name);
    else
      take(walk, {Reference{e->header.file}, *e->name}, order, e->offset);
  }
}

/// Keeps an entry that is wanted. While looking for one name the order is checked as well, for the descent relies on it:
/// where it does not hold, "not found" would be no answer.
void Index::take(Walk& walk, const FolderEntry& e, int order, std::uint64_t offset) {
  if (walk.wanted) {
    if (upcase_->compare(walk.last, e.name.name) > 0)
      walk.out.lost.push_back(
          Error{ErrorCode::corrupt, "ntfs.index.order", "names in order", "a smaller one behind a greater one", offset});
    walk.last = e.name.name;
    walk.past = order > 0;
  }
  if (order == 0) walk.out.entries.push_back(e);
}

/// A folder that is listed is read in few large pieces, as far as they fit the cache.
void Index::prefetch() {
  constexpr std::uint64_t kPiece = 65536, kMost = 1U << 20;
  if (!blocks_ || blocks_->resident || blocks_->size > kMost) return;
  std::vector<std::byte> piece;
  for (std::uint64_t at = 0; at < blocks_->size; at += kPiece) {
    piece.resize(std::min(kPiece, blocks_->size - at));
    if (!read_metadata(*medium_, *blocks_, at, piece)) return;  // the walk names what it misses
  }
}

Index::Outcome Index::all() {
  prefetch();
  Walk walk;
  visit_node(walk, Bytes(root_, root_offset_), sizeof(RootHeader), 0);
  return std::move(walk.out);
}

Index::Outcome Index::find(std::u16string_view name) {
  Walk walk;
  walk.wanted = name;
  visit_node(walk, Bytes(root_, root_offset_), sizeof(RootHeader), 0);
  if (!walk.out.entries.empty() || (walk.out.lost.empty() && !upcase_->lost())) return std::move(walk.out);
  // The order cannot be relied on, or a block on the way is lost: look at all that is left.
  Outcome every = all();
  std::erase_if(every.entries, [&](const FolderEntry& e) { return upcase_->compare(e.name.name, name) != 0; });
  return every;
}

}  // namespace tq::fs::ntfs
