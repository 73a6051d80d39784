#include "fs/metered.hpp"

#include "io/meter.hpp"

namespace tq::fs {
namespace {

class Metered final : public Tree {
 public:
  explicit Metered(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override { return tree_->list(path); }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override {
    TQ_TRY(auto file, tree_->open(path));
    return io::metered(std::move(file), io::Meter::fs);
  }
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override { return tree_->real_path(path); }
  [[nodiscard]] std::optional<Error> gap(std::string_view path) const override { return tree_->gap(path); }
  void expect(const std::vector<std::string>& paths) const override { tree_->expect(paths); }
  [[nodiscard]] std::string cite(std::string_view path) const override { return tree_->cite(path); }

 private:
  std::shared_ptr<const Tree> tree_;
};

}  // namespace

std::unique_ptr<Tree> metered(std::shared_ptr<const Tree> tree) { return std::make_unique<Metered>(std::move(tree)); }

}  // namespace tq::fs
