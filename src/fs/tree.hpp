// A filesystem seen as files and folders, whatever lies below it: a host folder, NTFS, an archive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"

namespace tq::fs {

/// Paths use '/', are relative to the root of the tree and matched without case. Links are listed, never followed.
class Tree {
 public:
  virtual ~Tree() = default;
  [[nodiscard]] virtual Result<std::vector<io::Entry>> list(std::string_view path) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const = 0;
  /// The path with the spelling of the tree; an error when nothing is there.
  [[nodiscard]] virtual Result<std::string> real_path(std::string_view path) const = 0;
  /// Why names may be missing from list(path): damage that took some of them. nullopt when the listing is whole, and when
  /// list(path) fails. Looking up a name that may have been lost so is an error of open() and real_path(), never not_found.
  [[nodiscard]] virtual std::optional<Error> gap(std::string_view path) const {
    static_cast<void>(path);
    return std::nullopt;
  }
  /// A hint: these files will be opened. What must be unpacked in one go (an archive) is, as far as memory allows.
  virtual void expect(const std::vector<std::string>& paths) const { static_cast<void>(paths); }
  /// How a place of this tree is cited: "disk.qcow2//p2/Windows/System32".
  [[nodiscard]] virtual std::string cite(std::string_view path) const = 0;
};

/// A folder of the host, shown as `label`.
Result<std::unique_ptr<Tree>> open_directory(const std::string& path, std::string label);

/// A file of a tree as a whole, refused above `limit` bytes.
Result<std::vector<std::byte>> read_file(const Tree& t, std::string_view path, std::uint64_t limit);

}  // namespace tq::fs
