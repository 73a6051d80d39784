// The index of a folder: a tree of names, its root in the folder's record, the other nodes in blocks ("INDX").
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "fs/ntfs/file.hpp"
#include "fs/ntfs/file_name.hpp"
#include "fs/ntfs/upcase.hpp"

namespace tq::fs::ntfs {

struct FolderEntry {
  Reference file;
  FileName name;
};

class Index {
 public:
  /// Errors: corrupt (no usable root). A lost block area is named by the walk that needs it.
  static Result<Index> open(Medium& medium, UpCase& upcase, File& folder);

  /// What a walk over the tree came by.
  struct Outcome {
    std::vector<FolderEntry> entries;
    std::vector<Error> lost;  ///< not empty: names may be missing
  };
  /// Every entry in the order of the index, names of every namespace.
  Outcome all();
  /// The entries whose name equals `name` without regard to case: several only in folders made by POSIX programs.
  Outcome find(std::u16string_view name);

 private:
  struct Walk;
  Index(Medium& medium, UpCase& upcase) : medium_(&medium), upcase_(&upcase) {}
  void visit_node(Walk& walk, Bytes node, std::uint64_t header, int depth);
  void take(Walk& walk, const FolderEntry& e, int order, std::uint64_t offset);
  void visit_block(Walk& walk, std::uint64_t vcn, int depth);
  struct Block {
    std::vector<std::byte> bytes;
    std::uint64_t offset = 0;  ///< in the volume
  };
  Result<Block> read_block(std::uint64_t vcn);
  void prefetch();

  Medium* medium_;
  UpCase* upcase_;
  std::vector<std::byte> root_;
  std::uint64_t root_offset_ = 0;
  std::uint32_t block_size_ = 0;
  std::uint32_t vcn_unit_ = 0;  ///< bytes that a node number counts: a cluster, or 512 where a block is smaller
  std::optional<Stream> blocks_;
  std::optional<Error> blocks_lost_;
};

}  // namespace tq::fs::ntfs
