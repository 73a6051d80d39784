// Index trees of folders.
#include "tests/support/ntfs_writer.hpp"

namespace tq::test::ntfs {
namespace {

struct Item {
  const IndexKey* key = nullptr;
  std::uint64_t child = kHole;
};
/// The entries of one level, and the child behind the last of them.
struct Level {
  std::vector<Item> items;
  std::uint64_t last_child = kHole;
};

std::size_t entry_size(const Item& i) { return (16 + i.key->key.size() + 7) / 8 * 8 + (i.child == kHole ? 0 : 8); }

void put_entry(Blob& b, std::uint64_t reference, const Blob& key, std::uint64_t child, bool last) {
  const std::size_t at = b.size();
  put(b, at, reference, 8);
  put(b, at + 10, key.size(), 2);
  put(b, at + 12, (child == kHole ? 0U : 1U) | (last ? 2U : 0U), 4);
  append(b, key);
  b.resize(at + (b.size() - at + 7) / 8 * 8);
  if (child != kHole) put(b, b.size(), child, 8);
  put(b, at + 8, b.size() - at, 2);
}

Blob entries_of(const Item* first, std::size_t n, std::uint64_t last_child) {
  Blob b;
  for (std::size_t i = 0; i < n; ++i) put_entry(b, first[i].key->reference, first[i].key->key, first[i].child, false);
  put_entry(b, 0, {}, last_child, true);
  return b;
}

/// Header and entries; `at`: where the entries begin, counted from the header.
Blob node(const Blob& entries, std::size_t at, std::size_t allocated, bool has_children) {
  Blob b;
  put(b, 0, at, 4);
  put(b, 4, at + entries.size(), 4);
  put(b, 8, allocated, 4);
  put(b, 12, has_children ? 1 : 0, 4);
  b.resize(at);
  append(b, entries);
  return b;
}

class Tree {
 public:
  Tree(std::uint32_t block_size, std::uint32_t cluster) : size_(block_size), unit_(cluster <= block_size ? cluster : 512) {}
  std::vector<Blob> blocks;

  /// Cuts a level into blocks and returns the level above it.
  Level above(const Level& below) {
    Level up;
    const std::size_t room = size_ - 24 - entries_at() - 24;
    std::size_t first = 0, used = 0;
    for (std::size_t i = 0; i < below.items.size(); ++i) {
      used += entry_size(below.items[i]);
      // The one before the entry that does not fit goes up: so the last block is never empty.
      if (used <= room) continue;
      const Item& lifted = below.items[i - 1];
      const std::uint64_t block = add(&below.items[first], i - 1 - first, lifted.child);
      up.items.push_back({lifted.key, block});
      first = i;
      used = entry_size(below.items[i]);
    }
    up.last_child = add(below.items.data() + first, below.items.size() - first, below.last_child);
    return up;
  }

 private:
  [[nodiscard]] std::size_t entries_at() const { return (40 + 2 * (size_ / 512 + 1) + 7) / 8 * 8 - 24; }

  std::uint64_t add(const Item* first, std::size_t n, std::uint64_t last_child) {
    const std::uint64_t number = blocks.size() * size_ / unit_;
    Blob b;
    put(b, 0, 0x58444E49, 4);
    put(b, 4, 40, 2);
    put(b, 6, size_ / 512 + 1, 2);
    put(b, 16, number, 8);
    append(b, node(entries_of(first, n, last_child), entries_at(), size_ - 24, last_child != kHole));
    b.resize(size_);
    apply_update_sequence(b, 40, 5);
    blocks.push_back(std::move(b));
    return number;
  }

  std::size_t size_;
  std::size_t unit_;
};

std::size_t level_size(const Level& l) {
  std::size_t n = 16 + 16 + 24;
  for (const Item& i : l.items) n += entry_size(i);
  return n;
}

}  // namespace

IndexTree index_tree(const std::vector<IndexKey>& keys, std::uint32_t block_size, std::uint32_t cluster, std::size_t most_root) {
  Level level;
  for (const IndexKey& k : keys) level.items.push_back({&k, kHole});
  Tree tree(block_size, cluster);
  while (level_size(level) > most_root) level = tree.above(level);
  IndexTree out;
  put(out.root, 0, 0x30, 4);
  put(out.root, 4, 1, 4);
  put(out.root, 8, block_size, 4);
  put(out.root, 12, cluster <= block_size ? block_size / cluster : block_size / 512, 1);
  out.root.resize(16);
  const Blob entries = entries_of(level.items.data(), level.items.size(), level.last_child);
  append(out.root, node(entries, 16, 16 + entries.size(), level.last_child != kHole));
  out.blocks = std::move(tree.blocks);
  return out;
}

}  // namespace tq::test::ntfs
