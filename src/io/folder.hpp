// A folder of the host, seen from inside: names are matched as Windows matches them, nothing is followed out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "io/byte_source.hpp"

namespace tq::io {

enum class EntryKind { file, folder, link, other };

struct Entry {
  std::string name;
  EntryKind kind = EntryKind::other;
  std::uint64_t size = 0;
  FileTime modified;
};

class Folder {
 public:
  /// Opens the root itself; only here may the path be a link, for the user named it.
  /// `most_entries`: of one folder; one that holds more is an error of code limit, for half a list would make things missing.
  static Result<Folder> open(const std::string& path, std::size_t most_entries = limits::kDirEntries);
  Folder(Folder&& o) noexcept;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder();

  /// `path`: components separated by '/', matched exactly first and else without case (ASCII). A link on the way
  /// is an error. Sorted by name.
  [[nodiscard]] Result<std::vector<Entry>> list(std::string_view path) const;
  [[nodiscard]] Result<std::unique_ptr<ByteSource>> open_file(std::string_view path) const;
  /// The path as it is really spelled below the root.
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const;

 private:
  Folder(int fd, std::string path, std::size_t most_entries) : fd_(fd), path_(std::move(path)), most_entries_(most_entries) {}
  int fd_;
  std::string path_;
  std::size_t most_entries_;
};

enum class HostKind { missing, file, folder, other };
/// What lies at a path of the host (links followed).
HostKind host_kind(const std::string& path);
/// Where the file of this program lies on the host; empty when the system does not tell.
std::string own_program();

}  // namespace tq::io
