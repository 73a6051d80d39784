#include "fs/cited.hpp"

namespace tq::fs {
namespace {

class Cited final : public Tree {
 public:
  Cited(std::shared_ptr<const Tree> tree, std::string prefix) : tree_(std::move(tree)), prefix_(std::move(prefix)) {}
  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override { return tree_->list(path); }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override { return tree_->open(path); }
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override { return tree_->real_path(path); }
  [[nodiscard]] std::optional<Error> gap(std::string_view path) const override { return tree_->gap(path); }
  void expect(const std::vector<std::string>& paths) const override { tree_->expect(paths); }
  [[nodiscard]] std::string cite(std::string_view path) const override {
    if (!path.empty()) return prefix_ + std::string(path);
    return prefix_.substr(0, prefix_.find_last_not_of('/') + 1);
  }

 private:
  std::shared_ptr<const Tree> tree_;
  std::string prefix_;
};

}  // namespace

std::unique_ptr<Tree> cited(std::shared_ptr<const Tree> tree, std::string prefix) {
  return std::make_unique<Cited>(std::move(tree), std::move(prefix));
}

}  // namespace tq::fs
