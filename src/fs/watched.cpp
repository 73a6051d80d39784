#include "fs/watched.hpp"

namespace tq::fs {
namespace {

class Watched final : public Tree {
 public:
  Watched(std::shared_ptr<const Tree> tree, OnOpen on_open) : tree_(std::move(tree)), on_open_(std::move(on_open)) {}
  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override { return tree_->list(path); }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override {
    TQ_TRY(auto file, tree_->open(path));
    // The spelling of the tree, so that one file has one name however it was asked for.
    const auto real = tree_->real_path(path);
    on_open_(tree_->cite(real ? *real : std::string(path)), *file);
    return file;
  }
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override { return tree_->real_path(path); }
  [[nodiscard]] std::optional<Error> gap(std::string_view path) const override { return tree_->gap(path); }
  void expect(const std::vector<std::string>& paths) const override { tree_->expect(paths); }
  [[nodiscard]] std::string cite(std::string_view path) const override { return tree_->cite(path); }

 private:
  std::shared_ptr<const Tree> tree_;
  OnOpen on_open_;
};

}  // namespace

std::unique_ptr<Tree> watched(std::shared_ptr<const Tree> tree, OnOpen on_open) {
  return std::make_unique<Watched>(std::move(tree), std::move(on_open));
}

}  // namespace tq::fs
