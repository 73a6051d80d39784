#include "fs/tree.hpp"

namespace tq::fs {
namespace {

class DirectoryTree final : public Tree {
 public:
  DirectoryTree(io::Folder folder, std::string label) : folder_(std::move(folder)), label_(std::move(label)) {
    while (label_.size() > 1 && label_.back() == '/') label_.pop_back();
  }
  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override { return folder_.list(path); }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override { return folder_.open_file(path); }
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override { return folder_.real_path(path); }
  [[nodiscard]] std::string cite(std::string_view path) const override { return path.empty() ? label_ : label_ + "/" + std::string(path); }

 private:
  io::Folder folder_;
  std::string label_;
};

}  // namespace

Result<std::unique_ptr<Tree>> open_directory(const std::string& path, std::string label) {
  TQ_TRY(auto folder, io::Folder::open(path));
  return std::unique_ptr<Tree>(new DirectoryTree(std::move(folder), std::move(label)));
}

Result<std::vector<std::byte>> read_file(const Tree& t, std::string_view path, std::uint64_t limit) {
  TQ_TRY(const auto src, t.open(path));
  auto r = io::read_all(*src, limit);
  if (r) return r;
  Error e = r.error();
  e.place = t.cite(path);
  return e;
}

}  // namespace tq::fs
