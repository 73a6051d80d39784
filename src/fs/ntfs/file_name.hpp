// $FILE_NAME: one name of a file in one folder. Stands in the file's record and, as key, in the folder's index.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "fs/ntfs/record.hpp"

namespace tq::fs::ntfs {

enum class NameSpace : std::uint8_t { posix = 0, win32 = 1, dos = 2, win32_and_dos = 3 };

struct FileName {
  Reference parent;
  FileTime modified;
  std::uint64_t size = 0;         ///< of the default stream when the index was last written; old for other hard links
  std::uint32_t flags = 0;        ///< FILE_ATTRIBUTE_...
  std::uint32_t reparse_tag = 0;  ///< only with kReparse
  NameSpace space = NameSpace::posix;
  std::u16string name;

  static constexpr std::uint32_t kReparse = 0x400, kFolder = 0x10000000;
  [[nodiscard]] bool folder() const { return (flags & kFolder) != 0; }
  [[nodiscard]] bool reparse() const { return (flags & kReparse) != 0; }
};

/// Errors: truncated, corrupt (a name outside of `b`, empty, or of a namespace that does not exist).
Result<FileName> parse_file_name(Bytes b);
/// False for a name that no path can hold: "/" or a zero character in it, "." and "..".
bool can_be_in_path(std::u16string_view name);

}  // namespace tq::fs::ntfs
