#include "image/support/beside.hpp"

#include <utility>

#include "io/folder.hpp"

namespace tq::image {
namespace {

class FolderNeighbours final : public Neighbours {
 public:
  explicit FolderNeighbours(io::Folder folder) : folder_(std::move(folder)) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override {
    TQ_TRY(const auto entries, folder_.list(""));
    std::vector<std::string> out;
    for (const auto& e : entries)
      if (e.kind == io::EntryKind::file) out.push_back(e.name);
    return out;
  }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view name) const override {
    const bool bare = !name.empty() && name != "." && name != ".." && name.find_first_of("/\\") == std::string_view::npos;
    if (!bare) return Error{ErrorCode::not_found, std::string(name), "a bare file name", "a path", {}, {}};
    return folder_.open_file(name);
  }

 private:
  io::Folder folder_;
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
