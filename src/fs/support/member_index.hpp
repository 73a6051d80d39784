// The folders and files of an archive as a tree of names. Built once from the listing; holds no bytes of members.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.hpp"
#include "io/folder.hpp"

namespace tq::fs {

class MemberIndex {
 public:
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;
  static constexpr std::uint64_t kNoOrdinal = ~std::uint64_t{0};

  struct Item {
    io::Entry entry;                     ///< name without its folder
    std::uint64_t ordinal = kNoOrdinal;  ///< place of the member in the archive; none for a folder that is only implied
    std::vector<Node> children;          ///< in the order of the archive
  };

  MemberIndex() { items_.emplace_back().entry.kind = io::EntryKind::folder; }

  /// Adds a member with the folders on its way. A later member of the same name takes the place of an earlier one, as when
  /// unpacking; false when a file stands where a folder is needed or the other way round.
  bool add(std::string_view path, const io::Entry& entry, std::uint64_t ordinal);
  /// Each component exactly first, then without case (ASCII). Errors: not_found, usage ("..").
  [[nodiscard]] Result<Node> find(std::string_view path) const;
  [[nodiscard]] const Item& item(Node n) const { return items_[n]; }
  /// Path from the root, as spelled in the archive.
  [[nodiscard]] std::string path(Node n) const;
  [[nodiscard]] std::uint64_t files() const { return files_; }

 private:
  Node child(Node folder, std::string_view name) const;
  Node make(Node folder, std::string_view name);

  static constexpr Node kNone = ~Node{0};
  std::vector<Item> items_;
  std::vector<Node> parents_{kRoot};
  /// Folder and name -> node, exact and folded: a folder with a hundred thousand members must not be searched in a row.
  std::unordered_map<std::string, Node> exact_, folded_;
  std::uint64_t files_ = 0;
};

}  // namespace tq::fs
