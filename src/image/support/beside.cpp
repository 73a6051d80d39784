#include "image/support/beside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>

#include "io/folder.hpp"

namespace tq::image {
namespace {

using SharedFile = std::shared_ptr<const io::ByteSource>;

/// The files of one folder, of which only the last few that were read are open: a disk of 2 TiB in pieces of 2 GB has more
/// pieces than a process may open files.
class Pool {
 public:
  explicit Pool(io::Folder folder) : folder_(std::move(folder)) {}
  [[nodiscard]] const io::Folder& folder() const { return folder_; }

  /// `key` tells the openings of a file apart.
  Result<SharedFile> get(const void* key, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    const auto it = std::find_if(open_.begin(), open_.end(), [&](const auto& o) { return o.first == key; });
    if (it != open_.end()) {
      open_.splice(open_.begin(), open_, it);
      return it->second;
    }
    TQ_TRY(SharedFile bytes, folder_.open_file(name));
    open_.emplace_front(key, bytes);
    if (open_.size() > kMostOpen) open_.pop_back();
    return bytes;
  }
  void forget(const void* key) {
    const std::scoped_lock lock(mutex_);
    open_.remove_if([&](const auto& o) { return o.first == key; });
  }

 private:
  static constexpr std::size_t kMostOpen = 32;
  io::Folder folder_;
  std::mutex mutex_;
  std::list<std::pair<const void*, SharedFile>> open_;  ///< the one read last first
};

/// A file that is opened again when it is read after others were.
class PooledFile final : public io::ByteSource {
 public:
  PooledFile(std::shared_ptr<Pool> pool, std::string name) : pool_(std::move(pool)), name_(std::move(name)) {}
  PooledFile(const PooledFile&) = delete;
  PooledFile& operator=(const PooledFile&) = delete;
  ~PooledFile() override { pool_->forget(this); }
  Status open() {
    TQ_TRY(const SharedFile bytes, pool_->get(this, name_));
    size_ = bytes->size();
    return ok();
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    TQ_TRY(const SharedFile bytes, pool_->get(this, name_));
    if (bytes->size() != size_)
      return Error{ErrorCode::io, name_, fmt::format("{} bytes, as before", size_), fmt::format("{}", bytes->size())};
    return bytes->read_at(offset, out);
  }

 private:
  std::shared_ptr<Pool> pool_;
  std::string name_;
  std::uint64_t size_ = 0;
};

class FolderNeighbours final : public Neighbours {
 public:
  explicit FolderNeighbours(io::Folder folder) : pool_(std::make_shared<Pool>(std::move(folder))) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override {
    TQ_TRY(const auto entries, pool_->folder().list(""));
    std::vector<std::string> out;
    for (const auto& e : entries)
      if (e.kind == io::EntryKind::file) out.push_back(e.name);
    return out;
  }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view name) const override {
    const bool bare = !name.empty() && name != "." && name != ".." && name.find_first_of("/\\") == std::string_view::npos;
    if (!bare) return Error{ErrorCode::not_found, std::string(name), "a bare file name", "a path"};
    auto file = std::make_unique<PooledFile>(pool_, std::string(name));
    TQ_TRY([[maybe_unused]] const auto opened, file->open());
    return std::unique_ptr<io::ByteSource>(std::move(file));
  }

 private:
  std::shared_ptr<Pool> pool_;  ///< the files that were opened outlive what lies beside
};

std::pair<std::string, std::string> split_path(const std::string& path) {
  const auto cut = path.rfind('/');
  if (cut == std::string::npos) return {".", path};
  return {cut == 0 ? "/" : path.substr(0, cut), path.substr(cut + 1)};
}

}  // namespace

Result<std::unique_ptr<Neighbours>> beside(const std::string& path) {
  TQ_TRY(auto folder, io::Folder::open(split_path(path).first));
  return std::unique_ptr<Neighbours>(new FolderNeighbours(std::move(folder)));
}

Result<HostFile> host_file(const std::string& path) {
  TQ_TRY(auto source, io::open_file(path));
  HostFile out;
  // A folder that may be entered but not listed is no reason to refuse an image that needs nothing beside it.
  if (auto folder = beside(path)) out.beside = *std::move(folder);
  out.file = File{split_path(path).second, std::shared_ptr<const io::ByteSource>(std::move(source)), out.beside.get()};
  return out;
}

}  // namespace tq::image
