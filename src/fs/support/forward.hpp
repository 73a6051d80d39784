// What trees that change one thing about another tree share: everything they do not say is the other's.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fs/tree.hpp"

namespace tq::fs {

class Forward : public Tree {
 public:
  explicit Forward(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override { return tree_->list(path); }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override { return tree_->open(path); }
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override { return tree_->real_path(path); }
  [[nodiscard]] std::optional<Error> gap(std::string_view path) const override { return tree_->gap(path); }
  void expect(const std::vector<std::string>& paths) const override { tree_->expect(paths); }
  [[nodiscard]] std::string cite(std::string_view path) const override { return tree_->cite(path); }

 private:
  std::shared_ptr<const Tree> tree_;
};

}  // namespace tq::fs
